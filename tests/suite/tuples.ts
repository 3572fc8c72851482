/** Rows of values compared as one. */
import { anyOf, datetime, decimal, float, int, json, Model, str, tuple, UsageError, uuid, ValueError } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class PointModel extends Model("tuple_point", {
  name: str(),
  a: int(),
  b: int().nullable(),
  price: decimal({ precision: 10, scale: 2 }),
  at: datetime(),
  ratio: float(),
  key: uuid(),
  doc: json<number[]>(),
}) {}

const day = (n: number) => new Date(Date.UTC(2024, 0, n));
const key = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

export function suite(t: TargetContext): void {
  let Point: typeof PointModel;
  const names = (condition: (p: (typeof PointModel)["c"]) => ReturnType<(typeof PointModel)["c"]["a"]["eq"]>) =>
    Point.where((p) => condition(p))
      .orderBy((p) => p.name)
      .pluck((p) => p.name)
      .then((found) => found.join(""));

  beforeAll(async () => {
    Point = PointModel.using(t.engine());
    await t.engine().createTable(PointModel);
    await Point.bulkCreate([
      { name: "A", a: 1, b: 1, price: "9.50", at: day(1), ratio: 0.5, key: key(1), doc: [] },
      { name: "B", a: 1, b: 2, price: "10.00", at: day(1), ratio: 1.5, key: key(2), doc: [] },
      { name: "C", a: 2, b: 1, price: "9.50", at: day(2), ratio: 2.5, key: key(3), doc: [] },
      { name: "D", a: 2, price: "-1.00", at: day(3), ratio: -1, key: key(4), doc: [] },
    ]);
  });
  afterAll(() => t.engine().dropTable(PointModel));

  it("is equal where every value is", async () => {
    expect(await names((p) => tuple(p.a, p.b).eq([1, 2]))).toBe("B");
    expect(await names((p) => tuple(p.a, p.b).eq([p.b, p.a]))).toBe("A");
    expect(await names((p) => tuple(p.name, p.key).eq(["C", key(3)]))).toBe("C");
    expect(await names((p) => tuple(p.name, p.a).eq(["c", 2]))).toBe("");
  });

  it("differs where some value does, and is unknown where a NULL could decide", async () => {
    expect(await names((p) => tuple(p.a, p.b).ne([1, 2]))).toBe("ACD");
    expect(await names((p) => tuple(p.a, p.b).ne([2, 1]))).toBe("AB");
    expect(await names((p) => tuple(p.a, p.b).eq([2, 1]).not())).toBe("AB");
  });

  it("is ordered by the first values that differ", async () => {
    expect(await names((p) => tuple(p.a, p.b).gt([1, 1]))).toBe("BCD");
    expect(await names((p) => tuple(p.a, p.b).gte([1, 2]))).toBe("BCD");
    expect(await names((p) => tuple(p.a, p.b).lt([2, 1]))).toBe("AB");
    expect(await names((p) => tuple(p.a, p.b).lte([2, 1]))).toBe("ABC");
    expect(await names((p) => tuple(p.a, p.b).gt([2, 0]))).toBe("C");
    expect(await names((p) => tuple(p.b, p.a).lt([9, 9]))).toBe("ABC");
    expect(await names((p) => tuple(p.b, p.a).lt([9, 9]).not())).toBe("");
    expect(await names((p) => tuple(p.a, p.a, p.name).gt([1, 1, "A"]))).toBe("BCD");
    expect(await names((p) => tuple(p.at, p.name).gt([day(1), "A"]))).toBe("BCD");
    expect(await names((p) => tuple(p.ratio, p.a).lte([0.5, 1]))).toBe("AD");
  });

  it("compares decimals as numbers", async () => {
    expect(await names((p) => tuple(p.price, p.a).gt(["9.50", 1]))).toBe("BC");
    expect(await names((p) => tuple(p.price, p.a).gte(["9.5", 1]))).toBe("ABC");
    expect(await names((p) => tuple(p.price, p.name).lt(["9.505", "Z"]))).toBe("ACD");
    expect(await names((p) => tuple(p.price, p.a).eq(["9.5", 2]))).toBe("C");
    expect(await names((p) => tuple(p.price.mul(2), p.a).eq(["19", 1]))).toBe("A");
    expect(
      await names((p) =>
        tuple(p.price, p.a).in([
          ["9.5", 2],
          ["10", 1],
          ["-1", 2],
        ]),
      ),
    ).toBe("BCD");
    expect(await names((p) => tuple(p.price.add("0.005"), p.a).in([["9.505", 2]]))).toBe("C");
  });

  it("is one of a list, or none", async () => {
    expect(
      await names((p) =>
        tuple(p.a, p.b).in([
          [1, 2],
          [2, 1],
          [7, 7],
        ]),
      ),
    ).toBe("BC");
    expect(
      await names((p) =>
        tuple(p.a, p.b).notIn([
          [1, 2],
          [7, 7],
        ]),
      ),
    ).toBe("ACD");
    expect(await names((p) => tuple(p.a, p.b).notIn([[2, 7]]))).toBe("ABC");
    expect(await names((p) => tuple(p.a, p.b).in([]))).toBe("");
    expect(await names((p) => tuple(p.a, p.b).notIn([]))).toBe("ABCD");
    expect(
      await names((p) =>
        tuple(p.at, p.name).in([
          [day(1), "B"],
          [day(3), "D"],
        ]),
      ),
    ).toBe("BD");
    expect(await names((p) => tuple(p.key, p.ratio).in([[key(1), 0.5]]))).toBe("A");
  });

  it("takes long lists", async () => {
    const rows = Array.from({ length: 3000 }, (_, i): [number, number] => [i + 2, 1]);
    expect(await names((p) => tuple(p.a, p.b).in(rows))).toBe("C");
    expect(await names((p) => tuple(p.a, p.b).notIn(rows))).toBe("AB");
    const kinds = Array.from({ length: 200 }, (_, i): [string, Date, string, number, string] => [
      i === 7 ? "C" : `'{"${i}",\\`,
      day(i - 5),
      `${i + 2}.5`,
      i - 4.5,
      key(3),
    ]);
    expect(await names((p) => tuple(p.name, p.at, p.price, p.ratio, p.key).in(kinds))).toBe("C");
  });

  it("keeps its parentheses among other conditions", async () => {
    expect(await names((p) => tuple(p.price, p.a).gt(["9.50", 1]).and(p.name.ne("C")))).toBe("B");
    expect(await names((p) => tuple(p.price, p.a).gt(["9.50", 1]).not().and(p.name.ne("A")))).toBe("D");
    expect(await names((p) => p.name.eq("A").or(tuple(p.a, p.b).lt([1, 1]).not().and(p.a.eq(1))))).toBe("AB");
  });

  describe("pages", () => {
    it("walks a list by key", async () => {
      const seen: string[] = [];
      let last: [Date, string] = [day(9), ""];
      for (let page = 0; page < 5; page++) {
        const rows = await Point.where((p) => tuple(p.at, p.name).lt(last))
          .orderBy((p) => [p.at.desc(), p.name.desc()])
          .limit(2);
        for (const row of rows) seen.push(row.name);
        const end = rows.at(-1);
        if (end === undefined) break;
        last = [end.at, end.name];
      }
      expect(seen).toEqual(["D", "C", "B", "A"]);
    });
  });

  it("refuses rows of another length, null, expressions in lists and what has no order", () => {
    const c = PointModel.c;
    expect(() => (tuple as (...items: unknown[]) => unknown)(c.a)).toThrow(UsageError);
    expect(() => tuple(c.a, 5 as never)).toThrow(UsageError);
    expect(() => tuple(c.a, c.doc)).toThrow(/document/);
    for (const bad of [undefined, null, 5, "ab", [1], [1, 2, 3], [1, null], [undefined, 1], {}, { 0: 1, 1: 2, length: 2 }]) {
      expect(() => tuple(c.a, c.b).eq(bad as never)).toThrow(UsageError);
      expect(() => tuple(c.a, c.b).in([bad] as never)).toThrow(UsageError);
    }
    expect(() => tuple(c.a, c.b).in(new Array(2) as never)).toThrow(UsageError);
    expect(() => tuple(c.a, c.b).in([[1, c.b]] as never)).toThrow(/not expressions/);
    expect(() => tuple(c.a, c.b).eq([anyOf(Point.all().select("a")), 1] as never)).toThrow(/anyOf/);
    expect(() => tuple(c.a, c.b).in("ab" as never)).toThrow(UsageError);
    expect(() => tuple(c.a, c.b).eq(["1", 2] as never)).toThrow(ValueError);
    expect(() => tuple(c.a, c.key).gt([1, key(1)])).toThrow(/no order/);
    expect(() => Point.all().select((p) => ({ x: tuple(p.a, p.b) as never }))).toThrow(UsageError);
  });
}
