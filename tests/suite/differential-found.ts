/** What random queries found on one database or another, as cases of their own. */
import {
  allOf,
  bool,
  cast,
  coalesce,
  count,
  date,
  decimal,
  exists,
  float,
  foreignKey,
  from,
  int,
  Model,
  max,
  nullif,
  round,
  scalar,
  str,
  sum,
  tuple,
  UnsupportedError,
  UsageError,
  value,
  when,
} from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class ShelfModel extends Model("df_shelf", { name: str(), size: int().nullable() }) {
  get things() {
    return this.hasMany(ThingModel, (thing) => thing.shelfId);
  }
}
class ThingModel extends Model("df_thing", {
  name: str().nullable(),
  n: int(),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
  ratio: float().nullable(),
  flag: bool().nullable(),
  day: date().nullable(),
  shelfId: foreignKey(() => ShelfModel).nullable(),
}) {}

export function suite(t: TargetContext): void {
  let Shelf: typeof ShelfModel;
  let Thing: typeof ThingModel;

  beforeAll(async () => {
    Shelf = ShelfModel.using(t.engine());
    Thing = ThingModel.using(t.engine());
    await t.engine().createTable(ShelfModel, ThingModel);
    const [a] = await Shelf.bulkCreate([{ name: "a", size: 2 }, { name: "b" }]);
    const shelfId = a?.id ?? 0;
    await Thing.bulkCreate([
      { name: "x", n: 1, price: "1.50", shelfId, flag: true },
      { name: "x", n: 2, price: "-2.25", shelfId, day: "2024-02-29" },
      { name: null, n: 7, flag: false },
    ]);
  });
  afterAll(() => t.engine().dropTable(ThingModel, ShelfModel));

  describe("a key of the groups that holds values", () => {
    const large = (thing: typeof ThingModel.c) => thing.n.mul(10).add(1);

    it("is the same in having, in order and inside of other expressions", async () => {
      const found = await Thing.all()
        .groupBy((x) => large(x))
        .having((x) => large(x).gt(11).and(count().gte(1)))
        .orderBy((x) => large(x).mul(-1))
        .select((x) => ({ key: large(x), again: large(x), more: large(x).add(1), share: sum(x.n).add(large(x)), n: count() }));
      expect(found).toEqual([
        { key: 71, again: 71, more: 72, share: 78, n: 1 },
        { key: 21, again: 21, more: 22, share: 23, n: 1 },
      ]);
    });

    it("may be a condition, and NULL", async () => {
      const key = (thing: typeof ThingModel.c) => thing.flag.and(thing.n.gt(0));
      const found = await Thing.all()
        .groupBy((x) => key(x))
        .orderBy((x) => count(x.id))
        .select((x) => ({ not: key(x).not(), unknown: key(x).isNull(), n: count() }));
      expect(found.sort((a, b) => Number(a.unknown) - Number(b.unknown) || Number(a.not) - Number(b.not))).toEqual([
        { not: false, unknown: false, n: 1 },
        { not: true, unknown: false, n: 1 },
        { not: null, unknown: true, n: 1 },
      ]);
    });

    it("may be a date's, made anew by each lambda", async () => {
      const key = (thing: typeof ThingModel.c) => when(thing.day.eq("2024-02-29"), "leap").otherwise("other");
      const found = await Thing.all()
        .groupBy((x) => key(x))
        .having((x) => key(x).ne("leap").or(key(x).eq("leap")))
        .orderBy((x) => key(x))
        .select((x) => ({ key: key(x), n: count() }));
      expect(found).toEqual([
        { key: "leap", n: 1 },
        { key: "other", n: 2 },
      ]);
    });

    it("may be a query's value", async () => {
      const key = (shelf: typeof ShelfModel.c) => scalar(Thing.where((x) => x.shelfId.eq(shelf.id)).select(() => ({ n: count() })));
      const found = await Shelf.all()
        .groupBy((s) => key(s))
        .orderBy((s) => key(s).desc())
        .select((s) => ({ things: key(s), n: count() }));
      expect(found).toEqual([
        { things: 2, n: 1 },
        { things: 0, n: 1 },
      ]);
    });

    // Written with NOT, either brings MariaDB 10.11 down.
    it.each([
      ["a column", (thing: typeof ThingModel.c) => thing.flag.not()],
      ["conditions", (thing: typeof ThingModel.c) => thing.flag.and(thing.n.gt(0)).not()],
    ])("may be a query's value that says not of %s around it", async (_what, condition) => {
      const key = (thing: typeof ThingModel.c) =>
        scalar(Thing.where((other) => other.id.eq(thing.id).and(condition(thing))).select(() => ({ n: count() })));
      const found = await Thing.all()
        .groupBy((x) => key(x))
        .orderBy((x) => key(x))
        .select((x) => ({ key: key(x), n: count() }));
      expect(found).toEqual([
        { key: 0, n: 2 },
        { key: 1, n: 1 },
      ]);
    });
  });

  it("a case of constants keeps its type inside of an aggregate", async () => {
    const found = await Thing.all().aggregate((x) => ({
      text: max(when(x.day.isNull(), "none").otherwise("some")),
      day: max(when(x.day.isNull(), value("2024-01-01", date())).otherwise(value("2024-02-01", date()))),
      number: sum(when(x.day.isNull(), 1).otherwise(10)),
    }));
    expect(found).toEqual({ text: "some", day: "2024-02-01", number: 12 });
  });

  it("an update reads the old values, whichever column is set first", async () => {
    const all = () => Thing.where((x) => x.n.eq(7));
    await all().update((x) => ({ n: x.n.add(1), ratio: x.n.div(2) }));
    expect(await Thing.where((x) => x.n.eq(8)).pluck((x) => x.ratio)).toEqual([3.5]);
    const turned = () => Thing.where((x) => x.n.eq(8)).update((x) => ({ n: coalesce(cast(x.ratio.mul(2), int()), 0), ratio: x.n.div(1) }));
    if (t.engine().traits.assignsInTurn) {
      await expect(turned()).rejects.toThrow(/trait assignsInTurn/);
      await Thing.where((x) => x.n.eq(8)).update({ n: 7 });
    } else await turned();
    expect(await all().count()).toBe(1);
  });

  it("an order means the column, not what is selected under its name or made of it", async () => {
    const found = await Thing.all()
      .orderBy((x) => [x.price.desc({ nulls: "last" }), x.id])
      .select((x) => ({ whole: cast(x.price, int()), price: x.price, n: x.n.mul(-1) }));
    expect(found.map(({ whole, price }) => [whole, price])).toEqual([
      [2, "1.50"],
      [-2, "-2.25"],
      [null, null],
    ]);
    const top = Thing.all()
      .orderBy((x) => x.n.desc())
      .limit(1)
      .select((x) => ({ n: x.n.mul(-1) }))
      .as("top");
    expect(await from(top)).toEqual([{ n: -7 }]);
  });

  it("distinct rows are ordered by a query's value, and by NULLs where they are wanted", async () => {
    const size = (thing: typeof ThingModel.c) => scalar(Shelf.where((s) => s.id.eq(thing.shelfId)).select("size"));
    const found = await Thing.all()
      .distinct()
      .orderBy((x) => [size(x).asc({ nulls: "last" }), nullif(x.name, "y").desc({ nulls: "first" })])
      .select((x) => ({ size: size(x), name: nullif(x.name, "y") }));
    expect(found).toEqual([
      { size: 2, name: "x" },
      { size: null, name: null },
    ]);
  });

  it("a constant condition orders nothing, and groups nothing", async () => {
    expect(
      await Thing.all()
        .orderBy((x) => [x.n.in([]), x.id])
        .pluck((x) => x.n),
    ).toEqual([1, 2, 7]);
    expect(
      await Thing.all()
        .orderBy((x) => x.n.in([]))
        .count(),
    ).toBe(3);
    expect(
      await Thing.all()
        .groupBy((x) => x.n.in([]))
        .select(() => ({ n: count() })),
    ).toEqual([{ n: 3 }]);
  });

  it("a list of decimals takes one of more digits, as eq does", async () => {
    expect(await Thing.where((x) => x.price.in(["1.505", "1.50"])).count()).toBe(1);
    expect(await Thing.where((x) => x.price.notIn(["1.505", "1.500"])).count()).toBe(1);
  });

  it("an aggregate of the query around alone is refused inside of another", async () => {
    const wrong = Shelf.all().select((s) => ({ x: s.things.max(() => s.size as never) }));
    await expect(wrong).rejects.toThrow(UsageError);
    await expect(Shelf.all().select((s) => ({ x: scalar(Thing.all().select(() => ({ m: max(s.id) }))) }))).rejects.toThrow(/query around/);
    const both = await Shelf.all()
      .orderBy((s) => s.id)
      .pluck((s) => s.things.max((x) => x.n.add(s.size)));
    expect(both).toEqual([4, null]);
  });

  it("a limited list may use the query around, or is refused by the trait's name", async () => {
    const query = Shelf.where((s) =>
      s.size.gte(
        allOf(
          Thing.where((x) => x.shelfId.eq(s.id))
            .orderBy((x) => x.n)
            .limit(2)
            .select("n"),
        ),
      ),
    );
    if (t.engine().traits.correlatedDerived) expect(await query.count()).toBe(2);
    else await expect(query).rejects.toThrow(/trait correlatedDerived/);
    expect(await Shelf.where((s) => exists(Thing.where((x) => x.shelfId.eq(s.id)).limit(1))).count()).toBe(1);
  });

  it("a full join without an equality is made, or refused by the trait's name", async () => {
    const query = Shelf.all().fullJoin(Thing, (s, x) => s.size.lt(x.n));
    if (t.engine().traits.fullJoin === "any") expect(await query.count()).toBe(4);
    else await expect(query.count()).rejects.toThrow(UnsupportedError);
    const equal = Shelf.all().fullJoin(Thing, (s, x) => s.id.eq(x.shelfId).and(x.n.lt(s.size)));
    if (t.engine().traits.fullJoin !== null) expect(await equal.count()).toBe(4);
  });

  it("a full join looks into queries for both sides of its equality", async () => {
    const query = Shelf.all().fullJoin(Thing, (s) => s.things.count().eq(2));
    if (t.engine().traits.fullJoin === "any") expect(await query.count()).toBe(4);
    else await expect(query.count()).rejects.toThrow(UnsupportedError);
    const equal = Shelf.all().fullJoin(Thing, (s, x) => s.things.count().eq(x.n));
    if (t.engine().traits.fullJoin !== null) expect(await equal.count()).toBe(4);
  });

  it("a query of one aggregate has a row, whatever it finds", async () => {
    const nothing = Thing.where((x) => x.n.gt(1000));
    expect(await Shelf.where(() => exists(nothing.select((x) => ({ most: max(x.n) })))).count()).toBe(2);
    expect(await Shelf.where(() => exists(nothing)).count()).toBe(0);
  });

  it("a row with NULL is in no list where a value differs, on either side of a join", async () => {
    const query = Thing.all()
      .leftJoin(Shelf, (x, s) => x.shelfId.eq(s.id))
      .where((x, s) => tuple(x.n, s.name).notIn([[1, "z"]]));
    expect(await query.count()).toBe(3);
  });

  it("a float is rounded as it is written", async () => {
    const rounded = (item: number, digits: number) => round(value(item, float()), digits);
    const [found] = await Shelf.all()
      .limit(1)
      .select(() => ({ up: rounded(2.675, 2), down: rounded(-1.005, 2), small: rounded(0.615, 2), large: rounded(123456789012.34, 2) }));
    expect(found).toEqual({ up: 2.68, down: -1.01, small: 0.62, large: 123456789012.34 });
  });

  describe("a change reads all rows before it changes one", () => {
    class Undone extends Error {}
    const others = (x: typeof ThingModel.c) => scalar(ThingModel.where((y) => y.n.lt(x.n)).select(() => ({ n: count() })));
    const inVain = async (change: (things: typeof ThingModel) => Promise<unknown>): Promise<unknown> => {
      let seen: unknown;
      const undone = t.engine().transaction(async (tx) => {
        seen = await change(ThingModel.using(tx));
        throw new Undone();
      });
      await expect(undone).rejects.toThrow(Undone);
      return seen;
    };

    it("where the condition asks for others of the same table", async () => {
      const left = await inVain(async (things) => {
        await things.where((x) => scalar(ThingModel.where((y) => y.n.ne(x.n)).select(() => ({ n: count() }))).eq(2)).delete();
        return things.count();
      });
      expect(left).toBe(0);
    });

    it("where the condition is false whatever the others are", async () => {
      const left = await inVain(async (things) => {
        await things.where((x) => x.n.in([]).and(x.id.in(ThingModel.all().select((y) => ({ id: y.id }))))).delete();
        return things.count();
      });
      expect(left).toBe(3);
    });

    it("where what is set asks for them", async () => {
      const set = await inVain(async (things) => {
        await things
          .all()
          .allRows()
          .update((x) => ({ n: coalesce(others(x), -1) }));
        return things
          .all()
          .orderBy((x) => x.id)
          .pluck((x) => x.n);
      });
      expect(set).toEqual([0, 1, 2]);
    });

    it("where a query inside of what is set looks at another column", async () => {
      const flags = await inVain(async (things) => {
        const larger = (x: typeof ThingModel.c) => exists(ShelfModel.where((s) => s.size.lt(x.n)));
        await things
          .all()
          .allRows()
          .update((x) => ({ n: x.n.add(1), flag: larger(x) }));
        return things
          .all()
          .orderBy((x) => x.id)
          .pluck((x) => x.flag);
      });
      expect(flags).toEqual([false, false, true]);
    });
  });
}
