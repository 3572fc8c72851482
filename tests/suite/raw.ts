/** SQL written by hand: everything bound, what comes back as what, and the door it shares with everything else. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bool, bytes, connect, datetime, int, json, Model, sql, str, UsageError } from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Word extends Model("r_word", {
  id: int().primaryKey(),
  label: str(),
  n: int().nullable(),
  flag: bool().default(true),
  at: datetime().nullable(),
  doc: json<unknown>().nullable(),
  blob: bytes().nullable(),
}) {}

const nasty = `'; drop table r_word; -- " \` \\ ? $1 :a %s é 😀`;

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const Words = () => Word.using(engine());
  const at = new Date("2024-02-29T12:34:56.789Z");

  beforeAll(async () => {
    await engine().createTable(Word);
    await Words().bulkCreate([
      { id: 1, label: "a", n: 10, at, doc: { a: [1] }, blob: Uint8Array.from([0, 255]) },
      { id: 2, label: "b", n: null, flag: false },
      { id: 3, label: nasty, n: 30 },
    ]);
  });
  afterAll(() => engine().dropTable(Word));

  describe("values", () => {
    it("are bound, never text", async () => {
      expect(await engine().sql`select id from r_word where label = ${nasty}`).toEqual([{ id: 3 }]);
      expect(await engine().sql`select id from r_word where label = ${"' or '1'='1"}`).toEqual([]);
      expect(await engine().sql`select id from r_word where n > ${5} and n < ${20n} and label <> ${""}`).toEqual([{ id: 1 }]);
      expect(await engine().sql`select id from r_word where at = ${at}`).toEqual([{ id: 1 }]);
      expect(await engine().sql`select id from r_word where flag = ${false}`).toEqual([{ id: 2 }]);
      expect(await engine().sql`select id from r_word where blob = ${Uint8Array.from([0, 255])}`.catch(() => "reserved")).toEqual(
        t.family === "mysql" ? "reserved" : [{ id: 1 }],
      );
      expect(await engine().sql`select id from r_word where n is null and ${1} = ${1}`).toEqual([{ id: 2 }]);
      const sent = await sentBy(engine(), () => engine().sql`select id from r_word where label = ${nasty} and id = ${3}`);
      expect(sent[0]?.sql).toBe(
        `select id from r_word where label = ${t.family === "postgres" ? "$1" : "?"} and id = ${t.family === "postgres" ? "$2" : "?"}`,
      );
      expect(sent[0]).toMatchObject({ operation: "raw", model: null, parameterCount: 2, rows: 1, transactionId: null });
      expect(JSON.stringify(sent)).not.toContain("drop table");
    });

    it("come back as each database's own, as documented", async () => {
      const q = (name: string) => sql.id(name);
      const [row] = await engine().sql`select id, label, flag, n, at, doc, ${q("blob")} from r_word where id = 1`;
      const own = {
        postgres: { flag: true, at, doc: { a: [1] } },
        mysql: { flag: 1, at: "2024-02-29 12:34:56.789" },
        sqlite: { flag: 1, at: "2024-02-29T12:34:56.789Z", doc: '{"a":[1]}' },
      }[t.family];
      expect(row).toMatchObject({ id: 1, label: "a", n: 10, ...own });
      expect(new Uint8Array(row?.blob as Uint8Array)).toEqual(Uint8Array.from([0, 255]));
      expect(await engine().scalar`select count(*) from r_word`).toBe(3);
      expect(await engine().sql`select n, doc from r_word where id = 2`).toEqual([{ n: null, doc: null }]);
    });

    it("keep 64-bit integers exact", async () => {
      const big = 2n ** 62n + 1n;
      const text = t.family === "mysql" ? "char" : "text";
      const cast = { char: sql`cast(${big} as char)`, text: sql`cast(cast(${big} as bigint) as text)` }[text];
      expect(await engine().scalar`select ${cast}`).toBe(String(big));
      if (t.family === "postgres") {
        expect(await engine().scalar`select ${big}::bigint`).toBe(big);
        expect(await engine().scalar`select ${7n}::bigint`).toBe(7);
      }
    });
  });

  describe("rows", () => {
    // The client of this target hands over objects keyed by name, and nothing else.
    const keyed = t.name === "sqlite3";

    it("are plain objects in the order of the columns", async () => {
      const [row] = await engine().sql`select label as ${sql.id("constructor")}, id as ${sql.id("toString")} from r_word where id = ${1}`;
      expect(Object.entries(row ?? {})).toEqual([
        ["constructor", "a"],
        ["toString", 1],
      ]);
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      expect(await engine().sql`select * from r_word where id = 99`).toEqual([]);
    });

    // mysql2 ends the connection over such a name.
    it.runIf(t.family !== "mysql" && !keyed)("have a key called __proto__ where a column is called so", async () => {
      const [row] = await engine().sql`select id as ${sql.id("__proto__")} from r_word where id = ${1}`;
      expect(Object.entries(row ?? {})).toEqual([["__proto__", 1]]);
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    });

    it.runIf(!keyed)("refuse two columns of one name", async () => {
      const error: unknown = await engine().sql`select id as x, n as x from r_word`.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ hint: expect.stringContaining("AS") });
      expect(await engine().sql`select id as x, n as y from r_word where id = 1`).toEqual([{ x: 1, y: 10 }]);
    });

    it("scalar takes the first value, or null", async () => {
      expect(await engine().scalar<string>`select label, n from r_word order by id`).toBe("a");
      expect(await engine().scalar`select label from r_word where id = 99`).toBeNull();
      expect(await engine().scalar`select n from r_word where id = 2`).toBeNull();
    });

    it("execute answers how many were matched", async () => {
      await engine().transaction(async () => {
        expect(await engine().execute`update r_word set n = ${1} where id in (1, 2)`).toBe(2);
        expect(await engine().execute`update r_word set n = ${1} where id in (1, 2)`).toBe(2);
        expect(await engine().execute`insert into r_word (id, label, flag) values (${8}, ${"x"}, ${true}), (${9}, ${"y"}, ${false})`).toBe(
          2,
        );
        expect(await engine().execute`delete from r_word where id > ${7}`).toBe(2);
        expect(await engine().execute`delete from r_word where id > ${7}`).toBe(0);
        expect((await Words().find(1))?.n).toBe(1);
        await Words().where({ id: 1 }).update({ n: 10 });
        await Words().where({ id: 2 }).update({ n: null });
      });
    });
  });

  describe("pieces", () => {
    it("quote names and write lists", async () => {
      expect(
        await engine()
          .sql`select ${sql.id("label")} from ${sql.id("r_word")} where ${sql.id("r_word", "id")} in (${sql.list([1, 2])}) order by 1`,
      ).toEqual([{ label: "a" }, { label: "b" }]);
      expect(await engine().scalar`select count(*) from r_word where label in (${sql.list(["a", nasty, "zz"])})`).toBe(2);
      await expect(engine().sql`select * from ${sql.id('r_word"; drop table r_word; --`')}`).rejects.toMatchObject({ code: "KAKA_QUERY" });
      expect(await Words().count()).toBe(3);
    });

    it("nest in each other, their values in order", async () => {
      const low = sql`n >= ${5}`;
      const both = sql<boolean>`(${low} and label = ${"a"})`;
      expect(await engine().sql`select id from r_word where id > ${0} and ${both} and id < ${9}`).toEqual([{ id: 1 }]);
    });

    it("stand in the conditions, orders and columns of a query", async () => {
      const long = Words().where((w) => sql<boolean>`length(${w.label}) > ${1}`);
      expect(await long.pluck((w) => w.id)).toEqual([3]);
      expect(
        await Words()
          .where((w) => sql<boolean>`${w.n} = ${10}`.or(w.id.eq(2)))
          .orderBy((w) => sql`${w.id} * ${-1}`)
          .pluck((w) => w.id),
      ).toEqual([2, 1]);
      expect(await Words().where(sql<boolean>`n is null`).count()).toBe(1);
      expect(
        await Words()
          .where({ id: 1 })
          .select((w) => ({ loud: sql<string>`upper(${w.label})`, label: w.label })),
      ).toEqual([{ loud: "A", label: "a" }]);
      expect(
        await Words()
          .where((w) => w.n.eq(sql<number>`${w.id} + ${9}`))
          .count(),
      ).toBe(1);
      await Words()
        .where({ id: 3 })
        .update((w) => ({ n: sql<number>`${w.n} + ${1}` }));
      expect((await Words().find(3))?.n).toBe(31);
      await refused(engine(), () => Words().where((w) => sql<boolean>`${w.id} = ${{} as never}`));
    });
  });

  it("takes part in the transaction it is called in, by engine and by handle", async () => {
    const work = engine().transaction(async (tx) => {
      await engine().execute`delete from r_word where id = ${1}`;
      await tx.execute`delete from r_word where id = ${2}`;
      expect(await tx.scalar`select count(*) from r_word`).toBe(1);
      throw new Error("undo");
    });
    await expect(work).rejects.toThrow("undo");
    expect(await engine().scalar`select count(*) from r_word`).toBe(3);
  });

  describe("events and logs", () => {
    it("tell of every kind of statement, failed ones included, without any value", async () => {
      const sent = await sentBy(engine(), async () => {
        await engine().sql`select ${nasty} as v`.catch(() => {});
        await engine().execute`update r_word set label = ${nasty} where id = ${3}`;
        await engine().sql`select * from r_nowhere where label = ${nasty}`.catch(() => {});
        await Words().where({ label: nasty }).count();
        await Words().where({ id: 3 }).update({ label: nasty });
        for await (const word of Words().where({ label: nasty })) expect(word.id).toBe(3);
      });
      expect(sent.map(({ operation }) => operation)).toEqual(["raw", "raw", "raw", "select", "update", "select"]);
      expect(sent.map(({ error }) => error?.code ?? null)).toEqual([sent[0]?.error?.code ?? null, null, "KAKA_QUERY", null, null, null]);
      expect(sent[1]).toMatchObject({ affected: 1, rows: 0, parameterTypes: ["text", expect.stringMatching(/int|text/)] });
      expect(sent.every(({ milliseconds, connectionId }) => milliseconds >= 0 && typeof connectionId === "number")).toBe(true);
      expect(JSON.stringify(sent)).not.toContain("drop table");
    });

    it("stop when asked to, and a listener that throws is not felt", async () => {
      const warnings: string[] = [];
      const warned = (warning: Error) => void warnings.push(warning.message);
      process.on("warning", warned);
      const stop = engine().on("statement", () => {
        throw new Error(nasty);
      });
      expect(await Words().count()).toBe(3);
      stop();
      expect(await Words().count()).toBe(3);
      await new Promise((resolve) => setImmediate(resolve));
      process.off("warning", warned);
      expect(warnings.filter((message) => message.includes("listener"))).toHaveLength(1);
      expect(warnings.join()).not.toContain("drop table");
    });

    it("are written as single lines by the option logging, and for slow statements by slowMs", async () => {
      const lines: string[] = [];
      const logged = await connect(t.url(), { name: `${t.name} logged`, default: false, logging: (line) => void lines.push(line) });
      try {
        await logged.sql`select ${nasty}
          as a, ${1} as b`.catch(() => {});
        await logged.transaction(() => logged.sql`select 1 as x`);
        await logged.sql`select * from r_nowhere`.catch(() => {});
      } finally {
        await logged.disconnect();
      }
      expect(lines.length).toBeGreaterThanOrEqual(5);
      for (const line of lines) expect(line).toMatch(/^[^\n\r]+$/);
      expect(lines[0]).toMatch(new RegExp(`^${t.name} logged .* ms .*: select .* as a, .* as b \\[text, (int|text)\\]$`));
      expect(lines.at(-1)).toMatch(/failed KAKA_QUERY/);
      expect(lines.join()).not.toContain("drop table");

      const slow: string[] = [];
      const fast = await connect(t.url(), { name: `${t.name} fast`, default: false, logging: (line) => void slow.push(line), slowMs: 0 });
      await fast.sql`select 1 as x`;
      await fast.disconnect();
      expect(slow.every((line) => line.startsWith(`slow ${t.name} fast`))).toBe(true);
      expect(slow).toHaveLength(1);
    });
  });
}
