/** A user without the right to change the schema: one clear error, and a database as it was. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { liveState } from "../../migrations/live.ts";
import type { LoadedMigration } from "../../migrations/migration.ts";
import { createTable } from "../../migrations/operations.ts";
import { replay } from "../../migrations/plan.ts";
import { runMigrations } from "../../migrations/runner.ts";
import { emptyState, keyOf } from "../../migrations/state.ts";
import { connect, type Engine, QueryError, sql } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

const file: LoadedMigration = {
  name: "20260101000000_initial",
  path: "",
  checksum: "0".repeat(64),
  parents: [],
  operations: [createTable("rights_table", { columns: [{ name: "id", type: "bigint", identity: true }], primaryKey: ["id"] })],
  replaces: [],
  transaction: true,
};

/** How a user who may only read is made, and how the database is left again. */
const readers: Readonly<Record<"postgres" | "mysql", { make: (name: string) => string[]; drop: (name: string) => string[] }>> = {
  postgres: {
    make: (name) => [`create role ${name} login`, `grant usage on schema public to ${name}`],
    drop: (name) => [`revoke all on schema public from ${name}`, `drop role ${name}`],
  },
  mysql: { make: (name) => [`create user ${name}@'%'`, `grant select on *.* to ${name}@'%'`], drop: (name) => [`drop user ${name}@'%'`] },
};

export function suite(t: TargetContext): void {
  const name = `kaka_reader_${process.pid}`;
  const tables = async (db: Engine) => (await (await db.dialect.inspector()).tableNames(db)).map((table) => table.name).sort();

  async function refusal(db: Engine): Promise<QueryError> {
    const error: unknown = await runMigrations(db, [file]).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(QueryError);
    return error as QueryError;
  }

  // PGlite and databases in memory have one user, who may do everything.
  const served = (t.family === "postgres" || t.family === "mysql") && t.name !== "pglite";
  describe.runIf(served)("migrations without rights", () => {
    const { make, drop } = readers[t.family as "postgres" | "mysql"] ?? readers.postgres;
    beforeAll(async () => {
      for (const statement of make(name)) await t.engine().execute`${sql.unsafe(statement)}`;
    });
    afterAll(async () => {
      for (const statement of drop(name)) await t.engine().execute`${sql.unsafe(statement)}`;
    });

    it("say what is missing and who could do it, and touch nothing", async () => {
      const before = await tables(t.engine());
      const url = new URL(t.url());
      url.username = name;
      url.password = "";
      const reader = await connect(url.href, { name, default: false });
      try {
        const error = await refusal(reader);
        expect(error.message).toMatch(/^the table kakaorm_migrations, which notes what was applied, cannot be made: .*no right/s);
        expect(error.message).toContain("migrate as a user who may create tables");
        expect(error.message.trim().split("\n").length).toBeLessThan(3);
        if (t.family === "mysql") {
          // It may read everything, and a server without rights for temporary tables says so.
          const known = replay([file]);
          await t.engine().execute`create table rights_table (id bigint not null auto_increment primary key)`;
          await expect(liveState(reader, known)).rejects.toThrow(/rights_table cannot be tried out in a temporary table: .*no right/);
          expect((await liveState(reader, emptyState)).has(keyOf("rights_table"))).toBe(true);
        }
      } finally {
        await reader.disconnect();
        await t.engine().execute`drop table if exists rights_table`;
      }
      expect(await tables(t.engine())).toEqual(before);
    });
  });

  describe.runIf(t.name === "sqlite-file")("migrations of a file that may only be read", () => {
    const folder = mkdtempSync(join(tmpdir(), "kaka_rights_"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("say so, and touch nothing", async () => {
      const url = `sqlite:///${join(folder, "app.db")}`;
      await (await connect(url, { name })).disconnect();
      const reader = await connect(`${url}?mode=ro`, { name: `${name}_ro` });
      try {
        const error = await refusal(reader);
        expect(error.message).toMatch(/cannot be made: .*read/is);
        expect(await tables(reader)).toEqual([]);
      } finally {
        await reader.disconnect();
      }
    });
  });
}
