/** Updates and deletes of a query: expressions, rounding, and the guard before whole tables. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { bigint, bool, datetime, decimal, exists, float, int, Model, smallint, str } from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Stock extends Model("q_stock", {
  id: int().primaryKey(),
  name: str(),
  amount: int().nullable(),
  spare: int().nullable(),
  small: smallint().nullable(),
  big: bigint().nullable(),
  weight: float().nullable(),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
  sold: bool().default(false),
  touchedAt: datetime().autoNow(),
}) {}

/** Half away from zero, as numbers are rounded on paper. */
const rounded = (value: number): number => Math.sign(value) * Math.round(Math.abs(value)) || 0;

export function suite(t: TargetContext): void {
  const Stocks = () => Stock.using(t.engine());
  const amounts = () =>
    Stocks()
      .all()
      .orderBy((s) => s.id)
      .pluck((s) => s.amount);

  beforeAll(() => t.engine().createTable(Stock));
  afterAll(() => t.engine().dropTable(Stock));
  beforeEach(async () => {
    await Stocks().all().allRows().delete();
    await Stocks().bulkCreate([
      { id: 1, name: "nut", amount: 10, spare: 3, price: "1.00", big: 2n ** 60n, weight: 0.5 },
      { id: 2, name: "bolt", amount: 20, spare: null, price: "2.50", weight: 1.5 },
      { id: 3, name: "rod", amount: null, spare: 5 },
    ]);
  });

  it("sets values, null, expressions and other columns, and answers the number of matched rows", async () => {
    expect(await Stocks().where({ id: 1 }).update({ amount: 11, name: "washer" })).toBe(1);
    expect(
      await Stocks()
        .where((s) => s.id.gte(1))
        .update((s) => ({ amount: s.amount.add(1) })),
    ).toBe(3);
    expect(await amounts()).toEqual([12, 21, null]);
    expect(
      await Stocks()
        .where((s) => s.amount.gt(100))
        .update({ amount: 0 }),
    ).toBe(0);
    expect(await Stocks().where({ id: 2 }).update({ amount: null })).toBe(1);
    expect(
      await Stocks()
        .where({ id: 3 })
        .update((s) => ({ amount: s.spare, sold: s.spare.gt(1) })),
    ).toBe(1);
    expect(await amounts()).toEqual([12, null, 5]);
    expect((await Stocks().find(3))?.sold).toBe(true);
    expect(
      await Stocks()
        .where({ id: 1 })
        .update((s) => ({ amount: s.amount.sub(s.spare).mul(s.spare) })),
    ).toBe(1);
    expect((await Stocks().find(1))?.amount).toBe(27);
  });

  it("counts rows that have the value already as matched", async () => {
    const before = await Stocks().find(1);
    expect(
      await Stocks()
        .where({ name: "nut" })
        .update({ amount: 10, touchedAt: before?.touchedAt as Date }),
    ).toBe(1);
    expect(
      await Stocks()
        .where({ name: "nut" })
        .update({ amount: 10, touchedAt: before?.touchedAt as Date }),
    ).toBe(1);
  });

  it("changes a counter exactly, however many do it at once", async () => {
    await Promise.all(
      Array.from({ length: 25 }, () =>
        Stocks()
          .where({ id: 1 })
          .update((s) => ({ amount: s.amount.add(1) })),
      ),
    );
    expect((await Stocks().find(1))?.amount).toBe(35);
  });

  it("keeps 64 bits and decimals exact", async () => {
    await Stocks()
      .where({ id: 1 })
      .update((s) => ({ big: s.big.add(1n).mul(3n), price: s.price.mul(3).add("0.05") }));
    const row = await Stocks().find(1);
    expect([row?.big, row?.price]).toEqual([(2n ** 60n + 1n) * 3n, "3.05"]);
    await Stocks()
      .where({ id: 2 })
      .update((s) => ({ price: s.price.mul(0.97) }));
    expect((await Stocks().find(2))?.price).toBe("2.43");
  });

  it("rounds a fraction half away from zero in every integer column, on every database alike", async () => {
    const starts = [1, 2, 3, 5, 7, -1, -2, -3, -5, -7, 0, 101, -101];
    await Stocks().bulkCreate(
      starts.map((start, i) => ({ id: 100 + i, name: "round", amount: start, small: start, big: BigInt(start), weight: start / 2 })),
    );
    const many = Stocks()
      .where({ name: "round" })
      .orderBy((s) => s.id);
    await many.update((s) => ({ amount: s.amount.div(2), small: s.small.mul(0.5), big: s.big.div(2), spare: s.weight }));
    const rows = await many;
    starts.forEach((start, i) => {
      const half = rounded(start / 2);
      expect([rows[i]?.amount, rows[i]?.small, rows[i]?.big, rows[i]?.spare], `${start} / 2`).toEqual([half, half, BigInt(half), half]);
    });
    await many.update((s) => ({ amount: s.small.div(3) }));
    expect((await many).map((row) => row.amount)).toEqual(rows.map((row) => rounded((row.small as number) / 3)));
  });

  it("sets automatic times, and takes a given one", async () => {
    const long = new Date("2001-01-01T00:00:00.000Z");
    await Stocks().where({ id: 1 }).update({ touchedAt: long });
    expect((await Stocks().find(1))?.touchedAt).toEqual(long);
    await Stocks().where({ id: 1 }).update({ sold: true });
    expect((await Stocks().find(1))?.touchedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it("deletes what the condition finds", async () => {
    expect(
      await Stocks()
        .where((s) => s.amount.isNull())
        .delete(),
    ).toBe(1);
    expect(
      await Stocks()
        .where((s) => s.amount.gt(15))
        .exclude({ sold: true })
        .delete(),
    ).toBe(1);
    expect(await Stocks().where({ id: 99 }).delete()).toBe(0);
    expect(
      await Stocks()
        .all()
        .pluck((s) => s.name),
    ).toEqual(["nut"]);
  });

  it("refuses whole tables unless allRows() was called, and rows that are none of the table", async () => {
    const e = t.engine();
    const all = Stocks().all();
    const unsaid = await refused(e, () => all.delete());
    expect(unsaid.hint).toMatch(/allRows\(\)\.delete/);
    await refused(e, () => all.update({ amount: 1 }));
    await refused(e, () => all.orderBy((s) => s.id).update({ amount: 1 }));
    await refused(e, () => all.limit(1).delete());
    await refused(e, () => all.where({ id: 1 }).distinct().delete());
    await refused(e, () => all.where({ id: 1 }).select("id").delete());
    await refused(e, () => all.allRows().update({}));
    await refused(e, () => all.allRows().update({ amount: undefined as never }));
    expect(await amounts()).toEqual([10, 20, null]);
    expect(await all.allRows().update({ amount: 7 })).toBe(3);
    expect(await all.allRows().delete()).toBe(3);
  });

  it("starts at once, without an await", async () => {
    const sent = await sentBy(t.engine(), () => Stocks().where({ id: 1 }).update({ amount: 1 }));
    expect(sent.map(({ operation, affected }) => [operation, affected])).toEqual([["update", 1]]);
    const pending = Stocks().where({ id: 2 }).delete();
    expect(await Stocks().where({ id: 1 }).count()).toBe(1);
    expect(await pending).toBe(1);
    expect(await Stocks().find(2)).toBeNull();
  });

  it("updates and deletes by a query of the same table, where the database can", async () => {
    const cheaper = (price: string) =>
      Stocks()
        .where((s) => s.price.lt(price))
        .select("id");
    const names = Stocks().where((s) => s.id.in(cheaper("2.00")));
    expect(await names.update({ name: "cheap" })).toBe(1);
    expect((await Stocks().find(1))?.name).toBe("cheap");
    const orphans = Stocks().where((s) => exists(Stocks().where((o) => o.name.eq("cheap").and(o.id.ne(s.id)))));
    expect(await orphans.delete()).toBe(2);
    expect(
      await Stocks()
        .all()
        .pluck((s) => s.id),
    ).toEqual([1]);
  });
}
