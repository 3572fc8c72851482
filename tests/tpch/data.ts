/** The rows of the benchmark and how many there are; facts that more than one table's rows follow from. */
import type { InsertOf } from "kakaorm";
import type { Customer, Lineitem, Nation, Order, Part, PartSupp, Region, Supplier } from "./models.ts";

export type RowOf<M extends { readonly $specs: unknown }> = InsertOf<M["$specs"]>;

export interface Data {
  readonly regions: readonly RowOf<typeof Region>[];
  readonly nations: readonly RowOf<typeof Nation>[];
  readonly suppliers: readonly RowOf<typeof Supplier>[];
  readonly parts: readonly RowOf<typeof Part>[];
  readonly partSupps: readonly RowOf<typeof PartSupp>[];
  readonly customers: readonly RowOf<typeof Customer>[];
  readonly orders: readonly RowOf<typeof Order>[];
  readonly lineitems: readonly RowOf<typeof Lineitem>[];
}

/** How many rows a scale stands for; scale 1 has six million lineitems. */
export interface Sizes {
  readonly suppliers: number;
  readonly parts: number;
  readonly customers: number;
  readonly orders: number;
  readonly clerks: number;
}

/** @throws RangeError for a scale below 0.001, which is less than the questions need, or above 0.1, which no test needs */
export function sizesOf(scale: number): Sizes {
  if (!(scale >= 0.001 && scale <= 0.1)) throw new RangeError("a scale is a number from 0.001 to 0.1");
  const of = (rows: number) => Math.round(rows * scale);
  return { suppliers: of(10_000), parts: of(200_000), customers: of(150_000), orders: of(1_500_000), clerks: of(1000) };
}

/** The price follows from the key. */
export function retailCents(partKey: number): number {
  return 90_000 + (Math.floor(partKey / 10) % 20_001) + 100 * (partKey % 1000);
}

/**
 * The i-th of the four suppliers of a part, i from 0. The step between them grows with the key, so that parts share some and
 * not all; with few suppliers it stays so short that the four differ.
 */
export function supplierOfPart(partKey: number, i: number, suppliers: number): number {
  const [least, most] = [Math.floor(suppliers / 4), Math.floor((suppliers - 1) / 3)];
  const step = least + (Math.floor((partKey - 1) / suppliers) % (most - least + 1));
  return ((partKey + i * step) % suppliers) + 1;
}
