/** Calculations as reports need them: exact decimals, CASE inside aggregates, aggregates inside expressions. */
import {
  abs,
  avg,
  bigint,
  cast,
  coalesce,
  count,
  date,
  datetime,
  decimal,
  float,
  greatest,
  int,
  least,
  length,
  Model,
  nullif,
  oneOf,
  sql,
  str,
  sum,
  UsageError,
  ValueError,
  value,
  when,
} from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

const money = () => decimal({ precision: 15, scale: 2 });

class ItemModel extends Model("calc_item", {
  flag: oneOf("A", "N", "R"),
  nation: str().nullable(),
  quantity: int(),
  units: bigint(),
  price: money(),
  discount: money(),
  tax: money(),
  fee: decimal({ precision: 12, scale: 4 }).nullable(),
  other: money().nullable(),
  ratio: float(),
  shipped: date(),
  at: datetime(),
  comment: str(),
}) {}

export function suite(t: TargetContext): void {
  let Item: typeof ItemModel;
  const all = () => Item.all().orderBy((i) => i.id);
  const one = () => value("1", money());

  beforeAll(async () => {
    Item = ItemModel.using(t.engine());
    await t.engine().createTable(ItemModel);
    const common = { at: new Date("1998-09-02T12:00:00.000Z"), ratio: 0.5 };
    await Item.bulkCreate([
      {
        ...common,
        flag: "A",
        nation: "BRAZIL",
        quantity: 17,
        units: 2n ** 53n + 1n,
        price: "21168.23",
        discount: "0.04",
        tax: "0.02",
        fee: "0.1250",
        shipped: "1996-03-13",
        comment: "special pinto beans requests",
      },
      {
        ...common,
        flag: "A",
        nation: "FRANCE",
        quantity: 36,
        units: -3n,
        price: "45983.16",
        discount: "0.09",
        tax: "0.06",
        other: "7.77",
        shipped: "1996-04-12",
        comment: "quick packages",
      },
      {
        ...common,
        flag: "N",
        nation: "BRAZIL",
        quantity: 8,
        units: 0n,
        price: "13309.60",
        discount: "0.10",
        tax: "0.02",
        fee: "9.9999",
        other: "0.05",
        shipped: "1998-12-01",
        comment: "special requests",
      },
    ]);
  });
  afterAll(() => t.engine().dropTable(ItemModel));

  it("adds up prices, discounts and taxes exactly", async () => {
    const found = await Item.where((i) => i.shipped.lte(value("1998-12-31", date()).minus({ days: 30 })))
      .groupBy((i) => i.flag)
      .orderBy((i) => i.flag)
      .select((i) => {
        const discounted = i.price.mul(one().sub(i.discount));
        return {
          flag: i.flag,
          quantity: sum(i.quantity),
          price: sum(i.price),
          discounted: sum(discounted),
          charged: sum(discounted.mul(i.tax.add(1))),
          mean: avg(i.quantity),
          n: count(),
        };
      });
    expect(found).toEqual([
      { flag: "A", quantity: 53, price: "67151.39", discounted: "62166.1764", charged: "65083.286952", mean: 26.5, n: 2 },
      { flag: "N", quantity: 8, price: "13309.60", discounted: "11978.6400", charged: "12218.212800", mean: 8, n: 1 },
    ]);
  });

  it("divides aggregates by each other, and takes CASE inside them", async () => {
    const found = await Item.all().aggregate((i) => {
      const volume = i.price.mul(one().sub(i.discount));
      return {
        share: sum(when(i.nation.eq("BRAZIL"), volume).otherwise(0)).div(sum(volume)),
        promo: sum(when(i.comment.startsWith("special"), i.price).end())
          .mul(100)
          .div(sum(i.price)),
        high: sum(when(i.flag.in(["A", "R"]), 1).otherwise(0)),
        low: sum(when(i.flag.eq("N"), i.quantity).otherwise(0)),
        perRow: sum(i.quantity).div(count()),
        price: sum(i.price).div(count()),
        spread: sum(i.quantity).sub(count()).mul(2),
        big: sum(when(i.units.gt(0n), i.units).otherwise(0)),
        floats: sum(when(i.quantity.gt(10), i.ratio).otherwise(2)),
        days: avg(when(i.flag.eq("A"), i.quantity).otherwise(null)),
      };
    });
    const volumes = [21168.23 * 0.96, 45983.16 * 0.91, 13309.6 * 0.9];
    const total = volumes.reduce((a, b) => a + b);
    expect(Number(found.share)).toBeCloseTo(((volumes[0] ?? 0) + (volumes[2] ?? 0)) / total, 7);
    expect(Number(found.promo)).toBeCloseTo((100 * (21168.23 + 13309.6)) / 80460.99, 5);
    expect(found).toMatchObject({ high: 2, low: 8, price: "26820.330000", spread: 116, big: 2n ** 53n + 1n, floats: 3, days: 26.5 });
    expect(found.perRow).toBeCloseTo(61 / 3, 12);
  });

  it("has groups by the value of aggregates, and compares them with a share of the whole", async () => {
    const total = await Item.all().sum((i) => i.price.mul(i.quantity));
    expect(total).toBe("2121730.47");
    const found = await Item.all()
      .groupBy((i) => i.nation)
      .having((i) => sum(i.price.mul(i.quantity)).gt(String(total)).not().and(sum(i.price).mul(2).gte("50000")))
      .orderBy((i) => sum(i.price.mul(i.quantity)).desc())
      .select((i) => ({ nation: i.nation, value: sum(i.price.mul(i.quantity)) }));
    expect(found).toEqual([
      { nation: "FRANCE", value: "1655393.76" },
      { nation: "BRAZIL", value: "466336.71" },
    ]);
  });

  describe("arithmetic", () => {
    it("of decimals, whole numbers and bigints is exact whichever comes first", async () => {
      const [row] = await all()
        .limit(1)
        .select((i) => ({
          times: i.price.mul(i.quantity),
          turned: i.quantity.mul(i.price),
          plus: i.quantity.add(i.price),
          minus: i.quantity.sub(i.price),
          more: i.price.add(i.fee),
          over: i.price.div(i.quantity),
          big: i.units.add(i.quantity),
          bigger: i.quantity.add(i.units),
          bigPrice: i.units.mul(i.discount),
          float: i.price.mul(i.ratio),
          half: i.quantity.div(i.quantity.add(17)),
        }));
      expect(row).toEqual({
        times: "359859.91",
        turned: "359859.91",
        plus: "21185.23",
        minus: "-21151.23",
        more: "21168.3550",
        over: "1245.190000",
        big: 2n ** 53n + 18n,
        bigger: 2n ** 53n + 18n,
        bigPrice: "360287970189639.72",
        float: 10584.115,
        half: 0.5,
      });
    });

    it("keeps NULL", async () => {
      const found = await all().select((i) => ({ sum: i.price.add(i.other), product: i.quantity.mul(i.fee) }));
      expect(found).toEqual([
        { sum: null, product: "2.1250" },
        { sum: "45990.93", product: null },
        { sum: "13309.65", product: "79.9992" },
      ]);
    });
  });

  describe("conditions", () => {
    it("negate patterns and ranges", async () => {
      expect(await Item.where((i) => i.comment.like("%special%requests%").not()).pluck((i) => i.flag)).toEqual(["A"]);
      expect(await Item.where((i) => i.comment.contains("special").not().or(i.quantity.lt(10))).count()).toBe(2);
      expect(await Item.where((i) => i.price.between("13309.60", "21168.23").not()).count()).toBe(1);
    });

    it("test ranges of expressions, dates and decimals", async () => {
      expect(await Item.where((i) => i.discount.between("0.05", "0.09")).count()).toBe(1);
      expect(
        await Item.where((i) => i.discount.between(value("0.06", money()).sub("0.01"), value("0.06", money()).add("0.03"))).count(),
      ).toBe(1);
      expect(await Item.where((i) => i.shipped.between("1996-01-01", value("1996-01-01", date()).plus({ years: 1 }))).count()).toBe(2);
      expect(
        await Item.where((i) => i.shipped.gte("1996-04-01").and(i.shipped.lt(value("1996-04-01", date()).plus({ months: 3 })))).count(),
      ).toBe(1);
      expect(await Item.where((i) => i.price.mul(i.quantity).between("106476.80", "359859.91")).count()).toBe(2);
      expect(await Item.where((i) => length(i.comment).between(14, 16)).count()).toBe(2);
      expect(
        await Item.where((i) =>
          i.at.between(value(new Date("1998-09-01T12:00:00.000Z")).plus({ days: 1 }), new Date("1999-01-01T00:00:00.000Z")),
        ).count(),
      ).toBe(3);
      expect(await Item.where((i) => i.at.part("year").between(1998, 1998)).count()).toBe(3);
    });
  });

  describe("coalesce, greatest, least, abs and nullif", () => {
    it("take several values, and decimals as numbers", async () => {
      const found = await all().select((i) => ({
        first: coalesce(i.other, i.fee, i.price),
        fallback: coalesce(i.other, nullif(i.discount, "0.04"), "5.00"),
        text: coalesce(nullif(i.nation, "BRAZIL"), nullif(i.comment, "special requests"), "none"),
        most: greatest(i.quantity, 10, 20),
        least: least(i.quantity, 10, i.quantity.sub(5)),
        dear: greatest(i.price, "20000.00", i.discount),
        cheap: least(i.price, i.discount, i.tax),
        some: greatest(i.price, coalesce(i.fee, "0.0000")),
        none: least(i.price, i.other),
        size: abs(i.discount.sub("0.05")),
        date: greatest(i.shipped, "1996-04-01", "1996-04-11"),
      }));
      expect(found).toEqual([
        {
          first: "0.1250",
          fallback: "5.00",
          text: "special pinto beans requests",
          most: 20,
          least: 10,
          dear: "21168.23",
          cheap: "0.02",
          some: "21168.2300",
          none: null,
          size: "0.01",
          date: "1996-04-11",
        },
        {
          first: "7.7700",
          fallback: "7.77",
          text: "FRANCE",
          most: 36,
          least: 10,
          dear: "45983.16",
          cheap: "0.06",
          some: "45983.1600",
          none: "7.77",
          size: "0.04",
          date: "1996-04-12",
        },
        {
          first: "0.0500",
          fallback: "0.05",
          text: "none",
          most: 20,
          least: 3,
          dear: "20000.00",
          cheap: "0.02",
          some: "13309.6000",
          none: "0.05",
          size: "0.05",
          date: "1998-12-01",
        },
      ]);
      expect(await Item.where((i) => coalesce(i.other, i.fee, i.price).gt("1")).count()).toBe(1);
      expect(await Item.where((i) => greatest(i.discount, i.tax).eq("0.1")).count()).toBe(1);
      expect(
        await all()
          .orderBy((i) => least(i.price, "20000.00", i.fee).desc({ nulls: "last" }))
          .pluck((i) => i.flag),
      ).toEqual(["N", "A", "A"]);
      expect(await Item.all().aggregate((i) => ({ sum: sum(coalesce(i.other, i.fee, i.tax)) }))).toEqual({ sum: "7.9450" });
    });

    it("refuse values of other kinds and a value alone", () => {
      const c = ItemModel.c;
      expect(() => (coalesce as (...all: unknown[]) => unknown)(c.price)).toThrow(UsageError);
      expect(() => (greatest as (...all: unknown[]) => unknown)(c.price)).toThrow(UsageError);
      expect(() => coalesce(c.price, c.quantity as never)).toThrow(/cast/);
      expect(() => greatest(c.quantity, c.ratio as never)).toThrow(UsageError);
      expect(() => coalesce(c.price, null as never)).toThrow(UsageError);
      expect(() => least(c.quantity, 5, "6" as never)).toThrow(ValueError);
      expect(() => coalesce(5 as never, c.quantity)).toThrow(UsageError);
    });
  });

  describe("when", () => {
    it("gives literals the type of the expressions beside them", async () => {
      const found = await all().select((i) => ({
        price: when(i.quantity.gt(30), i.price).when(i.quantity.gt(10), "0.5").otherwise(0),
        scales: when(i.flag.eq("N"), i.price).otherwise(i.fee),
        finer: when(i.flag.eq("N"), i.discount).otherwise(0.125),
        mixed: when(i.flag.eq("N"), i.quantity).otherwise(i.discount),
        big: when(i.flag.eq("N"), 5).otherwise(i.units),
        day: when(i.flag.eq("N"), "2000-01-01").otherwise(i.shipped),
        word: when(i.flag.eq("N"), i.flag).otherwise("none"),
        at: when(i.flag.eq("N"), i.at).end(),
        cond: when(i.flag.eq("N"), i.quantity.gt(100)).otherwise(true),
      }));
      const at = new Date("1998-09-02T12:00:00.000Z");
      expect(found).toEqual([
        {
          price: "0.50",
          scales: "0.1250",
          finer: "0.125",
          mixed: "0.04",
          big: 2n ** 53n + 1n,
          day: "1996-03-13",
          word: "none",
          at: null,
          cond: true,
        },
        { price: "45983.16", scales: null, finer: "0.125", mixed: "0.09", big: -3n, day: "1996-04-12", word: "none", at: null, cond: true },
        {
          price: "0.00",
          scales: "13309.6000",
          finer: "0.100",
          mixed: "8.00",
          big: 5n,
          day: "2000-01-01",
          word: "N",
          at,
          cond: false,
        },
      ]);
    });

    it("calculates and compares with decimals of different digits", async () => {
      const mixed = (i: (typeof ItemModel)["c"]) => when(i.flag.eq("N"), i.price).otherwise(i.fee);
      expect(await Item.all().aggregate((i) => ({ sum: sum(mixed(i as never)), most: sum(mixed(i as never).mul(2)) }))).toEqual({
        sum: "13309.7250",
        most: "26619.4500",
      });
      expect(await Item.where((i) => mixed(i as never).gt("1")).count()).toBe(1);
      expect(await Item.where((i) => when(i.flag.eq("N"), "10").otherwise(i.price).eq("10")).count()).toBe(1);
    });

    it("refuses branches of different kinds, and literals that are none of theirs", () => {
      const c = ItemModel.c;
      expect(() => when(c.flag.eq("N"), c.price).otherwise(c.comment as never)).toThrow(/kinds/);
      expect(() => when(c.flag.eq("N"), c.price).otherwise("ten")).toThrow(ValueError);
      expect(() => when(c.flag.eq("N"), c.shipped).otherwise("2000-02-30")).toThrow(ValueError);
      expect(() => when(c.flag.eq("N"), c.price).otherwise(Number.NaN)).toThrow(ValueError);
      expect(() => when(c.flag.eq("N"), {} as never)).toThrow(UsageError);
      expect(() => when(c.flag.eq("N"), null).end()).toThrow(UsageError);
    });
  });

  it("reads a fragment's value with a cast inside a calculation", async () => {
    const [row] = await all()
      .limit(1)
      .select((i) => ({ n: cast(sql<number>`${i.quantity} * 2`, int()).add(i.quantity) }));
    expect(row).toEqual({ n: 51 });
  });
}
