/** Scalar functions, CASE and windows: the same values on every database. */
import {
  abs,
  avg,
  ceil,
  coalesce,
  concat,
  count,
  cumeDist,
  decimal,
  denseRank,
  firstValue,
  floor,
  greatest,
  groups,
  int,
  lag,
  lastValue,
  lead,
  least,
  length,
  lower,
  Model,
  mod,
  now,
  nthValue,
  ntile,
  nullif,
  percentRank,
  power,
  rank,
  replace,
  round,
  rowNumber,
  rows,
  str,
  substr,
  sum,
  trim,
  UnsupportedError,
  UsageError,
  upper,
  when,
} from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class ShotModel extends Model("f_shot", {
  title: str().nullable(),
  views: int(),
  team: int(),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
}) {}

export function suite(t: TargetContext): void {
  let Shot: typeof ShotModel;
  const all = () => Shot.all().orderBy((s) => s.id);

  beforeAll(async () => {
    Shot = ShotModel.using(t.engine());
    await t.engine().createTable(ShotModel);
    await Shot.bulkCreate([
      { title: " Ab ", views: 1, team: 1, price: "1.25" },
      { title: "xyz", views: 7, team: 1, price: "2.50" },
      { views: 7, team: 2 },
      { title: "d%e", views: 1200, team: 2, price: "-3.45" },
    ]);
  });
  afterAll(() => t.engine().dropTable(ShotModel));

  describe("functions of text", () => {
    it("changes, measures and cuts text, and keeps NULL", async () => {
      const found = await all().select((s) => ({
        lower: lower(s.title),
        upper: upper(s.title),
        length: length(s.title),
        trim: trim(s.title),
        cut: substr(s.title, 2, 2),
        rest: substr(s.title, 2),
        replaced: replace(s.title, "%", "!"),
        both: concat(s.title, "-", s.title),
      }));
      expect(found).toEqual([
        { lower: " ab ", upper: " AB ", length: 4, trim: "Ab", cut: "Ab", rest: "Ab ", replaced: " Ab ", both: " Ab - Ab " },
        { lower: "xyz", upper: "XYZ", length: 3, trim: "xyz", cut: "yz", rest: "yz", replaced: "xyz", both: "xyz-xyz" },
        { lower: null, upper: null, length: null, trim: null, cut: null, rest: null, replaced: null, both: null },
        { lower: "d%e", upper: "D%E", length: 3, trim: "d%e", cut: "%e", rest: "%e", replaced: "d!e", both: "d%e-d%e" },
      ]);
    });

    it("stands in conditions and orders", async () => {
      expect(await Shot.where((s) => lower(trim(s.title)).eq("ab")).count()).toBe(1);
      const titles = await Shot.all()
        .orderBy((s) => [length(s.title).desc({ nulls: "last" }), s.id.asc()])
        .pluck((s) => s.title);
      expect(titles).toEqual([" Ab ", "xyz", "d%e", null]);
    });
  });

  describe("functions of numbers", () => {
    it("agrees on rounding, remainders and powers", async () => {
      const found = await all().select((s) => ({
        abs: abs(s.views.mul(-1)),
        half: round(s.views.div(2)),
        third: round(s.views.div(3), 2),
        ceil: ceil(s.views.div(2)),
        floor: floor(s.views.div(-2)),
        mod: mod(s.views, 3),
        power: power(s.views, 2),
        greatest: greatest(s.views, 5),
        least: least(s.views, s.team),
        price: round(s.price, 1),
      }));
      expect(found).toEqual([
        { abs: 1, half: 1, third: 0.33, ceil: 1, floor: -1, mod: 1, power: 1, greatest: 5, least: 1, price: "1.3" },
        { abs: 7, half: 4, third: 2.33, ceil: 4, floor: -4, mod: 1, power: 49, greatest: 7, least: 1, price: "2.5" },
        { abs: 7, half: 4, third: 2.33, ceil: 4, floor: -4, mod: 1, power: 49, greatest: 7, least: 2, price: null },
        { abs: 1200, half: 600, third: 400, ceil: 600, floor: -600, mod: 0, power: 1440000, greatest: 1200, least: 2, price: "-3.5" },
      ]);
    });

    it("gives NULL for the greatest of a value and NULL", async () => {
      const found = await all().pluck((s) => greatest(nullif(s.views, 7), s.team));
      expect(found).toEqual([1, null, null, 1200]);
    });
  });

  it("replaces NULL, makes NULL, and reads the clock", async () => {
    const found = await all().select((s) => ({
      title: coalesce(s.title, "none"),
      views: nullif(s.views, 7),
      price: coalesce(s.price, "0.00"),
    }));
    expect(found).toEqual([
      { title: " Ab ", views: 1, price: "1.25" },
      { title: "xyz", views: null, price: "2.50" },
      { title: "none", views: null, price: "0.00" },
      { title: "d%e", views: 1200, price: "-3.45" },
    ]);
    const clock = await all()
      .limit(1)
      .pluck(() => now());
    expect(Math.abs((clock[0]?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  describe("case", () => {
    it("takes the first branch that holds", async () => {
      const found = await all().select((s) => ({
        size: when(s.views.gte(1000), "hit").when(s.views.gte(5), "fine").otherwise("quiet"),
        number: when(s.views.gt(5), 1).otherwise(2.5),
        bool: when(s.views.gt(5), true).otherwise(false),
        column: when(s.views.gt(5), s.views).end(),
        none: when(s.title.isNull(), null).otherwise(1),
      }));
      expect(found).toEqual([
        { size: "quiet", number: 2.5, bool: false, column: null, none: 1 },
        { size: "fine", number: 1, bool: true, column: 7, none: 1 },
        { size: "fine", number: 1, bool: true, column: 7, none: null },
        { size: "hit", number: 1, bool: true, column: 1200, none: 1 },
      ]);
    });

    it("orders and updates", async () => {
      const order = await Shot.all()
        .orderBy((s) => [when(s.views.eq(7), 0).otherwise(1).asc(), s.id.asc()])
        .pluck((s) => s.views);
      expect(order).toEqual([7, 7, 1, 1200]);
      await t
        .engine()
        .transaction(async (tx) => {
          const Inside = ShotModel.using(tx);
          await Inside.all()
            .allRows()
            .update((s) => ({ title: when(s.views.gt(5), coalesce(upper(s.title), "X")).otherwise("low") as never }));
          expect(
            await Inside.all()
              .orderBy((s) => s.id)
              .pluck((s) => s.title),
          ).toEqual(["low", "XYZ", "X", "D%E"]);
          throw new RangeError("undo");
        })
        .catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    });

    it("refuses branches of different kinds", () => {
      expect(() => Shot.all().select((s) => ({ x: when(s.views.gt(5), 1).otherwise("one") }))).toThrow(UsageError);
    });
  });

  describe("windows", () => {
    it("numbers, ranks and shifts", async () => {
      const found = await all().select((s) => ({
        number: rowNumber().over({ partitionBy: s.team, orderBy: s.views.desc() }),
        rank: rank().over({ orderBy: s.views.asc() }),
        dense: denseRank().over({ orderBy: s.views.asc() }),
        bucket: ntile(2).over({ orderBy: s.id.asc() }),
        before: lag(s.views, 1, 0).over({ orderBy: s.id.asc() }),
        after: lead(s.views, 1, -1).over({ partitionBy: s.team, orderBy: s.id.asc() }),
        title: lag(s.title).over({ orderBy: s.id.asc() }),
      }));
      expect(found).toEqual([
        { number: 2, rank: 1, dense: 1, bucket: 1, before: 0, after: 7, title: null },
        { number: 1, rank: 2, dense: 2, bucket: 1, before: 1, after: -1, title: " Ab " },
        { number: 2, rank: 2, dense: 2, bucket: 2, before: 7, after: 1200, title: "xyz" },
        { number: 1, rank: 4, dense: 3, bucket: 2, before: 7, after: -1, title: null },
      ]);
    });

    it("spreads ranks between 0 and 1", async () => {
      const found = await all().select((s) => ({
        p: percentRank().over({ orderBy: s.views.asc() }),
        c: cumeDist().over({ orderBy: s.views.asc() }),
      }));
      [0, 1 / 3, 1 / 3, 1].forEach((p, i) => {
        expect(found[i]?.p).toBeCloseTo(p, 8);
      });
      [0.25, 0.75, 0.75, 1].forEach((c, i) => {
        expect(found[i]?.c).toBeCloseTo(c, 8);
      });
    });

    it("aggregates over frames", async () => {
      const found = await all().select((s) => ({
        team: sum(s.views).over({ partitionBy: s.team }),
        moving: avg(s.views).over({ orderBy: s.id.asc(), frame: rows(-1, 0) }),
        n: count().over(),
        first: firstValue(s.views).over({ orderBy: s.id.asc() }),
        last: lastValue(s.views).over({ orderBy: s.id.asc(), frame: rows("unbounded", "unbounded") }),
        second: nthValue(s.views, 2).over({ orderBy: s.id.asc(), frame: rows("unbounded", "unbounded") }),
      }));
      expect(found).toEqual([
        { team: 8, moving: 1, n: 4, first: 1, last: 1200, second: 7 },
        { team: 8, moving: 4, n: 4, first: 1, last: 1200, second: 7 },
        { team: 1207, moving: 7, n: 4, first: 1, last: 1200, second: 7 },
        { team: 1207, moving: 603.5, n: 4, first: 1, last: 1200, second: 7 },
      ]);
    });

    it("has frames in groups, or refuses them by the trait's name", async () => {
      const query = all().select((s) => ({
        x: sum(s.views).over({ orderBy: s.views.asc(), frame: groups(-1, 0, { exclude: "current row" }) }),
      }));
      if (t.engine().traits.fullFrames) expect((await query).map((row) => row.x)).toEqual([null, 8, 8, 14]);
      else await expect(query).rejects.toThrow(UnsupportedError);
    });

    it("refuses windows and aggregates where rows are chosen, before anything is sent", () => {
      expect(() => Shot.where(() => rowNumber().over().eq(1) as never)).toThrow(UsageError);
      expect(() => Shot.where((s) => sum(s.views).gt(1) as never)).toThrow(/having/);
      expect(() => rows(1, -1)).toThrow(UsageError);
      expect(() => ntile(0)).toThrow(UsageError);
    });
  });
}
