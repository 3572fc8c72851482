/** Many rows updated each to its own values: every type, keys of every kind, what is refused. */
import {
  array,
  bigint,
  bool,
  bytes,
  custom,
  date,
  datetime,
  decimal,
  float,
  int,
  json,
  Model,
  oneOf,
  StaleObjectError,
  smallint,
  str,
  text,
  time,
  UsageError,
  uuid,
} from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

const columns = {
  code: str({ length: 40 }).primaryKey(),
  tiny: smallint().nullable(),
  whole: int().nullable(),
  big: bigint().nullable(),
  real: float().nullable(),
  price: decimal({ precision: 30, scale: 4 }).nullable(),
  flag: bool().nullable(),
  word: str().nullable(),
  long: text().nullable(),
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
  token: uuid().nullable(),
  raw: bytes().nullable(),
  doc: json<unknown>().nullable(),
  kind: oneOf("a", "b").nullable(),
  tags: custom(str(), { encode: (list: string[]) => list.join("|"), decode: (stored) => stored.split("|") }).nullable(),
};
class Everything extends Model("bulk_everything", columns) {}
class WithList extends Model("bulk_list", { list: array(int()), n: int().default(0) }) {}
class Moment extends Model("bulk_moment", { at: datetime().primaryKey(), place: bigint().primaryKey(), note: str().nullable() }) {}

const full = {
  tiny: -32768,
  whole: 2147483647,
  big: -9223372036854775808n,
  real: 5e-324,
  price: "12345678901234567890123456.7891",
  flag: true,
  word: `quote " back \\ tick ' percent % brace {} null`,
  long: "日本語 😀\n\t\u0001 \\u0041",
  at: new Date("1969-12-31T23:59:59.999Z"),
  day: "0001-01-01",
  clock: "23:59:59.999",
  token: "00000000-0000-4000-8000-00000000000a",
  raw: new Uint8Array([0, 255, 34, 92]),
  doc: { 'a"b': [1, null, "x\\"], n: 1.5 },
  kind: "b" as const,
  tags: ["x", 'y"z'],
};

export function suite(t: TargetContext): void {
  const Everything_ = () => Everything.using(t.engine());

  beforeAll(() => t.engine().createTable(Everything, Moment));
  afterAll(() => t.engine().dropTable(Everything, Moment));
  beforeEach(async () => {
    await Everything_().all().allRows().delete();
    await Moment.using(t.engine()).all().allRows().delete();
  });

  it("writes every value as it is, and NULL, whatever the key's text", async () => {
    const codes = ["plain", "it's", 'a "quoted" \\ one', "日本", "nul", "null"];
    const rows = await Everything_().bulkCreate(codes.map((code) => ({ code })));
    rows.forEach((row, i) => {
      if (i % 2 === 0) Object.assign(row, full);
      else row.whole = i;
    });
    expect(await Everything_().bulkUpdate(rows)).toBe(codes.length);
    for (const [i, code] of codes.entries()) {
      const found = (await Everything_().get({ code })).toDict();
      const blank = Object.fromEntries(Object.keys(full).map((name) => [name, null]));
      expect(found).toEqual({ code, ...(i % 2 === 0 ? full : { ...blank, whole: i }) });
    }
    for (const row of rows) for (const name of Object.keys(full)) Object.assign(row, { [name]: null });
    await Everything_().bulkUpdate(rows);
    expect(await Everything_().where({ word: null, doc: null, raw: null, whole: null, at: null }).count()).toBe(codes.length);
  });

  it("tells keys apart that a case-blind comparison would not", async () => {
    const rows = await Everything_().bulkCreate([{ code: "ada" }, { code: "Ada" }, { code: "ada " }]);
    for (const row of rows) row.word = `<${row.code}>`;
    expect(await Everything_().bulkUpdate(rows)).toBe(3);
    for (const { code } of rows) expect((await Everything_().get({ code })).word).toBe(`<${code}>`);
  });

  it("writes doubles without losing a digit", async () => {
    const values = [-0, 0.1, 1e300, -1.7976931348623157e308, 123456789.12345679, 1 / 3];
    const rows = await Everything_().bulkCreate(values.map((_, i) => ({ code: String(i) })));
    rows.forEach((row, i) => {
      row.real = values[i] as number;
    });
    await Everything_().bulkUpdate(rows);
    for (const [i, value] of values.entries()) expect((await Everything_().get({ code: String(i) })).real === value).toBe(true);
  });

  it("finds rows by keys of several columns, of instants and large numbers", async () => {
    const Moments = Moment.using(t.engine());
    const given = [1, 2, 3].map((n) => ({ at: new Date(1_700_000_000_000 + n), place: 2n ** 62n + BigInt(n) }));
    const rows = await Moments.bulkCreate(given);
    rows.forEach((row, i) => {
      row.note = `n${i}`;
    });
    expect(await Moments.bulkUpdate(rows)).toBe(3);
    expect(
      await Moments.all()
        .orderBy((m) => m.place)
        .pluck((m) => m.note),
    ).toEqual(["n0", "n1", "n2"]);
  });

  it("sends one statement for a thousand rows, of one text however many are NULL", async () => {
    const rows = await Everything_().bulkCreate(Array.from({ length: 1000 }, (_, i) => ({ code: `c${i}` })));
    const texts = new Set<string>();
    for (const round of [1, 2]) {
      rows.forEach((row, i) => {
        row.whole = i % 7 === round ? null : i * round;
      });
      const sent = (await sentBy(t.engine(), () => Everything_().bulkUpdate(rows, ["whole"]))).filter(
        ({ operation }) => operation === "update",
      );
      expect(sent).toHaveLength(1);
      texts.add(sent[0]?.sql ?? "");
    }
    expect(texts.size).toBe(1);
  });

  describe("refuses, and writes nothing", () => {
    it("two instances of one row", async () => {
      const row = await Everything_().create({ code: "one" });
      const again = await Everything_().get({ code: "one" });
      row.whole = 1;
      again.whole = 2;
      const error = await refused(t.engine(), () => Everything_().bulkUpdate([row, again]));
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toMatch(/two instances of the same row/);
    });

    it("a row that is gone, among many", async () => {
      const rows = await Everything_().bulkCreate(Array.from({ length: 50 }, (_, i) => ({ code: `c${i}` })));
      await Everything_().where({ code: "c7" }).delete();
      for (const row of rows) row.whole = 1;
      await expect(Everything_().bulkUpdate(rows)).rejects.toThrow(StaleObjectError);
      expect(await Everything_().where({ whole: 1 }).count()).toBe(0);
    });
  });

  it("writes arrays where there are any", async () => {
    if (!t.capabilities.arrays) {
      await refused(t.engine(), () => t.engine().createTable(WithList));
      return;
    }
    const Lists = WithList.using(t.engine());
    await t.engine().createTable(WithList);
    const rows = await Lists.bulkCreate([{ list: [1] }, { list: [] }]);
    rows.forEach((row, i) => {
      row.list = [i, null, 3];
    });
    expect(await Lists.bulkUpdate(rows)).toBe(2);
    expect(
      await Lists.all()
        .orderBy((l) => l.id)
        .pluck((l) => l.list),
    ).toEqual([
      [0, null, 3],
      [1, null, 3],
    ]);
    await t.engine().dropTable(WithList);
  });
}
