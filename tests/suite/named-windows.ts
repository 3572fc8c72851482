/** Windows with a name, written once for several functions. */
import { avg, count, int, lag, lead, Model, rank, rowNumber, rows, str, sum, UsageError, type Window } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class RunModel extends Model("window_run", { team: str(), points: int() }) {}

export function suite(t: TargetContext): void {
  let Run: typeof RunModel;
  const all = () => Run.all().orderBy((r) => r.id);

  beforeAll(async () => {
    Run = RunModel.using(t.engine());
    await t.engine().createTable(RunModel);
    await Run.bulkCreate([
      { team: "a", points: 3 },
      { team: "a", points: 5 },
      { team: "b", points: 1 },
      { team: "a", points: 4 },
    ]);
  });
  afterAll(() => t.engine().dropTable(RunModel));

  it("are written once and looked through by several functions", async () => {
    const query = all().select((r) => {
      const w: Window = { name: "per team", partitionBy: r.team, orderBy: r.points.desc() };
      return { place: rowNumber().over(w), rank: rank().over(w), sum: sum(r.points).over(w), n: count().over({ name: "all" }) };
    });
    expect(await query).toEqual([
      { place: 3, rank: 3, sum: 12, n: 4 },
      { place: 1, rank: 1, sum: 5, n: 4 },
      { place: 1, rank: 1, sum: 1, n: 4 },
      { place: 2, rank: 2, sum: 9, n: 4 },
    ]);
    const { sql } = query.toSQL();
    expect(sql.match(/partition by/g)).toHaveLength(1);
    expect(sql.match(/ over .per team./g)).toHaveLength(3);
    expect(sql).toMatch(/ window .per team. as \(partition by .*\), .all. as \(\) order by /);
  });

  it("take frames, parameters, neighbours and filters", async () => {
    const found = await all().select((r) => {
      const w: Window = { name: "w", partitionBy: r.points.gt(3), orderBy: [r.points.asc(), r.id.asc()], frame: rows(-1, 0) };
      return {
        before: lag(r.points, 1, 0).over(w),
        after: lead(r.points, 1, -1).over(w),
        two: sum(r.points).over(w),
        a: count().filter(r.team.eq("a")).over(w),
        mean: avg(r.points).over(w),
      };
    });
    expect(found).toEqual([
      { before: 1, after: -1, two: 4, a: 1, mean: 2 },
      { before: 4, after: -1, two: 9, a: 2, mean: 4.5 },
      { before: 0, after: 3, two: 1, a: 0, mean: 1 },
      { before: 0, after: 5, two: 4, a: 1, mean: 4 },
    ]);
  });

  it("stand beside others of another name, in orders, joins and subqueries", async () => {
    const found = await Run.all()
      .orderBy((r) => [rowNumber().over({ name: "w", orderBy: r.points.desc() }), r.id])
      .select((r) => ({ points: r.points, best: rowNumber().over({ name: "v", partitionBy: r.team, orderBy: r.points.desc() }) }));
    expect(found).toEqual([
      { points: 5, best: 1 },
      { points: 4, best: 2 },
      { points: 3, best: 3 },
      { points: 1, best: 1 },
    ]);
    const groups = await Run.all()
      .groupBy((r) => r.team)
      .orderBy((r) => r.team)
      .select((r) => ({ team: r.team, place: rank().over({ name: "w", orderBy: sum(r.points).desc() }), sum: sum(r.points) }));
    expect(groups).toEqual([
      { team: "a", place: 1, sum: 12 },
      { team: "b", place: 2, sum: 1 },
    ]);
  });

  describe("a name", () => {
    it("means one window", () => {
      const two = (a: Window, b: Window) =>
        Run.all()
          .select(() => ({ a: count().over(a), b: count().over(b) }))
          .toSQL();
      const { team, points } = RunModel.c;
      expect(() => two({ name: "w", orderBy: team.asc() }, { name: "w", orderBy: team.asc() })).not.toThrow();
      expect(() => two({ name: "w", orderBy: team.asc() }, { name: "w", orderBy: team.desc() })).toThrow(UsageError);
      expect(() => two({ name: "w", partitionBy: team }, { name: "w", partitionBy: points })).toThrow(/"w"/);
      expect(() => two({ name: "w", partitionBy: team }, { name: "w", orderBy: team.asc() })).toThrow(UsageError);
      expect(() => two({ name: "w", frame: rows(-1) }, { name: "w" })).toThrow(UsageError);
      expect(() => two({ name: "w" }, { name: "W" })).toThrow(UsageError);
      expect(() => two({ name: "w", partitionBy: points.gt(1) }, { name: "w", partitionBy: points.gt(2) })).toThrow(UsageError);
    });

    it("is text, and quoted", async () => {
      for (const bad of ["", 5, null, {}, "a\nb", "x".repeat(64)]) expect(() => count().over({ name: bad as never })).toThrow(UsageError);
      const hostile = 'w`"; drop table x --';
      expect(
        await Run.all()
          .select(() => ({ n: count().over({ name: hostile }) }))
          .first(),
      ).toEqual({ n: 4 });
    });
  });
}
