/** Groups with subtotals. */
import { count, decimal, grouping, int, Model, str, sum, UnsupportedError, UsageError } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class OrderModel extends Model("rollup_order", {
  country: str(),
  city: str().nullable(),
  amount: int(),
  price: decimal({ precision: 10, scale: 2 }),
}) {}

export function suite(t: TargetContext): void {
  let Order: typeof OrderModel;
  const able = () => t.engine().traits.rollup !== null;
  const totals = () =>
    Order.all()
      .groupByRollup((o) => [o.country, o.city])
      .select((o) => ({ country: o.country, city: o.city, n: count(), amount: sum(o.amount), price: sum(o.price) }));
  const sorted = <R extends { country: string | null; city: string | null; n: number }>(rows: readonly R[]) =>
    [...rows].sort((a, b) => JSON.stringify([a.country, a.city, a.n]).localeCompare(JSON.stringify([b.country, b.city, b.n])));

  beforeAll(async () => {
    Order = OrderModel.using(t.engine());
    await t.engine().createTable(OrderModel);
    await Order.bulkCreate([
      { country: "DE", city: "Berlin", amount: 1, price: "1.10" },
      { country: "DE", city: "Berlin", amount: 2, price: "2.20" },
      { country: "DE", amount: 4, price: "0.01" },
      { country: "FR", city: "Paris", amount: 8, price: "10.00" },
    ]);
  });
  afterAll(() => t.engine().dropTable(OrderModel));

  it("are refused by the trait's name where there are none", async () => {
    if (able()) return expect(t.family).not.toBe("sqlite");
    await expect(totals()).rejects.toThrow(UnsupportedError);
    await expect(totals()).rejects.toThrow(/trait rollup/);
  });

  it("stand beside the groups", async () => {
    if (!able()) return;
    const expected = [
      { country: "DE", city: "Berlin", n: 2, amount: 3, price: "3.30" },
      { country: "DE", city: null, n: 1, amount: 4, price: "0.01" },
      { country: "DE", city: null, n: 3, amount: 7, price: "3.31" },
      { country: "FR", city: "Paris", n: 1, amount: 8, price: "10.00" },
      { country: "FR", city: null, n: 1, amount: 8, price: "10.00" },
      { country: null, city: null, n: 4, amount: 15, price: "13.31" },
    ];
    expect(sorted(await totals())).toEqual(sorted(expected));
    expect(await totals().count()).toBe(6);
  });

  it("can be ordered, limited and chosen", async () => {
    if (!able()) return;
    const ordered = await totals()
      .orderBy((o) => [sum(o.amount).desc(), count().desc(), o.city.asc({ nulls: "last" }), o.country.asc({ nulls: "last" })])
      .limit(3);
    expect(ordered.map(({ country, city, amount }) => [country, city, amount])).toEqual([
      [null, null, 15],
      ["FR", "Paris", 8],
      ["FR", null, 8],
    ]);
    const rest = await totals()
      .orderBy((o) => [sum(o.price).desc(), o.city.desc({ nulls: "last" })])
      .offset(4);
    expect(rest.map(({ n, price }) => [n, price])).toEqual([
      [2, "3.30"],
      [1, "0.01"],
    ]);
    const large = await totals().having(() => count().gte(3));
    expect(large.map(({ n }) => n).sort()).toEqual([3, 4]);
    const one = await Order.where((o) => o.country.eq("FR"))
      .groupByRollup((o) => o.country)
      .orderBy((o) => o.country.asc({ nulls: "last" }))
      .select((o) => ({ country: o.country, n: count() }));
    expect(one).toEqual([
      { country: "FR", n: 1 },
      { country: null, n: 1 },
    ]);
  });

  it("can be of expressions", async () => {
    if (!able()) return;
    const found = await Order.all()
      .groupByRollup((o) => o.amount.gt(2))
      .select((o) => ({ large: o.amount.gt(2), n: count() }));
    expect([...found].sort((a, b) => a.n - b.n || Number(a.large) - Number(b.large))).toEqual([
      { large: false, n: 2 },
      { large: true, n: 2 },
      { large: null, n: 4 },
    ]);
  });

  it("are told apart by grouping, where the database has it", async () => {
    if (!able()) return;
    const query = Order.all()
      .groupByRollup((o) => [o.country, o.city])
      .having((o) => grouping(o.city).eq(1))
      .orderBy((o) => [grouping(o.country).desc(), o.country])
      .select((o) => ({ country: o.country, all: grouping(o.country), n: count() }));
    if (!t.engine().traits.grouping) return expect(query).rejects.toThrow(/trait grouping/);
    expect(await query).toEqual([
      { country: null, all: 1, n: 4 },
      { country: "DE", all: 0, n: 3 },
      { country: "FR", all: 0, n: 1 },
    ]);
  });

  describe("misuse", () => {
    it("is refused before anything is sent", () => {
      for (const bad of [undefined, null, "country", [], () => [], () => null, () => "country"])
        expect(() => Order.all().groupByRollup(bad as never)).toThrow(UsageError);
      expect(() => grouping("country" as never)).toThrow(UsageError);
      expect(() =>
        Order.all()
          .groupByRollup((o) => o.country)
          .select((o) => ({ amount: o.amount }))
          .toSQL(),
      ).toThrow(/a group has many of it/);
    });
  });
}
