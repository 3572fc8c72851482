/** Models that keep deleted rows, and what deleting says. */
import { ArchiveModel, foreignKey, int, Model, SoftDeleteModel, str, VersionedModel } from "kakaorm";
import { check, type Same } from "./assert.ts";

const TenantModel = Model.extend({ columns: { tenantId: int().default(1) }, scopes: { tenant: (c) => c.tenantId.eq(1) } });
class Folder extends SoftDeleteModel.extend(VersionedModel).extend(TenantModel)("folder", { name: str() }, { cascade: ["files"] }) {
  get files() {
    return this.hasMany(File, (file) => file.folderId);
  }
}
class File extends SoftDeleteModel("file", { name: str(), folderId: foreignKey(() => Folder, { onDelete: "protect" }) }) {
  get folder() {
    return this.belongsTo(Folder, (file) => file.folderId);
  }
}
class Page extends ArchiveModel("page", { title: str() }) {}
class Order extends Model("order", { name: str() }) {
  get lines() {
    return this.hasMany(Line, (line) => line.orderId, { orphans: "delete" });
  }
  get seen() {
    return this.hasMany(Line, (line) => line.orderId);
  }
}
class Line extends Model("line", { orderId: foreignKey(() => Order), text: str() }) {
  get order() {
    return this.belongsTo(Order, (line) => line.orderId);
  }
}

export async function kept(): Promise<void> {
  const folder = await Folder.create({ name: "f" });
  check<Same<typeof folder.deletedAt, Date | null>>();
  check<Same<typeof folder.version, number>>();
  check<Same<typeof folder.tenantId, number>>();
  await folder.restore();
  await folder.purge();
  check<Same<Awaited<ReturnType<typeof allFolders>>, Folder[]>>();
  const deleted = await Page.onlyDeleted()
    .where((p) => p.title.like("a%"))
    .select("title");
  check<Same<typeof deleted, { title: string }[]>>();
  const restored: number = await Page.where({ title: "x" }).restore();
  const purged: number = await Page.onlyDeleted().purge();
  check<Same<typeof restored, typeof purged>>();
  const files = await folder.files.includeDeleted();
  check<Same<typeof files, File[]>>();
  await Folder.unscoped("a report").count();
  // @ts-expect-error a reason is needed
  Folder.unscoped();
  // @ts-expect-error deleted orders are gone
  Order.onlyDeleted();
  // @ts-expect-error deleted orders are gone
  Order.all().includeDeleted();
  // @ts-expect-error deleted orders are gone
  Order.all().restore();
  // @ts-expect-error nothing to restore
  (await Order.first())?.restore();
}
const allFolders = async () => Folder.includeDeleted();

export async function mayBeDeleted(file: File, line: Line): Promise<void> {
  // The key is not null, and yet the row behind it may be deleted.
  const folder = await file.folder;
  check<Same<typeof folder, Folder | null>>();
  const rows = await File.all().select((f) => ({ name: f.folder.name }));
  check<Same<typeof rows, { name: string | null }[]>>();
  const order = await line.order;
  check<Same<typeof order, Order>>();
}

export async function rules(order: Order, line: Line): Promise<void> {
  const gone = await Order.where({ id: 1 }).deleteDetailed();
  check<Same<typeof gone.total, number>>();
  check<Same<typeof gone.models, Readonly<Record<string, number>>>>();
  await order.lines.set([line]);
  await order.lines.add(line, line);
  await order.lines.remove(line);
  await order.lines.clear();
  // @ts-expect-error rows of another model
  await order.lines.add(order);
  // @ts-expect-error nothing is taken out of a relation that does not say what becomes of it
  await order.seen.set([line]);
  // @ts-expect-error protect is for deleting
  foreignKey(() => Order, { onUpdate: "protect" });
  // @ts-expect-error no such word
  foreignKey(() => Order, { onDelete: "explode" });
}
