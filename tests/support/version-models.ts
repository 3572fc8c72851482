/** Models whose rows count their changes, with and without rebase. */
import {
  ArchiveModel,
  bigint,
  datetime,
  decimal,
  float,
  int,
  json,
  Model,
  SoftDeleteModel,
  str,
  VersionedModel,
  version,
} from "../../src/index.ts";

/** The column is called as one likes; it stands in any model. */
export class Doc extends Model("vs_doc", {
  title: str({ length: 40 }),
  code: str({ length: 40 }).unique(),
  views: int().default(0),
  revision: version({ column: "rev_no" }),
}) {}
export class Pair extends Model("vs_pair", {
  hall: int().primaryKey(),
  seat: int().primaryKey(),
  name: str().default(""),
  version: version(),
}) {}
export class Kept extends SoftDeleteModel.extend(VersionedModel)("vs_kept", { title: str() }, { rebase: { disjoint: true } }) {}
export class Stored extends ArchiveModel.extend(VersionedModel)("vs_stored", { title: str() }) {}

export class Ware extends VersionedModel(
  "vs_ware",
  {
    name: str({ length: 20 }),
    note: str().nullable(),
    stock: int()
      .default(0)
      .validate((stock) => {
        if (stock < 0) throw new Error("there is no less than nothing");
      }),
    sold: bigint().default(0n),
    weight: float().default(0),
    price: decimal({ precision: 30, scale: 2 }).default("0.00"),
    tags: json<string[]>().default([]),
    secret: str().default("s").hidden(),
    changedAt: datetime().autoNow(),
  },
  { rebase: { disjoint: true, deltas: { stock: 10, sold: 10n, weight: 1.5, price: "10.50" } } },
) {}
/** Only additions are made again. */
export class Counter extends VersionedModel(
  "vs_counter",
  { name: str().default(""), n: int().default(0) },
  { rebase: { deltas: { n: 5 } } },
) {}

export const versionModels = [Doc, Pair, Kept, Stored, Ware, Counter] as const;
