/** Typed constants and casts: the same values on every database. */
import {
  bigint,
  bool,
  bytes,
  cast,
  count,
  date,
  datetime,
  decimal,
  float,
  int,
  json,
  Model,
  oneOf,
  smallint,
  sql,
  str,
  sum,
  text,
  time,
  UsageError,
  uuid,
  ValueError,
  value,
} from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class RowModel extends Model("cast_row", {
  n: int(),
  big: bigint().nullable(),
  ratio: float().nullable(),
  price: decimal({ precision: 12, scale: 3 }).nullable(),
  word: text().nullable(),
  kind: oneOf("a", "b").default("a"),
  done: bool().nullable(),
  day: date().nullable(),
  at: datetime().nullable(),
  clock: time().nullable(),
}) {}

const instant = new Date("2024-02-29T23:59:58.070Z");

export function suite(t: TargetContext): void {
  let Row: typeof RowModel;
  const all = () => Row.all().orderBy((r) => r.id);

  beforeAll(async () => {
    Row = RowModel.using(t.engine());
    await t.engine().createTable(RowModel);
    await Row.bulkCreate([
      {
        n: 7,
        big: 9007199254740993n,
        ratio: 2.5,
        price: "2.345",
        word: "12",
        done: true,
        day: "2024-02-29",
        at: instant,
        clock: "10:20:30",
      },
      { n: -7, big: -1n, ratio: -2.5, price: "-2.500", word: "-12.5", kind: "b", done: false, day: "1999-12-31", clock: "10:20:30.5" },
      { n: 0, ratio: 0.49, price: "0.004", word: "twelve" },
    ]);
  });
  afterAll(() => t.engine().dropTable(RowModel));

  describe("value", () => {
    it("is a constant of the type it has in JavaScript", async () => {
      const [row] = await all()
        .limit(1)
        .select(() => ({
          int: value(5),
          big: value(2 ** 40),
          float: value(1.5),
          bigint: value(9007199254740993n),
          text: value("it's ? $1"),
          yes: value(true),
          no: value(false),
          at: value(instant),
          bytes: value(new Uint8Array([0, 255])),
        }));
      expect(row).toEqual({
        int: 5,
        big: 2 ** 40,
        float: 1.5,
        bigint: 9007199254740993n,
        text: "it's ? $1",
        yes: true,
        no: false,
        at: instant,
        bytes: new Uint8Array([0, 255]),
      });
    });

    it("is a constant of the type that is said, NULL included", async () => {
      const [row] = await all()
        .limit(1)
        .select(() => ({
          small: value(5, smallint()),
          float: value(5, float()),
          price: value("1.5", decimal({ precision: 30, scale: 10 })),
          day: value("2024-02-29", date()),
          clock: value("10:20:30.5", time()),
          id: value("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", uuid()),
          kind: value("a", oneOf("a", "b")),
          document: value({ a: [1, "x", null] }, json<{ a: unknown[] }>()),
          none: value(null, int()),
          noPrice: value(null, decimal({ precision: 5, scale: 2 })),
          noDay: value(null, datetime()),
        }));
      expect(row).toEqual({
        small: 5,
        float: 5,
        price: "1.5000000000",
        day: "2024-02-29",
        clock: "10:20:30.5",
        id: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        kind: "a",
        document: { a: [1, "x", null] },
        none: null,
        noPrice: null,
        noDay: null,
      });
    });

    it("stands where a column can: in arithmetic, conditions, orders and updates", async () => {
      const decimalOne = value("1", decimal({ precision: 5, scale: 2 }));
      const found = await all().select((r) => ({ less: decimalOne.sub(r.price), more: value(10).add(r.n), half: value(1).div(2) }));
      expect(found).toEqual([
        { less: "-1.345", more: 17, half: 0.5 },
        { less: "3.500", more: 3, half: 0.5 },
        { less: "0.996", more: 10, half: 0.5 },
      ]);
      expect(await Row.where((r) => value(5).lt(r.n)).count()).toBe(1);
      expect(await Row.where((r) => value("TWELVE").eq(r.word)).count()).toBe(0);
      expect(await Row.where((r) => value("twelve").eq(r.word)).count()).toBe(1);
      expect(await Row.where(() => value("a").eq("A")).count()).toBe(0);
      expect(await Row.where((r) => value("-2.5", decimal({ precision: 5, scale: 1 })).eq(r.price)).count()).toBe(1);
      expect(await Row.where((r) => value(instant).eq(r.at)).count()).toBe(1);
      expect(await Row.where(() => value(false)).count()).toBe(0);
      expect(await Row.where(() => value(true)).count()).toBe(3);
      await Row.where((r) => r.n.eq(0)).update({ word: value("set") });
      expect(await Row.where({ word: "set" }).count()).toBe(1);
      await Row.where((r) => r.n.eq(0)).update({ word: "twelve" });
    });

    it("groups and counts", async () => {
      const found = await Row.all()
        .groupBy(() => value("all"))
        .select(() => ({ name: value("all"), n: count() }));
      expect(found).toEqual([{ name: "all", n: 3 }]);
    });

    it("refuses what has no type, before anything is sent", () => {
      for (const bad of [undefined, null, {}, [], Symbol("x"), () => 1, { kind: "column" }]) {
        expect(() => value(bad as never)).toThrow(UsageError);
      }
      expect(() => value(Number.NaN)).toThrow(ValueError);
      expect(() => value("\0")).toThrow(ValueError);
      expect(() => value(undefined as never, int())).toThrow(UsageError);
      expect(() => value("x" as never, int())).toThrow(ValueError);
      expect(() => value(1, {} as never)).toThrow(UsageError);
    });
  });

  describe("cast", () => {
    it("rounds half away from zero, to whole numbers and to a scale", async () => {
      const found = await all().select((r) => ({
        whole: cast(r.ratio, int()),
        of: cast(r.price, int()),
        big: cast(r.price, bigint()),
        cents: cast(r.price, decimal({ precision: 12, scale: 2 })),
        ratio: cast(r.ratio, decimal({ precision: 12, scale: 1 })),
        more: cast(r.n, decimal({ precision: 12, scale: 2 })),
        float: cast(r.price, float()),
        same: cast(r.big, bigint()),
      }));
      expect(found).toEqual([
        { whole: 3, of: 2, big: 2n, cents: "2.35", ratio: "2.5", more: "7.00", float: 2.345, same: 9007199254740993n },
        { whole: -3, of: -3, big: -3n, cents: "-2.50", ratio: "-2.5", more: "-7.00", float: -2.5, same: -1n },
        { whole: 0, of: 0, big: 0n, cents: "0.00", ratio: "0.5", more: "0.00", float: 0.004, same: null },
      ]);
      const odd = await all()
        .limit(1)
        .select(() => ({
          below: cast(value(2.4999999999999996), int()),
          large: cast(value(2 ** 53, float()), bigint()),
          five: cast(value(1.005), decimal({ precision: 10, scale: 2 })),
          wide: cast(value("123456789012345.885", decimal({ precision: 20, scale: 3 })), decimal({ precision: 20, scale: 1 })),
          whole: cast(value(3000000000), bigint()),
        }));
      expect(odd).toEqual([{ below: 2, large: 2n ** 53n, five: "1.01", wide: "123456789012345.9", whole: 3000000000n }]);
    });

    it("reads numbers out of text, and NULL where there is none", async () => {
      const found = await all().select((r) => ({
        whole: cast(r.word, int()),
        big: cast(r.word, bigint()),
        float: cast(r.word, float()),
        price: cast(r.word, decimal({ precision: 10, scale: 2 })),
      }));
      expect(found).toEqual([
        { whole: 12, big: 12n, float: 12, price: "12.00" },
        { whole: -13, big: -13n, float: -12.5, price: "-12.50" },
        { whole: null, big: null, float: null, price: null },
      ]);
      const spellings = ["", " 1", "1 ", "+5", "--5", "1.", ".5", "1.2.3", "1e3", "0x10", "1\n", "-0.995", "000001", "1234567890123456789"];
      for (const word of spellings) {
        const [row] = await all()
          .limit(1)
          .select(() => ({ int: cast(value(word), bigint()), price: cast(value(word), decimal({ precision: 10, scale: 2 })) }));
        const fits = /^[+-]?[0-9]{1,18}(\.[0-9]+)?$/.test(word);
        const expected = { "+5": [5n, "5.00"], "-0.995": [-1n, "-1.00"], "000001": [1n, "1.00"] }[word] ?? [null, null];
        expect([word, row?.int, row?.price]).toEqual([word, ...(fits ? expected : [null, null])]);
      }
    });

    it("writes values as text in one way", async () => {
      const found = await all().select((r) => ({
        n: cast(r.n, text()),
        big: cast(r.big, text()),
        price: cast(r.price, text()),
        done: cast(r.done, text()),
        cond: cast(r.n.gt(0), text()),
        kind: cast(r.kind, text()),
        day: cast(r.day, text()),
        at: cast(r.at, text()),
        clock: cast(r.clock, text()),
        cut: cast(r.word, str({ length: 2 })),
      }));
      expect(found).toEqual([
        {
          n: "7",
          big: "9007199254740993",
          price: "2.345",
          done: "true",
          cond: "true",
          kind: "a",
          day: "2024-02-29",
          at: "2024-02-29T23:59:58.070Z",
          clock: "10:20:30",
          cut: "12",
        },
        {
          n: "-7",
          big: "-1",
          price: "-2.500",
          done: "false",
          cond: "false",
          kind: "b",
          day: "1999-12-31",
          at: null,
          clock: "10:20:30.5",
          cut: "-1",
        },
        { n: "0", big: null, price: "0.004", done: null, cond: "false", kind: "a", day: null, at: null, clock: null, cut: "tw" },
      ]);
    });

    it("turns numbers into booleans and back", async () => {
      const found = await all().select((r) => ({
        n: cast(r.n, bool()),
        ratio: cast(r.ratio, bool()),
        price: cast(r.price.sub("0.004"), bool()),
        one: cast(r.done, int()),
        big: cast(r.n.gt(0), bigint()),
      }));
      expect(found).toEqual([
        { n: true, ratio: true, price: true, one: 1, big: 1n },
        { n: true, ratio: true, price: true, one: 0, big: 0n },
        { n: false, ratio: true, price: false, one: null, big: 0n },
      ]);
      expect(await Row.all().aggregate((r) => ({ n: sum(cast(r.n.ne(0), int())) }))).toEqual({ n: 2 });
      expect(await Row.where((r) => cast(r.n, bool()).not()).count()).toBe(1);
    });

    it("goes from days to instants and back, in UTC", async () => {
      const [first, second] = await all().select((r) => ({
        day: cast(r.at, date()),
        clock: cast(r.at, time()),
        at: cast(r.day, datetime()),
      }));
      expect(first).toEqual({ day: "2024-02-29", clock: "23:59:58.07", at: new Date("2024-02-29T00:00:00.000Z") });
      expect(second).toEqual({ day: null, clock: null, at: new Date("1999-12-31T00:00:00.000Z") });
      expect(await Row.where((r) => cast(r.at, date()).eq(r.day)).count()).toBe(1);
      expect(await Row.where((r) => cast(r.day, datetime()).lt(r.at)).count()).toBe(1);
      expect(await Row.where((r) => cast(r.at, time()).eq("23:59:58.07")).count()).toBe(1);
    });

    it("takes the database's word for a fragment", async () => {
      const [row] = await all()
        .limit(1)
        .select((r) => ({ n: cast(sql<number>`${r.n} + 1`, int()), price: cast(sql<number>`1.5`, decimal({ precision: 4, scale: 2 })) }));
      expect(row).toEqual({ n: 8, price: "1.50" });
    });

    it("stands in conditions, orders and groups", async () => {
      expect(await Row.where((r) => cast(r.price, decimal({ precision: 10, scale: 1 })).gte("2.3")).count()).toBe(1);
      expect(
        await all()
          .orderBy((r) => cast(r.price, decimal({ precision: 10, scale: 1 })).desc({ nulls: "last" }))
          .pluck((r) => r.n),
      ).toEqual([7, 0, -7]);
      const groups = await Row.all()
        .groupBy((r) => cast(r.price, int()))
        .orderBy((r) => cast(r.price, int()))
        .select((r) => ({ whole: cast(r.price, int()), n: count() }));
      expect(groups).toEqual([
        { whole: -3, n: 1 },
        { whole: 0, n: 1 },
        { whole: 2, n: 1 },
      ]);
    });

    it("refuses what databases do not agree on, and what is no column type", () => {
      const c = RowModel.c;
      expect(() => cast(c.ratio, text())).toThrow(/decimal first/);
      expect(() => cast(c.word, date())).toThrow(UsageError);
      expect(() => cast(c.day, int())).toThrow(UsageError);
      expect(() => cast(c.n, bytes())).toThrow(UsageError);
      expect(() => cast(c.word, oneOf("a"))).toThrow(UsageError);
      expect(() => cast(c.n, "int" as never)).toThrow(UsageError);
      expect(() => cast(5 as never, int())).toThrow(/value\(\)/);
      expect(() => cast(undefined as never, int())).toThrow(UsageError);
    });
  });
}
