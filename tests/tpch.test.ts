/**
 * The 22 questions of TPC-H at a thousandth of its size: the builder's queries give the rows of queries written by hand, and
 * no part of them is a raw fragment. `npm run test:tpch` does the same with ten times as many rows, and says how long it took.
 */
import { cte, from, sql } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { selectTargets } from "./targets/all.ts";
import { questionNames, questions } from "./tpch/all.ts";
import { ask } from "./tpch/ask.ts";
import { difference, type Kinds } from "./tpch/compare.ts";
import { rawFragments } from "./tpch/fragments.ts";
import { generate } from "./tpch/generate.ts";
import { Region } from "./tpch/models.ts";
import { openPlace, type Place, places } from "./tpch/place.ts";

const { running } = await selectTargets();
const data = generate(0.001);

for (const target of places.filter((one) => running.includes(one))) {
  describe(`TPC-H on ${target.name}`, () => {
    let place: Place | null = null;
    beforeAll(async () => {
      place = await openPlace(target, data);
    });
    afterAll(() => place?.leave());

    it.each(questionNames)("%s", async (name) => {
      const { db, client } = place as Place;
      const answer = await ask(name, db, client, target.family);
      expect(answer.difference, questions[name].title).toBeNull();
      expect(answer.rows, "rows").toBeGreaterThan(0);
      expect(answer.rawFragments, "raw fragments").toBe(0);
    });
  });
}

describe("the TPC-H comparison", () => {
  const kinds: Kinds = { price: "decimal 2", mean: "double", name: "text" };
  const row = { price: "-0.05", mean: 0.1, name: "a" };

  it("takes the same values as each database writes them", () => {
    expect(difference(kinds, [row], [[-5n, 0.1, "a"]])).toBeNull();
    expect(difference(kinds, [row], [["-0.05", "0.10000000000000001", "a"]])).toBeNull();
    expect(difference(kinds, [], [])).toBeNull();
  });

  it.each([
    ["another number of rows", [row, row], [["-0.05", 0.1, "a"]], /2 rows from the builder, 1/],
    ["another decimal", [row], [["-0.06", 0.1, "a"]], /price in row 0: -0.05 from the builder, -0.06/],
    ["another scale", [row], [["-0.050", 0.1, "a"]], /price in row 0/],
    ["another double", [row], [["-0.05", 0.1000001, "a"]], /mean in row 0/],
    ["another text", [row], [["-0.05", 0.1, "A"]], /name in row 0/],
    ["NULL for a text", [row], [["-0.05", 0.1, null]], /name in row 0/],
    ["a builder's decimal that is a number", [{ ...row, price: -0.05 }], [["-0.05", 0.1, "a"]], /is no decimal 2/],
    ["a builder's null", [{ ...row, mean: null }], [["-0.05", 0, "a"]], /is no double/],
    ["other columns", [{ price: "-0.05", name: "a", mean: 0.1 }], [["-0.05", 0.1, "a"]], /row 0 has price,name,mean/],
    ["a value too many", [row], [["-0.05", 0.1, "a", 1]], /has 4 values, not 3/],
  ])("finds %s", (_what, built, written, message) => {
    expect(difference(kinds, built, written)).toMatch(message);
  });

  it("counts raw fragments wherever they stand", () => {
    const plain = Region.where((r) => r.name.eq("ASIA")).select("regionKey");
    expect(rawFragments(plain)).toBe(0);
    expect(rawFragments(plain.where(() => sql<boolean>`1 = 1`).orderBy((r) => sql<string>`${r.name}`))).toBe(2);
    const narrowed = plain.where(() => sql<boolean>`1 = 1`);
    expect(rawFragments(Region.where((r) => r.regionKey.in(narrowed)))).toBe(1);
    expect(rawFragments(from(narrowed.as("narrowed")).where((r) => r.regionKey.gt(1)))).toBe(1);
    expect(rawFragments(Region.all().join(cte("narrowed", narrowed), (r, n) => n.regionKey.eq(r.regionKey)))).toBe(1);
  });

  it("generates the same rows each time, in the numbers that the scale says", () => {
    expect(generate(0.001)).toEqual(data);
    expect(Object.values(data).map((rows) => rows.length)).toEqual([5, 25, 10, 200, 800, 150, 1500, data.lineitems.length]);
    expect(data.lineitems.length).toBeGreaterThan(5500);
    expect(data.lineitems.length).toBeLessThan(6500);
    expect(() => generate(1)).toThrow(RangeError);
    expect(() => generate(Number.NaN)).toThrow(RangeError);
  });
});
