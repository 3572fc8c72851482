/** Decimals: strings without loss, compared and calculated as numbers. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { decimal, Model, type Scope, str, ValidationError, ValueError, type WhereClause } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Price extends Model("v_price", {
  label: str().default(""),
  amount: decimal({ precision: 12, scale: 2 }).nullable(),
  rate: decimal({ precision: 9, scale: 4 }).nullable(),
  whole: decimal({ precision: 18, scale: 0 }).nullable(),
}) {}

export function suite(t: TargetContext): void {
  const Prices = () => Price.using(t.engine());
  const amounts = (rows: string[]) => Prices().bulkCreate(rows.map((amount) => ({ amount })));

  beforeAll(() => t.engine().createTable(Price));
  afterAll(() => t.engine().dropTable(Price));
  beforeEach(async () => void (await Prices().all().allRows().delete()));

  it("has one spelling: no plus, no leading zeros, as many digits as declared", async () => {
    const spellings = {
      "9.5": "9.50",
      "+1": "1.00",
      "007.1": "7.10",
      "-0": "0.00",
      "-0.00": "0.00",
      "0.10": "0.10",
      "-.5": null,
      "1.": null,
    };
    for (const [given, kept] of Object.entries(spellings)) {
      if (kept === null) await refused(t.engine(), () => Prices().create({ amount: given }), ValidationError, given);
      else {
        const row = await Prices().create({ amount: given });
        expect(row.amount).toBe(kept);
        expect((await row.refresh()).amount).toBe(kept);
        expect(await Prices().where({ amount: given }).count()).toBeGreaterThan(0);
      }
    }
  });

  it("loses no digit of its declared precision", async () => {
    const given = ["9999999999.99", "-9999999999.99", "0.01", "-0.01", "1234567890.12", "0.00"];
    await amounts(given);
    expect(
      await Prices()
        .all()
        .orderBy((p) => p.id)
        .pluck((p) => p.amount),
    ).toEqual(given);
    await Prices().create({ label: "w", whole: "999999999999999999", rate: "-99999.9999" });
    expect(await Prices().where({ label: "w" }).select("whole", "rate")).toEqual([{ whole: "999999999999999999", rate: "-99999.9999" }]);
  });

  it("refuses numbers, more digits than declared, exponents and words", async () => {
    for (const amount of [9.5, 1n, "10000000000", "0.001", "1e3", "NaN", "Infinity", "", " 1", "1,5", "0x10", "1.2.3", "١"]) {
      await refused(t.engine(), () => Prices().create({ amount: amount as never }), ValidationError, String(amount));
    }
    for (const amount of ["1e3", "NaN", "abc", 1.5]) {
      await refused(t.engine(), () => Prices().where((p) => p.amount.gt(amount as never)), ValueError, String(amount));
    }
  });

  it("compares and orders as numbers, never as text", async () => {
    await amounts(["10.00", "9.00", "-10.00", "-9.00", "0.00", "100.00", "-0.01", "0.01"]);
    const up = ["-10.00", "-9.00", "-0.01", "0.00", "0.01", "9.00", "10.00", "100.00"];
    expect(
      await Prices()
        .all()
        .orderBy((p) => p.amount)
        .pluck((p) => p.amount),
    ).toEqual(up);
    expect(
      await Prices()
        .all()
        .orderBy((p) => p.amount.desc())
        .pluck((p) => p.amount),
    ).toEqual([...up].reverse());
    const where = async (pick: (p: Scope<typeof Price>) => WhereClause) =>
      (
        await Prices()
          .where(pick)
          .orderBy((p) => p.amount)
      ).map((p) => p.amount);
    expect(await where((p) => p.amount.gt("9"))).toEqual(["10.00", "100.00"]);
    expect(await where((p) => p.amount.gte("9.000"))).toEqual(["9.00", "10.00", "100.00"]);
    expect(await where((p) => p.amount.lt("-9"))).toEqual(["-10.00"]);
    expect(await where((p) => p.amount.lte("-0.01"))).toEqual(["-10.00", "-9.00", "-0.01"]);
    expect(await where((p) => p.amount.between("-9", "0.01"))).toEqual(["-9.00", "-0.01", "0.00", "0.01"]);
    expect(await where((p) => p.amount.in(["9", "10.0", "7"]))).toEqual(["9.00", "10.00"]);
    expect(await where((p) => p.amount.notIn(["9", "10.0", "100", "0", "0.01"]))).toEqual(["-10.00", "-9.00", "-0.01"]);
    expect(await where((p) => p.amount.ne("0").and(p.amount.gt("-1")).and(p.amount.lt("1")))).toEqual(["-0.01", "0.01"]);
    const many = Array.from({ length: 1200 }, (_, i) => String(i));
    expect(await where((p) => p.amount.in(many))).toEqual(["0.00", "9.00", "10.00", "100.00"]);
  });

  it("compares columns of different scales, and with literals of more digits", async () => {
    await Prices().bulkCreate([
      { label: "same", amount: "1.50", rate: "1.5" },
      { label: "less", amount: "1.50", rate: "1.5001" },
      { label: "more", amount: "-1.50", rate: "-1.5001" },
    ]);
    const labels = async (pick: (p: Scope<typeof Price>) => WhereClause) =>
      (
        await Prices()
          .where(pick)
          .orderBy((p) => p.id)
      ).map((p) => p.label);
    expect(await labels((p) => p.amount.eq(p.rate))).toEqual(["same"]);
    expect(await labels((p) => p.amount.lt(p.rate))).toEqual(["less"]);
    expect(await labels((p) => p.amount.gt(p.rate))).toEqual(["more"]);
    expect(await labels((p) => p.amount.gt("1.4999"))).toEqual(["same", "less"]);
    expect(await labels((p) => p.amount.eq("1.5000001"))).toEqual([]);
  });

  it("sums, averages and takes the least and the greatest exactly", async () => {
    await amounts(["0.10", "0.20", "9.00", "10.00", "-3.05"]);
    expect(
      await Prices()
        .all()
        .sum((p) => p.amount),
    ).toBe("16.25");
    expect(
      await Prices()
        .all()
        .min((p) => p.amount),
    ).toBe("-3.05");
    expect(
      await Prices()
        .all()
        .max((p) => p.amount),
    ).toBe("10.00");
    expect(
      await Prices()
        .all()
        .avg((p) => p.amount),
    ).toBeCloseTo(3.25, 12);
    expect(
      await Prices()
        .where({ label: "none" })
        .sum((p) => p.amount),
    ).toBeNull();
    expect(
      await Prices()
        .where({ label: "none" })
        .max((p) => p.amount),
    ).toBeNull();
    expect(
      await Prices()
        .all()
        .orderBy((p) => p.amount.desc())
        .limit(2)
        .sum((p) => p.amount),
    ).toBe("19.00");
  });

  it("sums a thousand cents without drift", async () => {
    await Prices().bulkCreate(Array.from({ length: 1000 }, () => ({ amount: "0.01", rate: "0.0001" })));
    expect(
      await Prices()
        .all()
        .sum((p) => p.amount),
    ).toBe("10.00");
    expect(
      await Prices()
        .all()
        .sum((p) => p.rate),
    ).toBe("0.1000");
  });

  it("calculates with decimals, numbers and columns, rounding half away from zero", async () => {
    await Prices().bulkCreate([
      { label: "a", amount: "10.05", rate: "0.3333" },
      { label: "b", amount: "-10.05", rate: "2" },
    ]);
    const row = async (label: string) =>
      (
        await Prices()
          .where({ label })
          .select((p) => ({
            plus: p.amount.add("0.10"),
            minus: p.amount.sub(p.rate),
            times: p.amount.mul(p.rate),
            by: p.amount.mul(0.1),
            over: p.amount.div(4),
            twice: p.amount.add(p.amount).mul(2),
          }))
      )[0];
    expect(await row("a")).toEqual({ plus: "10.15", minus: "9.7167", times: "3.349665", by: "1.005", over: "2.512500", twice: "40.20" });
    expect(await row("b")).toEqual({
      plus: "-9.95",
      minus: "-12.0500",
      times: "-20.100000",
      by: "-1.005",
      over: "-2.512500",
      twice: "-40.20",
    });
    expect(
      await Prices()
        .all()
        .allRows()
        .update((p) => ({ amount: p.amount.mul("0.5") })),
    ).toBe(2);
    expect(
      await Prices()
        .all()
        .orderBy((p) => p.id)
        .pluck((p) => p.amount),
    ).toEqual(["5.03", "-5.03"]);
    expect(
      await Prices()
        .where((p) => p.amount.mul(2).gt("10.05"))
        .count(),
    ).toBe(1);
  });

  it("keeps null apart from zero", async () => {
    await Prices().bulkCreate([{ amount: "0" }, { amount: null }]);
    expect(await Prices().where({ amount: null }).count()).toBe(1);
    expect(await Prices().where({ amount: "0" }).count()).toBe(1);
    expect(
      await Prices()
        .where((p) => p.amount.isNull())
        .pluck((p) => p.amount.add(1)),
    ).toEqual([null]);
  });
}
