/** Aggregates, what they look at, and values put together: the same on every database. */
import {
  avg,
  bool,
  count,
  datetime,
  decimal,
  float,
  foreignKey,
  int,
  jsonAgg,
  Model,
  max,
  min,
  stddev,
  stddevPop,
  str,
  stringAgg,
  sum,
  UsageError,
  variance,
  variancePop,
} from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class TeamModel extends Model("agg_team", { name: str() }) {}
class SaleModel extends Model("agg_sale", {
  team: int(),
  item: str().nullable(),
  amount: int().nullable(),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
  wide: decimal({ precision: 30, scale: 2 }).nullable(),
  ratio: float().nullable(),
  paid: bool(),
  at: datetime(),
  teamId: foreignKey(() => TeamModel).nullable(),
}) {}
const day = (n: number) => new Date(Date.UTC(2024, 0, n, 12, 30, 0, n));
export function suite(t: TargetContext): void {
  let Sale: typeof SaleModel;
  let Team: typeof TeamModel;

  beforeAll(async () => {
    Sale = SaleModel.using(t.engine());
    Team = TeamModel.using(t.engine());
    await t.engine().createTable(TeamModel, SaleModel);
    const [red] = await Team.bulkCreate([{ name: "red" }, { name: "blue" }]);
    const wide = "1234567890123456789012.50";
    await Sale.bulkCreate([
      { team: 1, item: "pen", amount: 3, price: "1.10", wide, ratio: 2, paid: true, at: day(1), teamId: red?.id ?? 0 },
      { team: 1, item: "ink", amount: 3, price: "2.20", wide: `-${wide}`, ratio: 4, paid: false, at: day(2), teamId: red?.id ?? 0 },
      { team: 1, item: "pen", amount: 5, price: "1.10", ratio: 9, paid: true, at: day(3) },
      { team: 2, item: "cup", amount: 10, price: "9.99", wide, ratio: 1.5, paid: false, at: day(4) },
      { team: 2, item: "Cup", paid: true, at: day(5) },
      { team: 3, paid: false, at: day(6) },
    ]);
  });
  afterAll(() => t.engine().dropTable(SaleModel, TeamModel));

  const perTeam = () =>
    Sale.all()
      .groupBy((s) => s.team)
      .orderBy((s) => s.team);

  describe("distinct", () => {
    it("takes equal values once", async () => {
      const found = await perTeam().select((s) => ({
        amounts: count(s.amount).distinct(),
        items: count(s.item).distinct(),
        sum: sum(s.amount).distinct(),
        price: sum(s.price).distinct(),
        avg: avg(s.amount).distinct(),
        mean: avg(s.price).distinct(),
        most: max(s.price).distinct(),
      }));
      expect(found).toEqual([
        { amounts: 2, items: 2, sum: 8, price: "3.30", avg: 4, mean: 1.65, most: "2.20" },
        { amounts: 1, items: 2, sum: 10, price: "9.99", avg: 10, mean: 9.99, most: "9.99" },
        { amounts: 0, items: 0, sum: null, price: null, avg: null, mean: null, most: null },
      ]);
      expect(await Sale.all().aggregate((s) => ({ teams: count(s.team).distinct() }))).toEqual({ teams: 3 });
    });

    it("is refused for rows and over windows", () => {
      expect(() => count().distinct()).toThrow(/count a column/);
      expect(() => count(SaleModel.c.team).distinct().over()).toThrow(UsageError);
    });
  });

  describe("filter", () => {
    it("looks at the rows that meet the condition", async () => {
      const found = await perTeam().select((s) => ({
        paid: count().filter(s.paid),
        items: count(s.item).filter(s.paid.not()),
        sum: sum(s.amount).filter(s.amount.gt(3)),
        price: sum(s.price).filter(s.item.eq("pen")),
        mean: avg(s.price).filter(s.item.eq("pen")),
        least: min(s.item).filter(s.paid).filter(s.amount.gte(4)),
        last: max(s.at).filter(s.paid),
        different: count(s.amount).distinct().filter(s.paid),
        wide: max(s.wide).filter(s.amount.gte(3)),
        low: min(s.wide).filter(s.amount.lt(100)),
      }));
      expect(found).toEqual([
        {
          paid: 2,
          items: 1,
          sum: 5,
          price: "2.20",
          mean: 1.1,
          least: "pen",
          last: day(3),
          different: 2,
          wide: "1234567890123456789012.50",
          low: "-1234567890123456789012.50",
        },
        {
          paid: 1,
          items: 1,
          sum: 10,
          price: null,
          mean: null,
          least: null,
          last: day(5),
          different: 0,
          wide: "1234567890123456789012.50",
          low: "1234567890123456789012.50",
        },
        { paid: 0, items: 0, sum: null, price: null, mean: null, least: null, last: null, different: 0, wide: null, low: null },
      ]);
    });

    it("works over windows, in having, in orders and over limited queries", async () => {
      const running = await Sale.all()
        .orderBy((s) => s.id)
        .select((s) => ({
          n: count().filter(s.paid).over({ partitionBy: s.team, orderBy: s.id.asc() }),
          sum: sum(s.price).filter(s.amount.gt(3)).over({ orderBy: s.id.asc() }),
          mean: avg(s.amount).filter(s.paid).over(),
        }));
      expect(running).toEqual([
        { n: 1, sum: null, mean: 4 },
        { n: 1, sum: null, mean: 4 },
        { n: 2, sum: "1.10", mean: 4 },
        { n: 0, sum: "11.09", mean: 4 },
        { n: 1, sum: "11.09", mean: 4 },
        { n: 0, sum: "11.09", mean: 4 },
      ]);
      const busy = await perTeam()
        .having((s) => count().filter(s.paid).gte(1))
        .orderBy((s) => [count().filter(s.paid.not()).desc(), sum(s.amount).desc()])
        .select((s) => ({ team: s.team }));
      expect(busy).toEqual([{ team: 1 }, { team: 2 }].sort((a, b) => a.team - b.team));
      const some = await Sale.all()
        .orderBy((s) => s.id)
        .limit(4)
        .aggregate((s) => ({
          paid: count().filter(s.paid),
          price: sum(s.price).filter(s.amount.gt(3)),
          items: stringAgg(s.item, "+", { orderBy: s.id.desc() }).filter(s.paid),
          list: jsonAgg({ item: s.item, price: s.price }, { orderBy: s.id }).filter(s.amount.gt(3)),
        }));
      expect(some).toEqual({
        paid: 2,
        price: "11.09",
        items: "pen+pen",
        list: [
          { item: "pen", price: "1.10" },
          { item: "cup", price: "9.99" },
        ],
      });
    });

    it("refuses what is no condition on rows", () => {
      const c = SaleModel.c;
      for (const bad of [undefined, null, true, c.amount, {}, () => c.paid]) expect(() => count().filter(bad as never)).toThrow(UsageError);
      expect(() => sum(c.amount).filter(count().gt(1))).toThrow(/single rows/);
    });
  });

  describe("statistics", () => {
    it("measures how far values lie apart", async () => {
      const found = await perTeam().select((s) => ({
        sample: stddev(s.ratio),
        all: stddevPop(s.ratio),
        variance: variance(s.amount),
        pop: variancePop(s.price),
        some: stddev(s.ratio).filter(s.ratio.lt(9)),
      }));
      expect(found[0]?.sample).toBeCloseTo(Math.sqrt(13), 9);
      expect(found[0]?.all).toBeCloseTo(Math.sqrt(26 / 3), 9);
      expect(found[0]?.variance).toBeCloseTo(4 / 3, 9);
      expect(found[0]?.pop).toBeCloseTo(0.268_888_889, 8);
      expect(found[0]?.some).toBeCloseTo(Math.SQRT2, 9);
      expect(found[1]).toEqual({ sample: null, all: 0, variance: null, pop: 0, some: null });
      expect(found[2]).toEqual({ sample: null, all: null, variance: null, pop: null, some: null });
    });

    it("works over windows", async () => {
      const found = await Sale.where((s) => s.team.eq(1))
        .orderBy((s) => s.id)
        .pluck((s) => stddevPop(s.ratio).over({ orderBy: s.id.asc() }));
      [0, 1, Math.sqrt(26 / 3)].forEach((expected, i) => {
        expect(found[i]).toBeCloseTo(expected, 9);
      });
    });
  });

  it("calculates exact decimals over windows", async () => {
    const found = await Sale.where((s) => s.team.lte(2))
      .orderBy((s) => s.id)
      .select((s) => ({
        running: sum(s.price).over({ partitionBy: s.team, orderBy: s.id.asc() }),
        most: max(s.price).over({ partitionBy: s.team }),
        mean: avg(s.price).over({ partitionBy: s.team }),
        wide: max(s.wide).over({ partitionBy: s.team }),
      }));
    const wide = "1234567890123456789012.50";
    expect(found.map(({ mean: _, ...rest }) => rest)).toEqual([
      { running: "1.10", most: "2.20", wide },
      { running: "3.30", most: "2.20", wide },
      { running: "4.40", most: "2.20", wide },
      { running: "9.99", most: "9.99", wide },
      { running: "9.99", most: "9.99", wide },
    ]);
    expect(found[0]?.mean).toBeCloseTo(4.4 / 3, 9);
  });
}
