/** Files from hostile schemas, the order of operations, and what is asked. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { applyAll } from "../../../migrations/apply.ts";
import { diffStates } from "../../../migrations/diff.ts";
import { stateOfModels } from "../../../migrations/from-models.ts";
import { loadMigrations } from "../../../migrations/loader.ts";
import { makeMigration } from "../../../migrations/make.ts";
import { comment, createTable, type Operation } from "../../../migrations/operations.ts";
import { replay } from "../../../migrations/plan.ts";
import { optimise } from "../../../migrations/squash.ts";
import { canonical, emptyState, type SchemaState } from "../../../migrations/state.ts";
import { printMigration, writeMigration } from "../../../migrations/writer.ts";
import { ArchiveModel, foreignKey, int, Model, SoftDeleteModel, str } from "../../../src/index.ts";
import { stateOf } from "../../migrations/pairs.ts";
import { changedSchema, randomFrom, randomSchema } from "../../migrations/random-schema.ts";

const folder = mkdtempSync(join(tmpdir(), "kaka_files_"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const naming = { column: null };
const plain = (state: SchemaState): string => canonical([...state.values()]);

describe("migration files", () => {
  it("hold what stands in a schema as data, whatever it is", async () => {
    const hostile = [
      ["$", "{globalThis.kaka = 1}"].join(""),
      "`;throw 1;`",
      "*/ throw 1 /*",
      "\u2028throw 1",
      "'\"\\",
      "__proto__",
      "</script>",
      "// x\nthrow 1",
    ];
    const table = (text: string): Operation[] => [
      createTable("t", {
        columns: [{ name: text, type: "text", default: text, comment: text }],
        comment: text,
        checks: [{ name: text, condition: { sql: text } }],
      }),
      comment("t", text),
    ];
    const texts = [...hostile, ...fc.sample(fc.string({ minLength: 1, unit: "grapheme" }), { numRuns: 60, seed: 3 })].filter((text) =>
      text.isWellFormed(),
    );
    for (const [i, text] of texts.entries()) {
      const home = join(folder, `hostile_${i}`);
      writeMigration(home, "1_a", printMigration({ parents: [], operations: table(text) }, [text]));
      const [file] = await loadMigrations(home);
      expect(file?.operations).toEqual(table(text));
    }
    expect("kaka" in globalThis).toBe(false);
  });

  it("stay in their folder", () => {
    for (const name of ["../x", "a/b", "", "a b", "..", "x\0"]) expect(() => writeMigration(join(folder, "in"), name, "")).toThrow();
    const made = makeMigration([], stateOf(randomSchema(randomFrom(1), "sqlite")), { name: "../../../etc/passwd" });
    expect(made.kind === "file" && made.name).toMatch(/^\d{14}_etc_passwd$/);
  });

  it("lead to the models, and a second look finds nothing", async () => {
    for (let seed = 0; seed < 40; seed++) {
      const r = randomFrom(seed);
      const wanted = stateOf(randomSchema(r, "postgres"));
      const made = makeMigration([], wanted, { now: new Date(0) });
      if (made.kind !== "file") throw new Error(made.kind);
      const again = makeMigration([], wanted, { now: new Date(0) });
      expect(again).toEqual(made);
      const home = join(folder, `pair_${seed}`);
      writeMigration(home, made.name, made.text);
      const files = await loadMigrations(home);
      expect(plain(replay(files))).toBe(plain(wanted));
      expect(makeMigration(files, wanted).kind).toBe("nothing");
    }
  });

  it("accept SQL in its plain form, and plain JavaScript", async () => {
    const home = join(folder, "plain");
    writeMigration(
      home,
      "1_typed",
      'export const up: string[] = ["create table a (id int)"];\nexport const down: string[] = ["drop table a"];\n',
    );
    writeFileSync(join(home, "2_js.mjs"), 'export const up = ["create table b (id int)"];\n');
    const files = await loadMigrations(home);
    expect(files.map(({ name, parents }) => [name, parents])).toEqual([
      ["1_typed", []],
      ["2_js", ["1_typed"]],
    ]);
    expect(files[0]?.operations).toEqual([{ op: "runSql", up: ["create table a (id int)"], down: ["drop table a"] }]);
    writeFileSync(join(home, "3_none.mjs"), "export const sideways = [];\n");
    await expect(loadMigrations(home)).rejects.toThrow(/3_none is no migration/);
  });
});

describe("the autodetector", () => {
  class Author extends Model("author", { name: str() }) {}
  class Post extends SoftDeleteModel("post", { title: str().unique(), authorId: foreignKey(() => Author) }) {}
  class Log extends ArchiveModel("log", { text: str() }) {}

  it("knows archive tables and uniques among live rows, and creates in order of dependency", () => {
    const state = stateOfModels([Post, Log, Author], naming);
    const { operations } = diffStates(emptyState, state);
    expect(operations.map((operation) => "table" in operation && operation.table)).toEqual(["author", "post", "log", "archive_log"]);
    expect([...state.values()].find(({ name }) => name === "post")?.uniques[0]).toMatchObject({ among: { kind: "isNull" } });
  });

  it("asks about what may be a rename, and never guesses", () => {
    class Renamed extends Model("author", { label: str() }) {}
    const [from, to] = [stateOfModels([Author], naming), stateOfModels([Renamed], naming)];
    expect(diffStates(from, to).questions).toEqual([{ kind: "column", table: "author", from: "name", candidates: ["label"] }]);
    expect(diffStates(from, to, { columns: { "author.name": "label" } }).operations).toEqual([
      { op: "renameColumn", table: "author", column: "name", to: "label" },
    ]);
    // Of the same kind, and longer: the one may have become the other.
    class Longer extends Model("author", { label: str({ length: 300 }), rank: int() }) {}
    const longer = stateOfModels([Longer], naming);
    expect(diffStates(from, longer).questions[0]).toEqual({ kind: "column", table: "author", from: "name", candidates: ["label"] });
    expect(diffStates(from, longer, { columns: { "author.name": "label" }, defaults: { "author.rank": "1" } }).operations).toMatchObject([
      { op: "renameColumn", column: "name", to: "label" },
      { op: "addColumn", column: { name: "rank" }, fill: 1 },
      { op: "alterColumn", column: "label", change: { type: { length: 300 } } },
    ]);
    const apart = diffStates(from, to, { columns: { "author.name": null } });
    expect(apart.questions).toEqual([{ kind: "default", table: "author", column: "label", type: "string" }]);
    class Writer extends Model("writer", { name: str() }) {}
    expect(diffStates(from, stateOfModels([Writer], naming)).questions).toEqual([
      { kind: "table", from: "author", candidates: ["writer"] },
    ]);
  });

  it("alters a column instead of dropping it", () => {
    class Longer extends Model("author", { name: str({ length: 300 }) }) {}
    const { operations } = diffStates(stateOfModels([Author], naming), stateOfModels([Longer], naming));
    expect(operations).toEqual([{ op: "alterColumn", table: "author", column: "name", change: { type: { type: "string", length: 300 } } }]);
  });

  it("takes foreign keys off while the type of their columns changes", () => {
    class Key extends Model("key", { id: int().primaryKey() }) {}
    class Ref extends Model("ref", { keyId: foreignKey(() => Key) }) {}
    class WideKey extends Model("key", { id: str().primaryKey() }) {}
    class WideRef extends Model("ref", { keyId: foreignKey(() => WideKey) }) {}
    const { operations } = diffStates(stateOfModels([Key, Ref], naming), stateOfModels([WideKey, WideRef], naming));
    expect(operations.map(({ op }) => op)).toEqual(["dropForeignKey", "alterColumn", "alterColumn", "addForeignKey"]);
  });

  it("names its operations before any model is refused: 40 destructive changes without and with leave", () => {
    let refused = 0;
    for (let seed = 0; refused < 40; seed++) {
      const r = randomFrom(seed);
      const tables = randomSchema(r, "postgres");
      const files = [
        {
          name: "1",
          path: "",
          checksum: "",
          parents: [],
          operations: diffStates(emptyState, stateOf(tables)).operations,
          replaces: [],
          transaction: true,
        },
      ];
      const less = stateOf(tables.slice(0, -1));
      const hints = { tables: Object.fromEntries(tables.map(({ name }) => [name, null])) };
      const made = makeMigration(files, less, { hints });
      expect(made.kind).toBe("destroys");
      expect(makeMigration(files, less, { hints, allowDrop: true }).kind).toBe("file");
      refused++;
    }
  });
});

describe("squashing", () => {
  it("leads to the same tables with no more operations", () => {
    for (let seed = 0; seed < 60; seed++) {
      const r = randomFrom(seed);
      const a = randomSchema(r, "postgres");
      const b = changedSchema(r, a, "postgres");
      const first = diffStates(emptyState, stateOf(a)).operations;
      const hints = { columns: {}, tables: Object.fromEntries(a.map(({ name }) => [name, null])) };
      const second = diffStates(stateOf(a), stateOf(b), hints);
      const all = [...first, ...second.operations];
      const short = optimise(all);
      expect(short.length).toBeLessThanOrEqual(all.length);
      const sorted = (operations: readonly Operation[]): string =>
        canonical(
          [...applyAll(emptyState, operations).values()]
            .map((table) => canonical({ ...table, foreignKeys: [...table.foreignKeys].sort((x, y) => (x.name < y.name ? -1 : 1)) }))
            .sort(),
        );
      expect(sorted(short)).toBe(sorted(all));
    }
  });
});

it("leaves nothing beside its files", () => {
  expect(readdirSync(dirname(join(folder, "x"))).every((name) => /^(?:hostile|pair)_\d+$|^plain$|^in$/.test(name))).toBe(true);
});
