/** Round trips of generated values: what was written is what is read, and what finds the row. A failure prints its seed. */
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  bigint,
  bool,
  bytes,
  date,
  datetime,
  decimal,
  float,
  int,
  JsonNull,
  json,
  Model,
  smallint,
  str,
  text,
  time,
  uuid,
} from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

class Sample extends Model("v_sample", {
  small: smallint().nullable(),
  whole: int().nullable(),
  big: bigint().nullable(),
  real: float().nullable(),
  amount: decimal({ precision: 24, scale: 6 }).nullable(),
  name: str({ length: 30 }).nullable(),
  body: text().nullable(),
  flag: bool().nullable(),
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
  key: uuid().nullable(),
  data: bytes().nullable(),
  doc: json<unknown>().nullable(),
}) {}

const characters = fc.string({ unit: "binary", maxLength: 30 }).filter((value) => !value.includes("\0") && !value.startsWith("\ufeff"));
const digits = (n: number) => String(n).padStart(2, "0");
const instant = fc.date({ min: new Date("0001-01-01T00:00:00.000Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true });
const amount = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), fc.integer({ min: 0, max: 999_999 }))
  .map(([minus, whole, fraction]) => `${minus && (whole > 0n || fraction > 0) ? "-" : ""}${whole}.${String(fraction).padStart(6, "0")}`);
const clock = fc
  .tuple(
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(
    ([hour, minute, second, ms]) =>
      `${digits(hour)}:${digits(minute)}:${digits(second)}${ms === 0 ? "" : `.${String(ms).padStart(3, "0").replace(/0+$/, "")}`}`,
  );
// JSON has no -0, and doubles of documents are the subject of `real`.
const leaf = fc.oneof(characters, fc.integer(), fc.boolean(), fc.constant(null));
const { doc } = fc.letrec<{ doc: unknown; leaf: unknown }>((tie) => ({
  leaf,
  doc: fc.oneof(
    { maxDepth: 4 },
    tie("leaf"),
    fc.array(tie("doc"), { maxLength: 4 }),
    fc.dictionary(characters, tie("doc"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  small: fc.integer({ min: -32_768, max: 32_767 }),
  whole: fc.maxSafeInteger().map((n) => n % 2 ** 31),
  big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Math.abs(n) < 1e-300 ? 0 : n)),
  amount,
  name: characters.filter((value) => [...value].length <= 30),
  body: characters,
  flag: fc.boolean(),
  at: instant,
  day: instant.map((at) => at.toISOString().slice(0, 10)),
  clock,
  key: fc.uuid(),
  data: fc.uint8Array({ maxLength: 40 }),
  doc: doc.map((value) => (value === null ? JsonNull : value)),
};
/** Documents are not found by equality here: what equal means for them differs between databases. */
const found = Object.keys(values).filter((column) => column !== "doc");

export function suite(t: TargetContext): void {
  const Samples = () => Sample.using(t.engine());

  beforeAll(() => t.engine().createTable(Sample));
  afterAll(() => t.engine().dropTable(Sample));
  beforeEach(async () => void (await Samples().all().allRows().delete()));

  for (const [column, value] of Object.entries(values)) {
    it(`of ${column}`, async () => {
      const lists = fc.array(fc.option(value, { freq: 8 }), { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(lists, async (list) => {
          await Samples().all().allRows().delete();
          const made = await Samples().bulkCreate(list.map((given) => ({ [column]: given }) as never));
          const rows = (await Samples()
            .all()
            .orderBy((s) => s.id)) as unknown as Record<string, unknown>[];
          // One zero, in columns as in documents.
          const written = list.map((given) => (Object.is(given, -0) ? 0 : given));
          expect(rows.map((row) => row[column])).toEqual(written);
          expect(made.map((row) => (row as unknown as Record<string, unknown>)[column])).toEqual(written);
          expect(rows.flatMap((row) => Object.keys(row["changes"] as object))).toEqual([]);
          const last = list.findLast((given) => given !== null);
          if (!found.includes(column) || last === undefined) return;
          const ids = await Samples()
            .where({ [column]: last } as never)
            .pluck((s) => s.id);
          expect(ids).toContain(made[list.lastIndexOf(last)]?.id);
        }),
        { numRuns: 12 },
      );
    });
  }

  it("of the order of numbers, decimals, instants, days and times", async () => {
    const rows = fc.array(
      fc.record({
        big: values["big"] as fc.Arbitrary<bigint>,
        real: values["real"] as fc.Arbitrary<number>,
        amount,
        at: instant,
        day: values["day"] as fc.Arbitrary<string>,
        clock,
      }),
      { minLength: 2, maxLength: 12 },
    );
    const scaled = (text: string) => BigInt(text.replace(".", ""));
    await fc.assert(
      fc.asyncProperty(rows, async (list) => {
        await Samples().all().allRows().delete();
        await Samples().bulkCreate(list);
        const order = <V>(picked: readonly V[], compare: (a: V, b: V) => number) => picked.toSorted(compare);
        const sign = (difference: bigint) => Number(difference > 0n) - Number(difference < 0n);
        const by = Samples().all();
        expect(await by.orderBy((s) => s.big).pluck((s) => s.big)).toEqual(
          order(
            list.map((row) => row.big),
            (a, b) => sign(a - b),
          ),
        );
        expect(await by.orderBy((s) => s.amount).pluck((s) => s.amount)).toEqual(
          order(
            list.map((row) => row.amount),
            (a, b) => sign(scaled(a) - scaled(b)),
          ),
        );
        expect(await by.orderBy((s) => s.real).pluck((s) => s.real)).toEqual(
          order(
            list.map((row) => (row.real === 0 ? 0 : row.real)),
            (a, b) => (a < b ? -1 : a > b ? 1 : 0),
          ),
        );
        expect(await by.orderBy((s) => s.at).pluck((s) => s.at)).toEqual(
          order(
            list.map((row) => row.at),
            (a, b) => a.getTime() - b.getTime(),
          ),
        );
        expect(await by.orderBy((s) => s.day).pluck((s) => s.day)).toEqual(list.map((row) => row.day).toSorted());
        expect(await by.orderBy((s) => s.clock).pluck((s) => s.clock)).toEqual(list.map((row) => row.clock).toSorted());
        const pivot = list[0]?.amount as string;
        expect(await by.where((s) => s.amount.gt(pivot)).count()).toBe(list.filter((row) => scaled(row.amount) > scaled(pivot)).length);
        expect(await by.max((s) => s.amount)).toBe(
          order(
            list.map((row) => row.amount),
            (a, b) => sign(scaled(b) - scaled(a)),
          )[0],
        );
      }),
      { numRuns: 15 },
    );
  });
}
