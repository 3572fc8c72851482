/** Decimals of more digits than a 64-bit integer has: exact, or a typed error where that cannot be. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { decimal, Model, QueryError } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

class Vast extends Model("v_vast", {
  amount: decimal({ precision: 30, scale: 10 }).nullable(),
  whole: decimal({ precision: 30, scale: 0 }).nullable(),
  tiny: decimal({ precision: 30, scale: 30 }).nullable(),
}) {}
class Price extends Model("v_price_wide", {
  amount: decimal({ precision: 12, scale: 2 }).nullable(),
  rate: decimal({ precision: 9, scale: 4 }).nullable(),
  whole: decimal({ precision: 18, scale: 0 }).nullable(),
}) {}

export function suite(t: TargetContext): void {
  const Prices = () => Price.using(t.engine());
  const Vasts = () => Vast.using(t.engine());

  beforeAll(() => t.engine().createTable(Price, Vast));
  afterAll(() => t.engine().dropTable(Price, Vast));
  beforeEach(async () => {
    await Prices().all().allRows().delete();
    await Vasts().all().allRows().delete();
  });

  const digits = [
    "12345678901234567890.1234567891",
    "-12345678901234567890.1234567891",
    "99999999999999999999.9999999999",
    "0.0000000001",
    "-0.0000000001",
    "0.0000000000",
    "12345678901234567890.1234567892",
    "2.0000000000",
  ];
  const up = [digits[1], digits[4], digits[5], digits[3], digits[7], digits[0], digits[6], digits[2]];

  it("loses none", async () => {
    await Vasts().bulkCreate(digits.map((amount) => ({ amount })));
    expect(
      await Vasts()
        .all()
        .orderBy((v) => v.id)
        .pluck((v) => v.amount),
    ).toEqual(digits);
    for (const amount of digits) expect((await Vasts().get({ amount })).amount).toBe(amount);
    expect(
      await Vasts()
        .where((v) => v.amount.in(digits.slice(0, 3)))
        .count(),
    ).toBe(3);
    const row = await Vasts().create({ whole: "999999999999999999999999999999", tiny: "-0.123456789012345678901234567891" });
    await row.refresh();
    expect([row.whole, row.tiny]).toEqual(["999999999999999999999999999999", "-0.123456789012345678901234567891"]);
  });

  it("compares and orders them", async () => {
    await Vasts().bulkCreate(digits.map((amount) => ({ amount })));
    expect(
      await Vasts()
        .all()
        .orderBy((v) => v.amount)
        .pluck((v) => v.amount),
    ).toEqual(up);
    expect(
      await Vasts()
        .all()
        .orderBy((v) => v.amount.desc())
        .pluck((v) => v.amount),
    ).toEqual([...up].reverse());
    expect(
      await Vasts()
        .where((v) => v.amount.gt(digits[0] as string))
        .orderBy((v) => v.amount)
        .pluck((v) => v.amount),
    ).toEqual([digits[6], digits[2]]);
    expect(
      await Vasts()
        .where((v) => v.amount.lte("-0.0000000001"))
        .orderBy((v) => v.amount)
        .pluck((v) => v.amount),
    ).toEqual([digits[1], digits[4]]);
    expect(
      await Vasts()
        .where((v) => v.amount.between("0", digits[0] as string))
        .count(),
    ).toBe(4);
    expect(
      await Vasts()
        .all()
        .max((v) => v.amount),
    ).toBe(digits[2]);
    expect(
      await Vasts()
        .all()
        .min((v) => v.amount),
    ).toBe(digits[1]);
  });

  it("calculates with them exactly, or fails where that needs more than 64 bits", async () => {
    const exactly = async (work: () => Promise<unknown>, result: unknown) => {
      if (t.family === "sqlite") await expect(work()).rejects.toBeInstanceOf(QueryError);
      else expect(await work()).toEqual(result);
    };
    await Vasts().bulkCreate([{ amount: digits[0] as string }, { amount: "-1" }, { whole: "9".repeat(30) }]);
    await exactly(
      () =>
        Vasts()
          .all()
          .sum((v) => v.amount),
      "12345678901234567889.1234567891",
    );
    await exactly(
      () =>
        Vasts()
          .where((v) => v.amount.gt("0"))
          .pluck((v) => v.amount.add("0.5")),
      ["12345678901234567890.6234567891"],
    );
    await exactly(
      () =>
        Vasts()
          .where((v) => v.amount.gt("0"))
          .update((v) => ({ amount: v.amount.sub("1") })),
      1,
    );
    expect(
      await Vasts()
        .where((v) => v.amount.lt("0"))
        .pluck((v) => v.amount.mul(3)),
    ).toEqual(["-3.0000000000"]);
    await Prices().bulkCreate([{ amount: "9999999999.99", rate: "99999.9999", whole: "9".repeat(18) }]);
    await exactly(
      () =>
        Prices()
          .all()
          .pluck((p) => p.amount.mul(p.rate)),
      ["999999998999000.000001"],
    );
    await exactly(
      () =>
        Prices()
          .all()
          .pluck((p) => p.whole.div(3)),
      ["333333333333333333.0000"],
    );
    await exactly(
      () =>
        Prices()
          .all()
          .pluck((p) => p.whole.add(p.whole).mul(p.whole)),
      ["1999999999999999996000000000000000002"],
    );
    await Prices().bulkCreate(Array.from({ length: 20 }, () => ({ whole: "9".repeat(18) })));
    await exactly(
      () =>
        Prices()
          .all()
          .sum((p) => p.whole),
      "20999999999999999979",
    );
    expect(
      await Prices()
        .where((p) => p.whole.gt("1"))
        .avg((p) => p.whole),
    ).toBeCloseTo(1e18, -6);
  });

  it("compares a short column with a literal of many digits", async () => {
    await Prices().bulkCreate(["1.00", "-1.00", "1.01", "0.00"].map((amount) => ({ amount })));
    const above = async (limit: string) =>
      Prices()
        .where((p) => p.amount.gt(limit))
        .orderBy((p) => p.amount)
        .pluck((p) => p.amount);
    expect(await above("1.000000000000000000000001")).toEqual(["1.01"]);
    expect(await above("0.999999999999999999999999")).toEqual(["1.00", "1.01"]);
    expect(await above("-1.000000000000000000000001")).toEqual(["-1.00", "0.00", "1.00", "1.01"]);
    expect(await above("-0.000000000000000000000001")).toEqual(["0.00", "1.00", "1.01"]);
    expect(
      await Prices()
        .where((p) => p.amount.eq("1.000000000000000000000001"))
        .count(),
    ).toBe(0);
  });
}
