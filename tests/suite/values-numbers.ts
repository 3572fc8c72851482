/** Whole and floating-point numbers: exact where SQL is exact, refused where JavaScript is not. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { avg, bigint, count, float, int, Model, max, min, smallint, str, sum, ValidationError, ValueError } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Whole extends Model("v_whole", {
  label: str().default(""),
  small: smallint().nullable(),
  plain: int().nullable(),
  big: bigint().nullable(),
  real: float().nullable(),
}) {}
class Safe extends Model("v_safe", { label: str() }) {}
class BigKey extends Model("v_big_key", { id: bigint().primaryKey().identity(), label: str() }) {}

const low64 = -(2n ** 63n);
const high64 = 2n ** 63n - 1n;
const exact = [
  low64,
  low64 + 1n,
  -(2n ** 53n) - 1n,
  -1n,
  0n,
  1n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  10n ** 18n,
  high64 - 1n,
  high64,
];

export function suite(t: TargetContext): void {
  const Wholes = () => Whole.using(t.engine());
  const Safes = () => Safe.using(t.engine());

  beforeAll(() => t.engine().createTable(Whole, Safe, BigKey));
  afterAll(() => t.engine().dropTable(Whole, Safe, BigKey));
  beforeEach(async () => {
    await Wholes().all().allRows().delete();
    await Safes().all().allRows().delete();
  });

  describe("bigint", () => {
    it("keeps all 64 bits in every way of reading", async () => {
      await Wholes().bulkCreate(exact.map((big) => ({ big })));
      const byId = Wholes()
        .all()
        .orderBy((w) => w.id);
      expect((await byId).map((row) => row.big)).toEqual(exact);
      expect(await byId.pluck((w) => w.big)).toEqual(exact);
      expect((await byId.select("big")).map((row) => row.big)).toEqual(exact);
      const streamed: unknown[] = [];
      for await (const row of Wholes().all()) streamed.push(row.big);
      expect(streamed.sort()).toEqual([...exact].sort());
      expect(
        await Wholes()
          .all()
          .orderBy((w) => w.big)
          .pluck((w) => w.big),
      ).toEqual(exact);
    });

    it("keeps them in conditions, lists, aggregates and arithmetic", async () => {
      await Wholes().bulkCreate(exact.map((big) => ({ big })));
      for (const big of exact) expect((await Wholes().get({ big })).big).toBe(big);
      expect(
        await Wholes()
          .where((w) => w.big.gt(2n ** 53n))
          .count(),
      ).toBe(4);
      expect(
        await Wholes()
          .where((w) => w.big.between(2n ** 53n, 2n ** 53n + 1n))
          .count(),
      ).toBe(2);
      expect(
        await Wholes()
          .where((w) => w.big.in(exact))
          .count(),
      ).toBe(exact.length);
      const many = [...exact, ...Array.from({ length: 1500 }, (_, i) => BigInt(i) + 10n)];
      expect(
        await Wholes()
          .where((w) => w.big.in(many))
          .count(),
      ).toBe(exact.length);
      expect(
        await Wholes()
          .where((w) => w.big.notIn(many))
          .count(),
      ).toBe(0);
      const { least, most } = await Wholes()
        .all()
        .aggregate((w) => ({ least: min(w.big), most: max(w.big) }));
      expect([least, most]).toEqual([low64, high64]);
      await Wholes()
        .where({ big: 2n ** 53n })
        .update((w) => ({ big: w.big.add(1n).mul(3n) }));
      expect(
        await Wholes()
          .where({ big: 3n * (2n ** 53n + 1n) })
          .count(),
      ).toBe(1);
      expect(
        await Wholes()
          .where((w) => w.big.between(2n ** 53n + 1n, 10n ** 17n))
          .sum((w) => w.big),
      ).toBe(4n * (2n ** 53n + 1n));
    });

    it("numbers a key of its own type", async () => {
      const Keys = BigKey.using(t.engine());
      const first = await Keys.create({ label: "a" });
      expect(typeof first.id).toBe("bigint");
      const [second, third] = await Keys.bulkCreate([{ label: "b" }, { label: "c" }]);
      expect(second?.id).toBe(first.id + 1n);
      expect((await Keys.find(third?.id as bigint))?.label).toBe("c");
      const far = await Keys.create({ id: 2n ** 60n + 1n, label: "d" });
      far.label = "far";
      await far.save();
      expect((await Keys.find(2n ** 60n + 1n))?.label).toBe("far");
    });

    it("refuses numbers, text and what needs more bits", async () => {
      for (const big of [5, 1.5, "5", high64 + 1n, low64 - 1n, true, Object(5n)]) {
        await refused(t.engine(), () => Wholes().create({ big: big as never }), ValidationError);
        await refused(t.engine(), () => Wholes().where((w) => w.big.eq(big as never)), ValueError);
      }
    });
  });

  describe("safe integers", () => {
    it("keeps the key up to the last safe one", async () => {
      const edges = [-Number.MAX_SAFE_INTEGER, -1, Number.MAX_SAFE_INTEGER];
      for (const id of edges) expect((await Safes().create({ id, label: "edge" })).id).toBe(id);
      for (const id of edges) expect((await Safes().find(id))?.id).toBe(id);
      expect(
        await Safes()
          .all()
          .orderBy((s) => s.id)
          .pluck((s) => s.id),
      ).toEqual(edges);
      expect(
        await Safes()
          .where((s) => s.id.in(edges))
          .count(),
      ).toBe(3);
    });

    it("fails on reading a key that a number cannot hold, instead of rounding it", async () => {
      for (const id of [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, high64]) {
        await t.engine().execute`insert into v_safe (id, label) values (${id}, ${"far"})`;
        await expect(Safes().all().all()).rejects.toBeInstanceOf(ValueError);
        await expect(
          Safes()
            .all()
            .pluck((s) => s.id),
        ).rejects.toBeInstanceOf(ValueError);
        expect(
          await Safes()
            .all()
            .pluck((s) => s.label),
        ).toEqual(["far"]);
        expect(await Safes().where({ label: "far" }).delete()).toBe(1);
      }
    });

    it("refuses an unsafe number before it is sent", async () => {
      for (const id of [2 ** 53, -(2 ** 53), 1e300, 1.5, Number.NaN]) {
        await refused(t.engine(), () => Safes().find(id), ValueError);
        await refused(t.engine(), () => Safes().create({ id, label: "x" }), ValidationError);
      }
    });
  });

  describe("int and smallint", () => {
    it("keeps their limits", async () => {
      for (const plain of [-(2 ** 31), 2 ** 31 - 1, 0]) expect((await (await Wholes().create({ plain })).refresh()).plain).toBe(plain);
      for (const small of [-32_768, 32_767]) expect((await (await Wholes().create({ small })).refresh()).small).toBe(small);
    });

    it("refuses what does not fit, fractions and other types", async () => {
      for (const plain of [2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", 5n, true, ""]) {
        await refused(t.engine(), () => Wholes().create({ plain: plain as never }), ValidationError);
        await refused(
          t.engine(),
          () =>
            Wholes()
              .where({ plain: plain as never })
              .all(),
          ValueError,
        );
      }
      for (const small of [32_768, -32_769]) await refused(t.engine(), () => Wholes().create({ small }), ValidationError);
    });

    it("calculates: fractions of a division are kept until they are stored", async () => {
      await Wholes().bulkCreate([{ plain: 7 }, { plain: -7 }, { plain: 2 }, {}]);
      const halves = await Wholes()
        .where((w) => w.plain.isNotNull())
        .orderBy((w) => w.plain)
        .pluck((w) => w.plain.div(2));
      expect(halves).toEqual([-3.5, 1, 3.5]);
      const facts = await Wholes()
        .all()
        .aggregate((w) => ({ n: count(w.plain), all: count(), total: sum(w.plain), mean: avg(w.plain), least: min(w.plain) }));
      expect(facts).toMatchObject({ n: 3, all: 4, total: 2, least: -7 });
      expect(facts.mean).toBeCloseTo(2 / 3, 12);
      await Wholes()
        .where((w) => w.plain.ne(2))
        .update((w) => ({ plain: w.plain.div(2) }));
      expect(
        await Wholes()
          .where((w) => w.plain.isNotNull())
          .orderBy((w) => w.plain)
          .pluck((w) => w.plain),
      ).toEqual([-4, 2, 4]);
    });

    it("answers null for aggregates over nothing, zero for a count", async () => {
      expect(
        await Wholes()
          .all()
          .aggregate((w) => ({ n: count(), total: sum(w.plain), mean: avg(w.plain), most: max(w.big) })),
      ).toEqual({ n: 0, total: null, mean: null, most: null });
    });

    it("sums past 32 bits", async () => {
      await Wholes().bulkCreate(Array.from({ length: 4 }, () => ({ plain: 2 ** 31 - 1, small: 32_767 })));
      expect(
        await Wholes()
          .all()
          .sum((w) => w.plain),
      ).toBe(4 * (2 ** 31 - 1));
      expect(
        await Wholes()
          .all()
          .sum((w) => w.small),
      ).toBe(4 * 32_767);
    });
  });

  describe("float", () => {
    const reals = [
      0,
      0.1,
      0.1 + 0.2,
      -1.5,
      1 / 3,
      Math.PI,
      1e21,
      123456789.12345679,
      Number.MAX_SAFE_INTEGER,
      Number.EPSILON,
      1e-300,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
    ];

    it("keeps every bit", async () => {
      await Wholes().bulkCreate(reals.map((real) => ({ real })));
      expect(
        await Wholes()
          .all()
          .orderBy((w) => w.id)
          .pluck((w) => w.real),
      ).toEqual(reals);
      for (const real of reals) expect(await Wholes().where({ real }).count()).toBe(1);
    });

    it("has one zero", async () => {
      const row = await Wholes().create({ real: -0, plain: -0 });
      expect(Object.is(row.real, 0) && Object.is(row.plain, 0)).toBe(true);
      await row.refresh();
      expect(Object.is(row.real, 0) && Object.is(row.plain, 0)).toBe(true);
    });

    it("refuses what is not finite and what is not a number", async () => {
      for (const real of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "1", 1n, false]) {
        await refused(t.engine(), () => Wholes().create({ real: real as never }), ValidationError);
        await refused(
          t.engine(),
          () =>
            Wholes()
              .all()
              .allRows()
              .update({ real: real as never }),
          ValidationError,
        );
      }
    });
  });
}
