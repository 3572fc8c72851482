/** Columns of one's own type, arrays, and defaults that the database fills in. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  array,
  bigint,
  bool,
  bytes,
  custom,
  date,
  datetime,
  decimal,
  int,
  json,
  Model,
  oneOf,
  sql,
  str,
  text,
  time,
  UnsupportedError,
  uuid,
  ValidationError,
} from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Money {
  readonly cents: bigint;
  constructor(cents: bigint) {
    this.cents = cents;
  }
}
const money = () =>
  custom(decimal({ precision: 18, scale: 2 }), {
    encode: (value: Money) =>
      `${value.cents < 0n ? "-" : ""}${String(value.cents < 0n ? -value.cents : value.cents)
        .padStart(3, "0")
        .replace(/(..)$/, ".$1")}`,
    decode: (stored) => new Money(BigInt(stored.replace(".", ""))),
  });
const words = () =>
  custom(str({ length: 20 }), { encode: (list: string[]) => list.join(","), decode: (stored) => (stored === "" ? [] : stored.split(",")) });
const code = () => custom(int(), { encode: (value: `c${number}`) => Number(value.slice(1)), decode: (stored) => `c${stored}` as const });
const box = () =>
  custom(json<{ inner: unknown }>(), {
    encode: (value: Map<string, unknown>) => ({ inner: Object.fromEntries(value) }),
    decode: (stored) => new Map(Object.entries(stored.inner as object)),
  });

class Account extends Model("v_account", {
  code: code().primaryKey(),
  balance: money(),
  spare: money().nullable(),
  words: words().default([]),
  box: box().nullable(),
}) {}
class Listed extends Model("v_listed", {
  id: int().primaryKey(),
  numbers: array(int()).nullable(),
  names: array(str({ length: 10 })).nullable(),
  bigs: array(bigint()).nullable(),
  times: array(datetime()).nullable(),
}) {}

class Preset extends Model("v_preset", {
  label: str().nullable(),
  whole: int().dbDefault(-5),
  big: bigint().dbDefault(-(2n ** 63n)),
  name: str().dbDefault('it\'s \\ "x" 😀 ; -- %s ?'),
  flag: bool().dbDefault(true),
  off: bool().dbDefault(false),
  amount: decimal({ precision: 8, scale: 2 }).dbDefault("-1.5"),
  day: date().dbDefault("2024-02-29"),
  clock: time().dbDefault("12:30"),
  at: datetime().dbDefault(new Date("2024-02-29T12:34:56.789Z")),
  now: datetime().dbDefault(sql`current_timestamp`),
  mood: oneOf("good", "it's").dbDefault("it's"),
  key: uuid().dbDefault("0189F7E2-7b5c-7def-8abc-0123456789ab"),
  doc: json<unknown>().dbDefault({ "a'b": [1, "\\"] }),
  data: bytes().dbDefault(Uint8Array.of(0, 255, 39, 92)),
  body: text().dbDefault("long 'text'"),
  sum: int().dbDefault(sql`(1 + 2)`),
}) {}

const preset = {
  whole: -5,
  big: -(2n ** 63n),
  name: 'it\'s \\ "x" 😀 ; -- %s ?',
  flag: true,
  off: false,
  amount: "-1.50",
  day: "2024-02-29",
  clock: "12:30:00",
  at: new Date("2024-02-29T12:34:56.789Z"),
  mood: "it's",
  key: "0189f7e2-7b5c-7def-8abc-0123456789ab",
  doc: { "a'b": [1, "\\"] },
  data: Uint8Array.of(0, 255, 39, 92),
  body: "long 'text'",
  sum: 3,
};

export function suite(t: TargetContext): void {
  describe("a custom column", () => {
    const Accounts = () => Account.using(t.engine());
    beforeAll(() => t.engine().createTable(Account));
    afterAll(() => t.engine().dropTable(Account));

    it("is encoded on every way in and decoded on every way out", async () => {
      const account = await Accounts().create({ code: "c1", balance: new Money(12_345n), words: ["a", "b"], box: new Map([["k", [1]]]) });
      await Accounts().bulkCreate([
        { code: "c2", balance: new Money(-5n) },
        { code: "c10", balance: new Money(0n), spare: new Money(1n) },
      ]);
      expect(account.balance).toBeInstanceOf(Money);
      const read = (await Accounts().find("c1")) as Account;
      expect(read.balance).toEqual(new Money(12_345n));
      expect(read.words).toEqual(["a", "b"]);
      expect(read.box).toEqual(new Map([["k", [1]]]));
      expect(read.spare).toBeNull();
      expect(
        await Accounts()
          .all()
          .orderBy((a) => a.balance)
          .pluck((a) => a.balance.eq(new Money(0n))),
      ).toEqual([false, true, false]);
      expect(
        await Accounts()
          .all()
          .orderBy((a) => a.code)
          .pluck((a) => a.code),
      ).toEqual(["c1", "c2", "c10"]);
      expect(
        (
          await Accounts()
            .where({ balance: new Money(-5n) })
            .all()
        ).map((a) => a.code),
      ).toEqual(["c2"]);
      expect(
        await Accounts()
          .where((a) => a.balance.gt(new Money(-1n)))
          .count(),
      ).toBe(2);
      expect(
        await Accounts()
          .where((a) => a.code.in(["c1", "c10"]))
          .count(),
      ).toBe(2);
      expect(
        await Accounts()
          .all()
          .max((a) => a.balance),
      ).toEqual(new Money(12_345n));
      read.balance = new Money(7n);
      expect(Object.keys(read.changes)).toEqual(["balance"]);
      await read.save();
      expect((await account.refresh()).balance).toEqual(new Money(7n));
      expect(
        await Accounts()
          .where({ code: "c2" })
          .update({ balance: new Money(8n), words: ["z"] }),
      ).toBe(1);
      expect(await Accounts().where({ code: "c2" }).select("balance", "words")).toEqual([{ balance: new Money(8n), words: ["z"] }]);
      const seen: string[] = [];
      for await (const row of Accounts().all()) seen.push(row.code);
      expect(seen.sort()).toEqual(["c1", "c10", "c2"]);
    });

    it("is held to the rules of the column under it", async () => {
      await refused(t.engine(), () => Accounts().create({ code: "c5", balance: new Money(10n ** 20n) }), ValidationError);
      await refused(t.engine(), () => Accounts().create({ code: "cx" as never, balance: new Money(1n) }), ValidationError);
      await refused(t.engine(), () => Accounts().create({ code: "c5", balance: new Money(1n), words: ["x".repeat(21)] }), ValidationError);
    });
  });

  describe("an array column", () => {
    if (t.capabilities.arrays) {
      const rows = [
        {
          id: 1,
          numbers: [1, -2, null],
          names: ["a", 'q"q', "b\\s", "c,d", "{e}", "NULL", "", " ", null, "😀", "it's"],
          bigs: [2n ** 63n - 1n, null],
          times: [new Date(5), null],
        },
        { id: 2, numbers: [], names: [], bigs: [], times: [] },
        { id: 3, numbers: null, names: [null], bigs: null, times: null },
      ];
      beforeAll(() => t.engine().createTable(Listed));
      afterAll(() => t.engine().dropTable(Listed));

      it("keeps its elements, nulls and none", async () => {
        const Lists = Listed.using(t.engine());
        await Lists.bulkCreate(rows);
        expect((await Lists.all().orderBy((l) => l.id)).map((row) => row.toDict())).toEqual(rows);
        const first = (await Lists.find(1)) as Listed;
        first.numbers?.push(9);
        await first.save();
        expect((await Lists.find(1))?.numbers).toEqual([1, -2, null, 9]);
      });

      it("checks each element", async () => {
        const Lists = Listed.using(t.engine());
        for (const numbers of [1, "1", [1.5], ["1"], [[1]], [undefined], { length: 1 }, new Set([1])])
          await refused(t.engine(), () => Lists.create({ id: 9, numbers: numbers as never }), ValidationError);
        await refused(t.engine(), () => Lists.create({ id: 9, names: ["12345678901"] }), ValidationError);
      });
    } else {
      it("is refused when its table is created", async () => {
        const error = await refused(t.engine(), () => t.engine().createTable(Listed), UnsupportedError);
        expect(error.message).toContain("arrays");
      });
    }
  });

  describe("a default of the database", () => {
    const Presets = () => Preset.using(t.engine());
    beforeAll(() => t.engine().createTable(Preset));
    afterAll(() => t.engine().dropTable(Preset));

    it("is read back after an insert, whatever its type", async () => {
      const made = await Presets().create({ label: "a" });
      expect(made.toDict()).toMatchObject(preset);
      expect(Math.abs(made.now.getTime() - Date.now())).toBeLessThan(60_000);
      expect((await Presets().find(made.id))?.toDict()).toEqual(made.toDict());
      expect(made.changes).toEqual({});
    });

    it("is read back for each row of many", async () => {
      const rows = await Presets().bulkCreate([{ label: "b" }, { label: "c", whole: 1, doc: [2] }, { label: "d" }]);
      expect(rows.map((row) => [row.label, row.whole, row.doc])).toEqual([
        ["b", -5, preset.doc],
        ["c", 1, [2]],
        ["d", -5, preset.doc],
      ]);
      for (const row of rows) expect((await Presets().find(row.id))?.toDict()).toEqual(row.toDict());
    });

    it("gives way to a value", async () => {
      const made = await Presets().create({ whole: 0, flag: false, name: "", amount: "0", data: new Uint8Array(0), now: new Date(5) });
      expect((await made.refresh()).toDict()).toMatchObject({
        whole: 0,
        flag: false,
        name: "",
        amount: "0.00",
        now: new Date(5),
        off: false,
      });
      expect(made.data).toHaveLength(0);
    });

    it("compares an instant of the database with those of this process", async () => {
      const made = await Presets().create({});
      expect(
        await Presets()
          .where((p) =>
            p.id
              .eq(made.id)
              .and(p.now.gt(new Date(Date.now() - 86_400_000)))
              .and(p.now.lt(new Date(Date.now() + 86_400_000))),
          )
          .count(),
      ).toBe(1);
      expect(await Presets().where({ id: made.id, now: made.now }).count()).toBe(1);
      // The servers' word has seconds only here and there.
      const now = sql<Date>`current_timestamp`;
      await Presets()
        .where({ id: made.id })
        .update({ now: new Date(Date.now() - 5000) });
      expect(
        await Presets()
          .where((p) =>
            p.id
              .eq(made.id)
              .and(p.now.lte(now))
              .and(p.now.gt(new Date(0))),
          )
          .count(),
      ).toBe(1);
      expect(
        await Presets()
          .where((p) => p.id.eq(made.id).and(p.now.between(new Date(0), now)))
          .count(),
      ).toBe(1);
      await Presets().where({ id: made.id }).update({ at: now });
      const { at } = await made.refresh();
      expect(Math.abs(at.getTime() - made.now.getTime())).toBeLessThan(60_000);
      expect(await Presets().where({ id: made.id, at }).count()).toBe(1);
    });
  });
}
