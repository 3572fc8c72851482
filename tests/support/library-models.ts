/** Books with everything that a to-one relation can be: missing, deleted, archived, another tenant's, of the same table, one of many. */
import { ArchiveModel, foreignKey, int, Model, SoftDeleteModel, str } from "../../src/index.ts";

export const tenant = { current: 1 };
const TenantModel = Model.extend({
  columns: { tenantId: int().default(() => tenant.current) },
  scopes: { tenant: (c) => c.tenantId.eq(tenant.current) },
});

export class Country extends Model("tr_country", { name: str() }) {}
export class Writer extends SoftDeleteModel("tr_writer", {
  name: str(),
  rating: int().default(0),
  countryId: foreignKey(() => Country).nullable(),
}) {
  get country() {
    return this.belongsTo(Country, (w) => w.countryId);
  }
  get profile() {
    return this.hasOne(Profile, (p) => p.writerId);
  }
  get praised() {
    return this.hasOne(Profile, (p) => p.writerId, { where: (p) => p.bio.startsWith("A") });
  }
  /** No key makes it one book. */
  get longest() {
    return this.hasOne(Book, (b) => b.writerId, { orderBy: (b) => b.pages.desc() });
  }
  get anyBook() {
    return this.hasOne(Book, (b) => b.writerId);
  }
  get books() {
    return this.hasMany(Book, (b) => b.writerId);
  }
}
export class Profile extends Model("tr_profile", { bio: str(), writerId: foreignKey(() => Writer).unique() }) {
  get writer() {
    return this.belongsTo(Writer, (p) => p.writerId);
  }
}
export class Shelf extends ArchiveModel("tr_shelf", { label: str() }) {}
export class Publisher extends TenantModel("tr_publisher", { name: str() }) {}
export class Book extends Model("tr_book", {
  title: str(),
  pages: int(),
  writerId: foreignKey(() => Writer).nullable(),
  editorId: foreignKey(() => Writer).nullable(),
  // Shelves move to the archive while books point at them.
  shelfId: int().nullable(),
  publisherId: foreignKey(() => Publisher).nullable(),
  sequelOfId: foreignKey("tr_book").nullable(),
}) {
  get writer() {
    return this.belongsTo(Writer, (b) => b.writerId);
  }
  get editor() {
    return this.belongsTo(Writer, (b) => b.editorId);
  }
  get shelf() {
    return this.belongsTo(Shelf, (b) => b.shelfId);
  }
  get publisher() {
    return this.belongsTo(Publisher, (b) => b.publisherId);
  }
  get sequelOf() {
    return this.belongsTo(Book, (b) => b.sequelOfId);
  }
}
export class Note extends Model("tr_note", { text: str() }) {}

export const libraryTables = [Country, Writer, Profile, Shelf, Publisher, Book, Note] as const;
