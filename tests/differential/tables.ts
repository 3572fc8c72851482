/** The tables of random rows, and their models. */
import { bigint, bool, date, datetime, decimal, float, foreignKey, int, json, Model, text } from "kakaorm";
import type { TableName } from "./describe.ts";
import type { Json, Kind, Value } from "./values.ts";

export class OwnerModel extends Model("dq_owner", {
  id: int().primaryKey(),
  name: text(),
  score: int().nullable(),
  active: bool().nullable(),
  born: date().nullable(),
  parentId: int().nullable(),
}) {
  get items() {
    return this.hasMany(ItemModel, (item) => item.ownerId);
  }
}
export class ItemModel extends Model("dq_item", {
  id: int().primaryKey(),
  ownerId: foreignKey(() => OwnerModel).nullable(),
  title: text().nullable(),
  qty: int(),
  price: decimal({ precision: 12, scale: 2 }).nullable(),
  ratio: float().nullable(),
  big: bigint().nullable(),
  flag: bool().nullable(),
  day: date().nullable(),
  at: datetime().nullable(),
  doc: json<Json>().nullable(),
}) {
  get owner() {
    return this.belongsTo(OwnerModel, (item) => item.ownerId);
  }
  get parts() {
    return this.hasMany(PartModel, (part) => part.itemId);
  }
}
export class PartModel extends Model("dq_part", {
  id: int().primaryKey(),
  itemId: foreignKey(() => ItemModel, { onDelete: "cascade" }).nullable(),
  label: text(),
  weight: decimal({ precision: 10, scale: 3 }).nullable(),
  n: int().nullable(),
}) {
  get item() {
    return this.belongsTo(ItemModel, (part) => part.itemId);
  }
}

export interface Column {
  readonly kind: Kind;
  readonly nullable: boolean;
  readonly scale?: number;
}
export interface RelationFacts {
  readonly many: boolean;
  readonly target: TableName;
  readonly local: string;
  readonly foreign: string;
}
interface Table {
  readonly columns: Readonly<Record<string, Column>>;
  readonly relations: Readonly<Record<string, RelationFacts>>;
}
const of = (kind: Kind, nullable = true, scale?: number): Column => ({ kind, nullable, ...(scale === undefined ? {} : { scale }) });

export const tables: Readonly<Record<TableName, Table>> = {
  owner: {
    columns: { id: of("int", false), name: of("text", false), score: of("int"), active: of("bool"), born: of("date"), parentId: of("int") },
    relations: { items: { many: true, target: "item", local: "id", foreign: "ownerId" } },
  },
  item: {
    columns: {
      id: of("int", false),
      ownerId: of("int"),
      title: of("text"),
      qty: of("int", false),
      price: of("decimal", true, 2),
      ratio: of("float"),
      big: of("bigint"),
      flag: of("bool"),
      day: of("date"),
      at: of("datetime"),
      doc: of("json"),
    },
    relations: {
      owner: { many: false, target: "owner", local: "ownerId", foreign: "id" },
      parts: { many: true, target: "part", local: "id", foreign: "itemId" },
    },
  },
  part: {
    columns: { id: of("int", false), itemId: of("int"), label: of("text", false), weight: of("decimal", true, 3), n: of("int") },
    relations: { item: { many: false, target: "item", local: "itemId", foreign: "id" } },
  },
};

/** Rows as the evaluation holds them, by table. */
export type Data = Readonly<Record<TableName, readonly Readonly<Record<string, Value>>[]>>;
