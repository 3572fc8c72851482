/** SQLite in threads. That it answers as the others do is the matrix's business (target sqlite-worker). */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { ConnectionError, connect, type Engine, int, Model, str, UsageError } from "../../../src/index.ts";

class Word extends Model("worker_word", { id: int().primaryKey(), text: str().unique() }) {}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kd-worker-"));
let files = 0;
const url = (): string => `sqlite+worker:${join(folder, `db${++files}.sqlite`)}`;
const long = (db: Engine) => db.sql`with recursive c (x) as (select 1 union all select x + 1 from c where x < ${3_000_000})
  select count(*) as n from c`;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a SQLite connection in a thread", () => {
  it("leaves the program its own thread while a statement runs", async () => {
    await using db = await connect(url(), { default: false });
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await long(db);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it("reads on other threads beside a long statement", async () => {
    await using db = await connect(url(), { default: false, pool: { max: 3 } });
    const order: string[] = [];
    const slow = long(db).then(() => order.push("long"));
    await db.sql`select 1 as n`.then(() => order.push("short"));
    await slow;
    expect(order).toEqual(["short", "long"]);
  });

  it("tells of broken rules as the library does", async () => {
    await using db = await connect(url(), { default: false });
    await db.createTable(Word);
    await Word.using(db).create({ id: 1, text: "a" });
    await expect(Word.using(db).create({ id: 2, text: "a" })).rejects.toMatchObject({ name: "UniqueViolation", columns: ["text"] });
  });

  it("that was dropped is another one at the next statement", async () => {
    await using db = await connect(url(), { default: false });
    await db.createTable(Word);
    const cut = db.transaction(async (tx) => {
      await Word.using(tx).create({ id: 1, text: "lost" });
      // biome-ignore lint/suspicious/noExplicitAny: reaches for the connection, as a crash of the thread would
      (tx as any).transactionKey.connection.destroy();
      await Word.using(tx).count();
    });
    await expect(cut).rejects.toMatchObject({ outcome: "not_applied" });
    await expect(cut).rejects.not.toBeInstanceOf(UsageError);
    expect(await Word.using(db).count()).toBe(0);
    await Word.using(db).create({ id: 1, text: "there" });
    expect(await Word.using(db).count()).toBe(1);
  });

  it("says in the caller's words why a file cannot be opened", async () => {
    await expect(connect("sqlite+worker:/no/such/folder/x.db", { default: false })).rejects.toThrow(/its directory does not exist/);
    await expect(connect("sqlite+worker:/no/such/folder/x.db", { default: false })).rejects.toBeInstanceOf(ConnectionError);
    const missing = await connect("sqlite+worker:/no/such/folder/x.db", { default: false }).catch((error: ConnectionError) => error);
    expect(missing instanceof ConnectionError && missing.driverError()).toBeUndefined();
    await expect(connect(`sqlite+worker:${fileURLToPath(import.meta.url)}`, { default: false })).rejects.toThrow(/not a SQLite database/);
  });

  it("is refused a database in memory", async () => {
    await expect(connect("sqlite+worker::memory:", { default: false })).rejects.toThrow(/threads are for files.*leave \+worker out/);
  });

  it("does not keep a program alive that has nothing left to do", () => {
    const program = `
      import { connect } from "./src/index.ts";
      const db = await connect(${JSON.stringify(url())});
      console.log(await db.scalar\`select 41 + 1\`);`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      cwd: root,
      encoding: "utf8",
      timeout: 60_000,
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: "42\n", stderr: "", status: 0 });
  });
});
