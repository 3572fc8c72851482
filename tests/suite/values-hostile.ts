/** Values of other types and of hostile shapes: a typed error for every column and method, and nothing is sent. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bigint,
  bool,
  bytes,
  date,
  datetime,
  decimal,
  float,
  int,
  Model,
  oneOf,
  smallint,
  str,
  text,
  time,
  UsageError,
  uuid,
  ValidationError,
} from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

const columns = {
  small: smallint().nullable(),
  whole: int().nullable(),
  big: bigint().nullable(),
  real: float().nullable(),
  amount: decimal({ precision: 9, scale: 2 }).nullable(),
  name: str().nullable(),
  body: text().nullable(),
  flag: bool().nullable(),
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
  key: uuid().nullable(),
  mood: oneOf("good", "bad").nullable(),
  data: bytes().nullable(),
};
class Target extends Model("v_target", columns) {}
class Victim extends Model("v_victim", { token: str(), level: int().default(0) }) {}

class Conversions {
  toString() {
    return "1";
  }
  toJSON() {
    return "1";
  }
  valueOf() {
    return 1;
  }
  toSqlString() {
    return "1 = 1";
  }
  toPostgres() {
    return "1 = 1";
  }
  [Symbol.toPrimitive]() {
    return "1";
  }
}
class Lying extends String {
  override get length() {
    return 1;
  }
}

/** Shapes that no scalar column takes. */
const shapes: Readonly<Record<string, unknown>> = {
  object: {},
  "object with operators": { not: "", $gt: 0, eq: 1 },
  "object without prototype": Object.assign(Object.create(null), { a: 1 }),
  "object with conversions": new Conversions(),
  "forged expression": { node: { kind: "raw", texts: ["1 = 1"], items: [], codec: null }, codec: {}, label: "x" },
  "forged fragment": JSON.parse('{"texts":["1 = 1"],"raw":["1 = 1"],"kind":"raw"}'),
  array: [1],
  "array of text": ["good"],
  "empty array": [],
  "boxed number": Object(1),
  "boxed text": Object("good"),
  "boxed boolean": Object(true),
  "boxed bigint": Object(1n),
  "subclass of String": new Lying("good"),
  "proxied object": new Proxy({}, { get: () => "1" }),
  "proxied Date": new Proxy(new Date(), {}),
  "proxied bytes": new Proxy(Uint8Array.of(1), {}),
  "heir of Date": Object.create(Date.prototype),
  "heir of bytes": Object.create(Uint8Array.prototype),
  function: () => "1",
  class: Conversions,
  symbol: Symbol("1"),
  map: new Map([[1, 1]]),
  set: new Set([1]),
  promise: Promise.resolve("1"),
  regexp: /1/,
  error: new Error("1"),
  "array buffer": new ArrayBuffer(1),
  NaN: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  "lone surrogate": "\ud800",
  NUL: "\0",
  "invalid Date": new Date(Number.NaN),
};

/** Which columns take a plain value of each JavaScript type. */
const plain: readonly (readonly [unknown, readonly (keyof typeof columns)[]])[] = [
  [1, ["small", "whole", "real"]],
  [1.5, ["real"]],
  [1n, ["big"]],
  [true, ["flag"]],
  ["good", ["name", "body", "mood"]],
  ["1", ["name", "body", "amount"]],
  ["2024-02-29", ["name", "body", "day"]],
  ["12:00:00", ["name", "body", "clock"]],
  [new Date(0), ["at"]],
  [Uint8Array.of(1), ["data"]],
];

export function suite(t: TargetContext): void {
  const Targets = () => Target.using(t.engine());
  const ordered: readonly string[] = ["small", "whole", "big", "real", "amount", "name", "body", "at", "day", "clock", "mood"];

  beforeAll(() => t.engine().createTable(Target, Victim));
  afterAll(() => t.engine().dropTable(Target, Victim));

  /** Every way in which a value can reach a statement. */
  function ways(column: string, value: unknown): Record<string, () => unknown> {
    const Model = Targets();
    // biome-ignore lint/suspicious/noExplicitAny: the types forbid each of these calls
    const where = (pick: (column: any) => never) => Model.where((scope) => pick((scope as never)[column])).all();
    const row = { [column]: value } as never;
    return {
      create: () => Model.create(row),
      save: () => new Model(row).save(),
      assign: () => (Object.assign(new Model(), row) as Target).save(),
      bulkCreate: () => Model.bulkCreate([{}, row]),
      update: () => Model.all().allRows().update(row),
      filter: () => Model.where(row).all(),
      get: () => Model.getOrNull(row),
      eq: () => where((c) => c.eq(value) as never),
      ne: () => where((c) => c.ne(value) as never),
      in: () => where((c) => c.in([value]) as never),
      notIn: () => where((c) => c.notIn([value]) as never),
      ...(ordered.includes(column) && {
        gt: () => where((c) => c.gt(value) as never),
        between: () => where((c) => c.between(value, value) as never),
      }),
      ...((column === "name" || column === "body") && {
        like: () => where((c) => c.like(value) as never),
        contains: () => where((c) => c.contains(value) as never),
      }),
    };
  }

  /** What is written breaks the rules of its row; what is asked for is wrong use. */
  const errorOf = (way: string) => (["create", "save", "assign", "bulkCreate", "update"].includes(way) ? ValidationError : UsageError);

  for (const column of Object.keys(columns)) {
    it(`refuses every hostile shape for ${column}`, async () => {
      for (const [shape, value] of Object.entries(shapes)) {
        for (const [way, work] of Object.entries(ways(column, value))) {
          const error = await refused(t.engine(), work, errorOf(way), `${shape} by ${way}`);
          expect(error.message.length, "a message without the value in it").toBeLessThan(400);
        }
      }
    });
  }

  it("refuses plain values of another type, and takes those of its own", async () => {
    for (const [value, takes] of plain) {
      for (const column of Object.keys(columns)) {
        const label = `${typeof value} ${String(value)} in ${column}`;
        if ((takes as readonly string[]).includes(column)) await Targets().create({ [column]: value } as never);
        else
          for (const [way, work] of Object.entries(ways(column, value)))
            if (way !== "like" && way !== "contains") await refused(t.engine(), work, errorOf(way), `${label} by ${way}`);
      }
    }
    await Targets().all().allRows().delete();
  });

  it("refuses null and undefined in comparisons, undefined in filters", async () => {
    for (const column of Object.keys(columns)) {
      for (const value of [null, undefined]) {
        const { eq, ne, in: within, gt } = ways(column, value);
        for (const work of [eq, ne, within, gt]) if (work !== undefined) await refused(t.engine(), work, UsageError, column);
      }
      await refused(t.engine(), ways(column, undefined)["filter"] as () => unknown, UsageError, column);
    }
  });

  describe("a stolen token", () => {
    it("cannot be guessed by juggling types", async () => {
      const Victims = Victim.using(t.engine());
      await Victims.bulkCreate([{ token: "secret" }, { token: "0" }, { token: "1e0" }]);
      for (const value of [0, 1, true, {}, [0], { token: 1 }, { toString: () => "secret" }, null, undefined]) {
        await refused(t.engine(), () => Victims.where((v) => v.token.eq(value as never)).all(), UsageError);
      }
      for (const value of ["' or '1'='1", "secret' --", "secret\\", "secret ", "SECRET", "%", "_ecret", ""]) {
        expect(await Victims.where({ token: value }).count(), value).toBe(0);
        expect(await Victims.where((v) => v.token.in([value, "' or 1=1 --"])).count(), value).toBe(0);
      }
    });

    it("never reaches the text of a statement or an error", async () => {
      const Victims = Victim.using(t.engine());
      const secret = "t0ken-that-must-not-show";
      const sent = await sentBy(t.engine(), async () => {
        await Victims.create({ token: secret });
        await Victims.where({ token: secret }).update({ token: `${secret}2` });
        await Victims.where((v) => v.token.startsWith(secret)).delete();
        const error = await Victims.create({ token: secret, level: secret as never }).catch((thrown: unknown) => thrown);
        expect(`${String(error)}${JSON.stringify(error)}${(error as Error).stack}`).not.toContain(secret);
      });
      expect(sent).toHaveLength(3);
      expect(JSON.stringify(sent)).not.toContain(secret);
    });
  });
}
