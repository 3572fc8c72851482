/** What lies on this machine, and what is refused before another machine is asked. */
import { describe, expect, it } from "vitest";
import { assertNamed, certainLosses, databaseName, isLocal } from "../../../cli/remote.ts";
import { addIndex, createTable, dropColumn, dropTable, type LoadedMigration, type Operation, runSql } from "../../../migrations/index.ts";
import { UsageError } from "../../../src/errors.ts";

describe("a database is on this machine", () => {
  it.each([
    "sqlite::memory:",
    "sqlite:./app.db",
    "sqlite:////var/data/db.example.invalid",
    "sqlite+node:app.db?mode=rw",
    "postgresql+pglite:./folder",
    "postgresql+pglite::memory:",
    "postgresql:///app",
    "postgresql://user:secret@localhost:5432/app",
    "postgresql://LOCALHOST/app",
    "postgresql://%6cocalhost/app",
    "postgresql:///app?host=/var/run/postgresql",
    "postgresql://127.0.0.1/app",
    "mysql://root@127.8.9.10:3307/app",
    "mysql://[::1]:3306/app",
    "mysql://[0:0:0:0:0:0:0:1]/app",
    "mysql://[::ffff:127.0.0.1]/app",
    "mariadb://user@/app?socket=/run/mysqld/mysqld.sock",
  ])("%s: yes", (url) => expect(isLocal(url)).toBe(true));

  it.each([
    "postgresql://db.example.invalid/app",
    "postgresql://localhost.example.com/app",
    "postgresql://db.localhost/app",
    "postgresql://127.0.0.1.example.com/app",
    "postgresql://localhost:secret@10.0.0.1/app",
    "postgresql://10.127.0.1/app",
    "postgresql://0.0.0.0/app",
    // Another spelling of an address is not guessed at.
    "postgresql://127.1/app",
    "mysql://192.168.1.5/localhost",
    "mysql://[::2]/app",
    "mysql://[fe80::1]/app",
    "mysql://[::ffff:10.0.0.1]/app",
    "mysql://[2001:db8::1]:3306/app",
  ])("%s: no", (url) => expect(isLocal(url)).toBe(false));

  it.each([
    ["postgresql://u:p@h/my%20app", "my app"],
    ["mysql://h/app?ssl=true", "app"],
    ["sqlite:./data/app.db", "./data/app.db"],
    ["sqlite::memory:", ":memory:"],
  ])("%s is called %s", (url, name) => expect(databaseName(url)).toBe(name));
});

function file(name: string, operations: readonly Operation[], replaces: readonly string[] = []): LoadedMigration {
  return { name, path: "", checksum: "", parents: [], operations, replaces, transaction: true };
}
const note = createTable("note", {
  columns: [
    { name: "id", type: "bigint" },
    { name: "body", type: "text" },
  ],
  primaryKey: ["id"],
});
const made = file("1_made", [note]);
const index = file("2_index", [addIndex("note", { name: "note_body_idx", columns: ["body"] })]);
const fewer = file("2_fewer", [dropColumn("note", "body")]);

describe("what is lost whatever the database has", () => {
  it("is what every way back loses", () => {
    expect(certainLosses([made], { direction: "down" })).toEqual(["1_made drops the table note with all its rows"]);
    const tag = file("2_tag", [createTable("tag", { columns: [{ name: "id", type: "bigint" }], primaryKey: ["id"] })]);
    expect(certainLosses([made, tag], { direction: "down", to: "zero" })).toHaveLength(2);
    expect(certainLosses([made, index], { direction: "down" })).toEqual([]);
    expect(certainLosses([made, file("2_sql", [runSql("select 1")])], { direction: "down" })).toEqual([]);
    expect(certainLosses([made], { direction: "down", steps: 0 })).toEqual([]);
    expect(certainLosses([], { direction: "down" })).toEqual([]);
    expect(() => certainLosses([file("1_bad", [dropTable("gone")])], { direction: "down" })).toThrow(/^1_bad: there is no table gone/);
  });

  it("is what the migration that is named loses, and nothing where the history decides", () => {
    expect(certainLosses([made, fewer], { to: "fewer" })).toEqual(["2_fewer drops the column note.body with all its values"]);
    expect(certainLosses([made, fewer], { to: "1_made" })).toEqual([]);
    expect(certainLosses([made, fewer], { to: "fewer", steps: 1 })).toEqual([]);
    expect(certainLosses([made, fewer], {})).toEqual([]);
    expect(certainLosses([made, fewer, file("3_squashed", [], ["1_made", "2_fewer"])], { to: "fewer" })).toEqual([]);
    expect(() => certainLosses([made], { to: "nowhere" })).toThrow(/there is no migration nowhere/);
  });
});

describe("the name of a database elsewhere", () => {
  const url = "postgresql://user:s3cret@db.example.invalid/shop";
  const losses = () => ["1_made drops the table note with all its rows"];
  const refusal = (work: () => void): string => {
    expect(work).toThrow(UsageError);
    try {
      work();
    } catch (error) {
      return String(error);
    }
    return "";
  };

  it("must be given where something is lost, and only there", () => {
    const told = refusal(() => assertNamed(url, undefined, losses));
    expect(told).toMatch(/data would be lost: 1_made drops the table note .*repeat with --allow-drop shop/);
    expect(told).not.toContain("s3cret");
    expect(() => assertNamed(url, undefined, () => [])).not.toThrow();
    expect(() => assertNamed(url, "shop", losses)).not.toThrow();
  });

  it("must be its own, whatever is lost", () => {
    for (const name of ["", "Shop", "shop2", "true"])
      expect(refusal(() => assertNamed(url, name, () => []))).toContain(`the database is called shop, and --allow-drop names "${name}"`);
  });

  it("is not wanted on this machine", () => {
    for (const here of ["sqlite:./app.db", "postgresql://localhost/shop"]) expect(() => assertNamed(here, undefined, losses)).not.toThrow();
  });
});
