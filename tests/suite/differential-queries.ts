/** What random queries found about queries inside of others, groups and windows, as cases of their own. */
import {
  allOf,
  anyOf,
  bigint,
  bool,
  cast,
  coalesce,
  count,
  cumeDist,
  date,
  decimal,
  denseRank,
  exists,
  float,
  foreignKey,
  from,
  int,
  lead,
  least,
  Model,
  max,
  min,
  nullif,
  rank,
  round,
  rowNumber,
  scalar,
  str,
  sum,
  tuple,
  value,
} from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class ShelfModel extends Model("dx_shelf", { name: str(), size: int(), open: bool().nullable() }) {}
class ThingModel extends Model("dx_thing", {
  name: str().nullable(),
  n: int(),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
  weight: decimal({ precision: 10, scale: 3 }).nullable(),
  ratio: float().nullable(),
  big: bigint().nullable(),
  open: bool().nullable(),
  day: date().nullable(),
  shelfId: foreignKey(() => ShelfModel).nullable(),
}) {
  get shelf() {
    return this.belongsTo(ShelfModel, (thing) => thing.shelfId);
  }
}
class PartModel extends Model("dx_part", { n: int(), thingId: foreignKey(() => ThingModel, { onDelete: "cascade" }) }) {}
type Thing = typeof ThingModel.c;
type Shelf = typeof ShelfModel.c;
class Undone extends Error {}

export function suite(t: TargetContext): void {
  let Shelf: typeof ShelfModel;
  let Thing: typeof ThingModel;

  beforeAll(async () => {
    Shelf = ShelfModel.using(t.engine());
    Thing = ThingModel.using(t.engine());
    await t.engine().createTable(ShelfModel, ThingModel, PartModel);
    const [a, b] = await Shelf.bulkCreate([
      { name: "a", size: 2, open: true },
      { name: "b", size: 3, open: false },
    ]);
    const [x, y, z, w] = await Thing.bulkCreate([
      { name: "x", n: 1, price: "1.50", weight: "1.500", ratio: 0.5, shelfId: a?.id ?? 0, open: true },
      { name: "y", n: 2, price: "-2.25", weight: "1.500", ratio: -1, shelfId: a?.id ?? 0, day: "2024-02-29", big: 9007199254740993n },
      { name: "12", n: 7, ratio: 0.5, open: false, shelfId: b?.id ?? 0 },
      { name: null, n: 9, day: "2024-02-01" },
    ]);
    await PartModel.using(t.engine()).bulkCreate([x, x, y, z, w].map((thing, i) => ({ n: i, thingId: thing?.id ?? 0 })));
  });
  afterAll(() => t.engine().dropTable(PartModel, ThingModel, ShelfModel));

  const inVain = async <T>(change: (things: typeof ThingModel) => Promise<T>): Promise<T> => {
    const seen: T[] = [];
    const undone = t.engine().transaction(async (tx) => {
      seen.push(await change(ThingModel.using(tx)));
      throw new Undone();
    });
    await expect(undone).rejects.toThrow(Undone);
    return seen[0] as T;
  };

  describe("windows of one query", () => {
    it("may be the whole, begin alike and go on differently", async () => {
      const found = await Thing.all()
        .orderBy((x) => x.n)
        .select((x) => ({
          n: x.n,
          next: lead(x.n, 1).over({ orderBy: x.n.desc() }),
          highest: max(x.ratio).over(),
          rank: rank().over({ partitionBy: x.ratio, orderBy: x.n.asc() }),
          byShelf: rowNumber().over({ orderBy: [x.shelfId.asc({ nulls: "first" }), x.n.desc()] }),
          dense: denseRank().over({ orderBy: least(x.n, x.n).desc() }),
        }));
      expect(found).toEqual([
        { n: 1, next: null, highest: 0.5, rank: 1, byShelf: 3, dense: 4 },
        { n: 2, next: 1, highest: 0.5, rank: 1, byShelf: 2, dense: 3 },
        { n: 7, next: 2, highest: 0.5, rank: 2, byShelf: 4, dense: 2 },
        { n: 9, next: 7, highest: 0.5, rank: 1, byShelf: 1, dense: 1 },
      ]);
    });

    it("may begin like two others that differ", async () => {
      const found = await Thing.all()
        .orderBy((x) => x.n)
        .select((x) => ({
          shelf: count().over({ partitionBy: x.ratio }),
          inShelf: rowNumber().over({ partitionBy: x.ratio, orderBy: x.n.desc() }),
          ratios: denseRank().over({ orderBy: x.ratio.asc({ nulls: "first" }) }),
          both: rowNumber().over({ orderBy: [x.ratio.asc({ nulls: "first" }), x.n.asc()] }),
          sum: sum(x.n).over(),
        }));
      expect(found.map((row) => Object.values(row))).toEqual([
        [2, 2, 3, 3, 19],
        [1, 1, 2, 2, 19],
        [2, 1, 3, 4, 19],
        [1, 1, 1, 1, 19],
      ]);
    });

    it("cumeDist has all digits of a double", async () => {
      const found = await Thing.all()
        .crossJoin(Thing)
        .crossJoin(Shelf)
        .limit(1)
        .orderBy((x, y, s) => [x.n, y.n, s.size])
        .select((x, y, s) => ({
          part: cumeDist().over({ orderBy: [x.n.asc(), y.n.asc(), s.size.asc()] }),
          third: cumeDist().over({ orderBy: s.size.asc() }).div(3),
        }));
      expect(found).toEqual([{ part: 1 / 32, third: 0.5 / 3 }]);
      const three = Thing.where((x) => x.n.lt(9))
        .orderBy((x) => x.n)
        .limit(1);
      expect(await three.select((x) => ({ part: cumeDist().over({ orderBy: x.n.asc() }) }))).toEqual([{ part: 1 / 3 }]);
    });
  });

  describe("a query's value beside the values of another query", () => {
    const least = () => scalar(ThingModel.where((y) => y.name.isNotNull()).select((y) => ({ name: min(y.name) })));
    const labels = (x: Thing) => ShelfModel.where(() => x.open).select("name");
    it.each([
      ["all", (x: Thing) => least().lt(allOf(labels(x))), [1, 2, 7, 9]],
      ["any", (x: Thing) => least().lt(anyOf(labels(x))), [1]],
      ["in", (x: Thing) => least().in(labels(x)), []],
      ["notIn", (x: Thing) => least().notIn(labels(x)), [1, 2, 7, 9]],
    ])("%s", async (_how, condition, expected) => {
      expect(
        await Thing.where(condition)
          .orderBy((x) => x.n)
          .pluck((x) => x.n),
      ).toEqual(expected);
    });
  });

  it("a comparison with the values of a query is NULL where it is, sorted and distinct as well", async () => {
    const smaller = (x: Thing) => x.n.lt(allOf(ShelfModel.all().select((s) => ({ none: nullif(s.size, s.size) }))));
    const sorted = await Thing.all()
      .orderBy((x) => [smaller(x), x.name.asc({ nulls: "first" })])
      .select((x) => ({ smaller: smaller(x) }));
    expect(sorted).toEqual([1, 2, 3, 4].map(() => ({ smaller: null })));
    expect(
      await Thing.all()
        .distinct()
        .select((x) => ({ smaller: smaller(x) })),
    ).toEqual([{ smaller: null }]);
  });

  it("rows of values are neither equal nor not where one is NULL", async () => {
    const joined = Thing.all().leftJoin(Shelf, (x, s) => s.id.eq(x.shelfId).and(s.size.gt(100)));
    const same = (x: Thing, s: Shelf) => tuple(x.n, x.name).eq([s.size, s.name]);
    expect(await joined.where((x, s) => same(x, s as Shelf).isNull()).count()).toBe(4);
    expect(
      await joined
        .where((_, s) =>
          tuple(s.size, s.name)
            .in([[1, "x"]])
            .isNull(),
        )
        .count(),
    ).toBe(4);
    expect(
      await joined
        .where((_, s) =>
          tuple(s.size, s.name)
            .in([
              [1, "x"],
              [2, "y"],
            ])
            .isNull(),
        )
        .count(),
    ).toBe(4);
    expect(
      await Thing.where((x) =>
        tuple(x.n, x.name)
          .in([[1, "x"]])
          .or(x.n.eq(9)),
      ).count(),
    ).toBe(2);
    expect(
      await Thing.where((x) =>
        tuple(x.n, x.name)
          .in([[1, "x"]])
          .not(),
      ).count(),
    ).toBe(3);
  });

  it("distinct rows are ordered by a query's value whose condition has a list of decimals", async () => {
    const key = (x: Thing) =>
      coalesce(scalar(ThingModel.where((y) => y.price.div("1.25").notIn(["0.50", "7.25"]).and(y.id.eq(x.id))).select("ratio")), 0);
    const found = await Thing.all()
      .distinct()
      .orderBy((x) => [key(x), x.ratio.desc({ nulls: "last" })])
      .select((x) => ({ key: key(x), ratio: x.ratio }));
    expect(found).toEqual([
      { key: -1, ratio: -1 },
      { key: 0, ratio: 0.5 },
      { key: 0, ratio: null },
      { key: 0.5, ratio: 0.5 },
    ]);
  });

  describe("having", () => {
    it("knows a key that a query in FROM computes and nobody selects", async () => {
      const rows = Thing.all().select((x) => ({ shelf: x.shelfId, large: x.n.gt(5), day: coalesce(x.day, "2024-03-01") }));
      const found = await from(rows.as("sized"))
        .groupBy((r) => [r.large, r.day])
        .having((r) => r.large.and(r.day.gt("2024-02-15")))
        .select(() => ({ n: count() }));
      expect(found).toEqual([{ n: 1 }]);
    });

    it("tells keys of one name apart", async () => {
      const found = await Thing.all()
        .join(Shelf, (x, s) => x.shelfId.eq(s.id))
        .groupBy((x, s) => [x.open, s.open])
        .having((x, s) => x.open.isNull().or(s.open))
        .orderBy((x) => x.open.asc({ nulls: "first" }))
        .select((x) => ({ open: x.open, n: count() }));
      expect(found).toEqual([
        { open: null, n: 1 },
        { open: true, n: 1 },
      ]);
    });

    it("knows the date of groups inside of a change", async () => {
      const changed = await inVain(async (things) => {
        const groups = ThingModel.all()
          .groupBy((x) => coalesce(x.day, nullif(x.day, "2024-02-29")))
          .having((x) => coalesce(x.day, nullif(x.day, "2024-02-29")).gt("2024-02-10"))
          .select(() => ({ n: count() }));
        return things.where((x) => x.n.eq(1).and(exists(groups))).update({ name: "z" });
      });
      expect(changed).toBe(1);
    });

    it("takes a key of the query around for what it is", async () => {
      const key = (x: Thing) => exists(ShelfModel.where((s) => s.id.eq(x.shelfId).and(x.open)));
      const groups = (x: Thing) =>
        ThingModel.all()
          .groupBy(() => [x.n, key(x)])
          .orderBy(() => [key(x).desc(), x.n])
          .limit(5)
          .select(() => ({ n: count() }));
      expect(await Thing.where((x) => exists(groups(x))).count()).toBe(4);
    });
  });

  it("an outer join of a subquery may depend on the query around alone", async () => {
    const parts = (s: Shelf) =>
      scalar(
        ThingModel.where((x) => x.n.lt(3))
          .leftJoin(PartModel, (x, p) => s.open.and(p.thingId.eq(x.id)))
          .select((_, p) => ({ n: count(p.id) })),
      );
    const every = (s: Shelf) =>
      scalar(
        ThingModel.where((x) => x.n.lt(3))
          .leftJoin(PartModel, () => s.open)
          .select((_, p) => ({ n: count(p.id) })),
      );
    const found = await Shelf.all()
      .orderBy((s) => s.size)
      .select((s) => ({ parts: parts(s), every: every(s) }));
    expect(found).toEqual([
      { parts: 3, every: 10 },
      { parts: 0, every: 0 },
    ]);
  });

  describe("distinct rows that are all the same", () => {
    it("have no second one", async () => {
      const same = Thing.all()
        .distinct()
        .orderBy(() => value(7, int()))
        .select(() => ({ seven: value(7, int()), most: scalar(ShelfModel.all().select((s) => ({ most: max(s.size) }))) }));
      expect(await same).toEqual([{ seven: 7, most: 3 }]);
      expect(await same.offset(1)).toEqual([]);
      expect(await same.limit(3).offset(1)).toEqual([]);
    });

    it("are one for exists", async () => {
      const sizes = Thing.all()
        .distinct()
        .select((x) => ({ none: x.n.lt(0) }));
      expect(await Shelf.where(() => exists(sizes)).count()).toBe(2);
      expect(await Shelf.where(() => exists(sizes.offset(1))).count()).toBe(0);
      expect(await Shelf.where(() => exists(sizes.limit(4).offset(1))).count()).toBe(0);
    });
  });

  it("a default of a query that an outer join has no row of is NULL", async () => {
    const none = Thing.where((x) => value(false).and(x.n.gt(0))).select((x) => ({
      n: coalesce(x.big, 5n),
      missing: x.day.isNull(),
      shelf: x.shelfId,
    }));
    const found = await from(none.as("none"))
      .rightJoin(Shelf, (_, s) => s.size.gt(0))
      .aggregate((x) => ({ n: max(x.n), missing: count(x.missing) }));
    expect(found).toEqual({ n: null, missing: 0 });
  });

  it("a float becomes a decimal with all of its digits", async () => {
    const [found] = await Thing.where((x) => x.n.eq(2)).select((x) => ({
      half: cast(x.big.div(2), decimal({ precision: 20, scale: 2 })),
      rounded: round(x.big.div(2), 1),
    }));
    expect(found).toEqual({ half: "4503599627370496.00", rounded: 4503599627370496 });
  });

  it("a condition that is known anyway orders nothing", async () => {
    const found = await Thing.all()
      .orderBy((x) => [x.n.in([]).not(), x.n.in([]).and(x.n.gt(1)), x.n.desc()])
      .select((x) => ({ n: x.n, none: x.n.in([]).and(x.n.gt(1)) }));
    expect(found.map(({ n }) => n)).toEqual([9, 7, 2, 1]);
  });

  it("decimals are in a query's list whatever their digits", async () => {
    expect(await Thing.where((x) => x.price.in(ThingModel.where((y) => y.weight.isNotNull()).select("weight"))).count()).toBe(1);
    expect(await Thing.where((x) => x.weight.in(ThingModel.where((y) => y.price.isNotNull()).select("price"))).count()).toBe(2);
  });

  it("whether there are rows does not depend on what they hold", async () => {
    const query = (x: Thing) =>
      ShelfModel.all()
        .orderBy((s) => [exists(PartModel.where((p) => p.thingId.eq(x.id).and(s.open))), x.id])
        .offset(1)
        .select((s) => ({ inside: exists(PartModel.where((p) => p.thingId.eq(x.id).and(s.open))), id: x.id, size: s.size }));
    expect(await Thing.where((x) => exists(query(x))).count()).toBe(4);
    expect(
      await inVain((things) =>
        things.where((x) => exists(query(x)).and(x.shelf.size.gt(0))).update((x) => ({ name: coalesce(x.shelf.name, x.name) })),
      ),
    ).toBe(3);
  });

  it("constants that are NULL are not counted, distinct or not", async () => {
    const none = () => nullif(value(5, int()), value(5, int()));
    const found = await Thing.all().aggregate(() => ({
      some: count(value(5, int())).distinct(),
      none: count(none()).distinct(),
      all: count(none()),
    }));
    expect(found).toEqual({ some: 1, none: 0, all: 0 });
  });

  it("the lesser of two texts becomes a number where it is one", async () => {
    const changed = await inVain(async (things) => {
      await things
        .where((x) => x.n.eq(7))
        .update((x) => ({ price: cast(least(x.name, x.shelf.name), decimal({ precision: 9, scale: 2 })) }));
      return things.where((x) => x.n.eq(7)).pluck((x) => x.price);
    });
    expect(changed).toEqual(["12.00"]);
  });

  it("what is selected twice from a query in FROM has both of its names", async () => {
    const halves = from(ShelfModel.all().as("shelves")).select((s) => ({ id: s.id, half: value(0.5, float()) }));
    const ranked = from(ThingModel.all().as("things")).select((x) => ({ previous: rowNumber().over({ orderBy: x.n.asc() }) }));
    const found = await Thing.all()
      .leftJoin(ranked.as("ranked"), (x) => x.n.lt(0))
      .join(halves.as("halves"), (x, _, h) => x.shelfId.eq(h.id))
      .orderBy((x, r) => [r.previous, x.n])
      .select((_, r, h) => ({ a: h.half, b: h.half, c: r.previous, d: r.previous }));
    expect(found).toEqual([1, 2, 3].map(() => ({ a: 0.5, b: 0.5, c: null, d: null })));
  });
}
