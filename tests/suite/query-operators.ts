/** Every operator on every family of columns says what the same comparison says in JavaScript. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WhereClause } from "../../src/index.ts";
import { idsOf, idsWhere, keyOf, Thing, type ThingRow, things } from "../support/query-rows.ts";
import type { TargetContext } from "../targets/target.ts";

type Operators = Readonly<Record<string, (...operands: readonly unknown[]) => WhereClause>>;
type Column = Exclude<keyof ThingRow, "id">;

/** An operator by name, for tables of cases. */
const call = (scope: unknown, column: string, method: string, operands: readonly unknown[]): WhereClause =>
  ((scope as Record<string, Operators>)[column] as Operators)[method]?.(...operands) as WhereClause;

const equality: readonly Column[] = ["flag", "token", "blob", "doc"];
const ordered: readonly Column[] = ["small", "whole", "big", "real", "price", "name", "note", "at", "day", "clock", "word"];

/** A value that no row has; enums have none. */
const absent: Partial<Record<Column, unknown>> = {
  small: 99,
  whole: 5,
  big: 5n,
  real: 0.3,
  price: "0.01",
  name: "nobody",
  note: "nothing",
  at: new Date(0),
  day: "1999-12-31",
  clock: "11:11:11",
  token: "ffffffff-ffff-4fff-8fff-ffffffffffff",
  doc: { n: -1, tag: "x" },
  blob: new Uint8Array(),
};

function operandsOf(column: Column): unknown[] {
  const present = things.map((row) => row[column]).filter((value) => value !== null);
  const operands: unknown[] = [present[3], present[11]];
  if (column in absent) operands.push(absent[column]);
  return operands;
}

const compare = (column: Column, a: unknown, b: unknown): number => {
  const [left, right] = [keyOf(column, a), keyOf(column, b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const tests: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

export function suite(t: TargetContext): void {
  const all = () => Thing.using(t.engine()).all();
  const found = async (column: Column, method: string, ...operands: readonly unknown[]) =>
    idsOf(
      await all()
        .where((scope: unknown) => call(scope, column, method, operands))
        .orderBy((thing) => thing.id)
        .select("id"),
    );

  beforeAll(async () => {
    await t.engine().createTable(Thing);
    await Thing.using(t.engine()).bulkCreate(things.map((row) => ({ ...row })));
  });
  afterAll(() => t.engine().dropTable(Thing));

  it("reads back the rows it is compared with", async () => {
    expect((await all().orderBy((thing) => thing.id)).map((row) => row.toDict())).toEqual(things);
  });

  for (const column of [...equality, ...ordered]) {
    const methods = ordered.includes(column) ? Object.keys(tests) : ["eq", "ne"];

    it(`compares ${column}: ${methods.join(", ")}`, async () => {
      for (const operand of operandsOf(column)) {
        for (const method of methods) {
          const expected = idsWhere((row) => row[column] !== null && tests[method]?.(compare(column, row[column], operand)) === true);
          expect(await found(column, method, operand), `${method} ${keyOf(column, operand)}`).toEqual(expected);
        }
      }
    });

    it(`tests ${column}: in, notIn, isNull, isNotNull`, async () => {
      const list = operandsOf(column);
      const within = (row: ThingRow) => list.some((item) => compare(column, row[column], item) === 0);
      expect(await found(column, "in", list)).toEqual(idsWhere((row) => row[column] !== null && within(row)));
      expect(await found(column, "notIn", list)).toEqual(idsWhere((row) => row[column] !== null && !within(row)));
      expect(await found(column, "isNull")).toEqual(idsWhere((row) => row[column] === null));
      expect(await found(column, "isNotNull")).toEqual(idsWhere((row) => row[column] !== null));
    });
  }

  for (const column of ordered) {
    it(`orders ${column} and compares it with a range`, async () => {
      const [low, high] = operandsOf(column)
        .slice(0, 2)
        .sort((a, b) => compare(column, a, b));
      const between = idsWhere(
        (row) => row[column] !== null && compare(column, row[column], low) >= 0 && compare(column, row[column], high) <= 0,
      );
      expect(await found(column, "between", low, high)).toEqual(between);
      expect(await found(column, "between", high, low)).toEqual(
        idsWhere((row) => row[column] !== null && compare(column, low, high) === 0),
      );
      const byColumn = all().where((scope: unknown) => call(scope, column, "isNotNull", []));
      const values = async (method: "asc" | "desc") =>
        (await byColumn.orderBy((scope: unknown) => call(scope, column, method, []) as never).select(column)).map((row) =>
          keyOf(column, row[column]),
        );
      const expected = things
        .filter((row) => row[column] !== null)
        .sort((a, b) => compare(column, a[column], b[column]))
        .map((row) => keyOf(column, row[column]));
      expect(await values("asc")).toEqual(expected);
      expect(await values("desc")).toEqual([...expected].reverse());
    });
  }

  describe("compared with another column", () => {
    it("is unknown where either side is null", async () => {
      const pairs = await all()
        .where((thing) => thing.small.gt(thing.whole))
        .orderBy((thing) => thing.id)
        .pluck((thing) => thing.id);
      expect(pairs).toEqual(idsWhere((row) => row.small !== null && row.whole !== null && row.small > row.whole));
      const same = await all()
        .where((thing) => thing.name.eq(thing.name))
        .count();
      expect(same).toBe(idsWhere((row) => row.name !== null).length);
    });
  });

  it("calculates with whole numbers, floats and decimals", async () => {
    const rows = await all()
      .where((thing) => thing.small.isNotNull().and(thing.price.isNotNull(), thing.real.isNotNull()))
      .orderBy((thing) => thing.id)
      .select((thing) => ({
        id: thing.id,
        sum: thing.small.add(1).mul(2),
        less: thing.small.sub(thing.id),
        half: thing.small.div(2),
        nested: thing.small.sub(thing.small.sub(3)),
        real: thing.real.mul(8).add(0.5),
        dearer: thing.price.add("0.05"),
        twice: thing.price.mul(2),
        times: thing.price.mul(thing.small).sub(thing.id),
        realTimes: thing.real.mul(thing.small),
      }));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const { small, real, price } = things[row.id - 1] as ThingRow & { small: number; real: number; price: string };
      expect(row).toEqual({
        id: row.id,
        sum: (small + 1) * 2,
        less: small - row.id,
        half: small / 2,
        nested: 3,
        real: real * 8 + 0.5,
        dearer: (Number(price) + 0.05).toFixed(2),
        twice: (Number(price) * 2).toFixed(2),
        times: (Number(price) * small - row.id).toFixed(2),
        realTimes: real * small,
      });
    }
  });

  it("reaches into documents", async () => {
    const tag = (row: ThingRow) => row.doc?.tag ?? null;
    const ids = (condition: (thing: typeof Thing.c) => WhereClause) =>
      all()
        .where(condition)
        .orderBy((thing) => thing.id)
        .pluck((thing) => thing.id);
    expect(await ids((thing) => thing.doc.path("tag").asText().eq("grace"))).toEqual(idsWhere((row) => tag(row) === "grace"));
    expect(await ids((thing) => thing.doc.path("n").asNumber().gte(15))).toEqual(idsWhere((row) => row.doc !== null && row.doc.n >= 15));
    expect(await ids((thing) => thing.doc.path("tag").asText().startsWith("a"))).toEqual(
      idsWhere((row) => tag(row)?.startsWith("a") ?? null),
    );
    expect(await ids((thing) => thing.doc.path("tag").isNull())).toEqual(idsWhere((row) => row.doc === null));
    expect(
      await all()
        .orderBy((thing) => thing.id)
        .pluck((thing) => thing.doc.path("n").asNumber()),
    ).toEqual(things.map((row) => row.doc?.n ?? null));
  });

  it("reads the parts of instants and days in UTC", async () => {
    const rows = await all()
      .orderBy((thing) => thing.id)
      .select((thing) => ({
        year: thing.at.part("year"),
        month: thing.at.part("month"),
        day: thing.at.part("day"),
        hour: thing.at.part("hour"),
        minute: thing.at.part("minute"),
        second: thing.at.part("second"),
        of: { year: thing.day.part("year"), month: thing.day.part("month"), day: thing.day.part("day") },
      }));
    const expected = things.map(({ at, day }) => ({
      year: at?.getUTCFullYear() ?? null,
      month: at === null ? null : at.getUTCMonth() + 1,
      day: at?.getUTCDate() ?? null,
      hour: at?.getUTCHours() ?? null,
      minute: at?.getUTCMinutes() ?? null,
      second: at?.getUTCSeconds() ?? null,
      of: day === null ? { year: null, month: null, day: null } : { year: +day.slice(0, 4), month: +day.slice(5, 7), day: +day.slice(8) },
    }));
    expect(rows).toEqual(expected);
    expect(
      await all()
        .where((thing) => thing.at.part("month").in([1, 12]))
        .count(),
    ).toBe(things.filter(({ at }) => at !== null && [0, 11].includes(at.getUTCMonth())).length);
  });
}
