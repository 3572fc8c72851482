/** What SQLite keeps of a table is its text: another spelling of it says the same. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTableText } from "../../../src/dialects/sqlite/table-text.ts";
import { connect, type Engine, sql } from "../../../src/index.ts";

const conditions = [
  "a>=1 and a<>2 or a!=3",
  "b=='x''y' or b is not null",
  "a<=1.5E-3+0xFF",
  "(a<<2)>>1 = -a",
  "b||'z' like \"b\" escape '!'",
  "c->>'$.k' > 1 or c -> '$.k' is null -- why not",
  "b in ('AND','or') and x'Ab' = b",
];

describe("the text of a table in SQLite", () => {
  let db: Engine;
  beforeAll(async () => {
    db = await connect("sqlite::memory:", { name: "table text", default: false });
  });
  afterAll(() => db.disconnect());

  it.each(conditions)("spells a check so that the database takes it: %s", async (condition) => {
    const read = (text: string): string => readTableText(text).checks[0]?.condition ?? "";
    const told = read(`create table one (a integer, b text, c text, check (${condition}\n))`);
    await db.execute`drop table if exists told`;
    await db.execute`create table told (a integer, b text, c text, check (${sql.unsafe(told)}))`;
    const made = await db.scalar<string>`select sql from sqlite_schema where name = 'told'`;
    expect(read(made ?? "")).toBe(told);
    expect(await db.execute`insert into told default values`).toBe(1);
  });
});
