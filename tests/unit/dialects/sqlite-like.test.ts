/** `startsWith`, `contains`, `endsWith` and `like` on SQLite against JavaScript's own, in files of every encoding. */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { connect, int, lower, Model, str } from "../../../src/index.ts";

class Word extends Model("like_word", { id: int().primaryKey(), text: str(), other: str() }, { indexes: (w) => [[w.text]] }) {}

/** Neighbours in the order of bytes, of code points and of UTF-16 units; marks that a pattern gives a meaning. */
const marks = [
  "a",
  "b",
  "B",
  "z",
  "!",
  "%",
  "_",
  "*",
  "?",
  "[",
  "]",
  "^",
  "\\",
  "'",
  "ÿ",
  "Ā",
  "š",
  "\ud7ff",
  "\ue000",
  "\uffff",
  "😀",
  "𐀀",
  "\u{10ffff}",
];
const text = fc.string({ unit: fc.constantFrom(...marks), maxLength: 4 });

interface File {
  pragma(text: string): unknown;
  exec(sql: string): unknown;
  close(): void;
}
// The library brings no types.
const Database = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => File;

const folder = mkdtempSync(join(tmpdir(), "kaka_like_"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function filled(encoding: string, texts: readonly string[]) {
  const path = join(folder, `${encoding}-${Math.random()}.db`);
  const file = new Database(path);
  file.pragma(`encoding = '${encoding}'`);
  file.exec("create table seed (a int)");
  file.close();
  const db = await connect(`sqlite:${path}`, { name: path });
  await db.createTable(Word);
  await Word.using(db).bulkCreate(texts.map((each, i) => ({ id: i + 1, text: each, other: each })));
  return db;
}

describe.each(["UTF-8", "UTF-16le", "UTF-16be"])("a file in %s", (encoding) => {
  it("finds what JavaScript finds, indexed or not, negated too", async () => {
    const run = async (texts: readonly string[], parts: readonly string[]) => {
      await using db = await filled(encoding, texts);
      const words = Word.using(db);
      for (const part of parts) {
        const expected = (test: (each: string) => boolean) => texts.flatMap((each, i) => (test(each) ? [i + 1] : []));
        const ids = async (query: PromiseLike<readonly { id: number }[]>) => (await query).map(({ id }) => id);
        for (const column of ["text", "other"] as const) {
          const starts = words.where((w) => w[column].startsWith(part)).orderBy((w) => w.id);
          expect(await ids(starts), `${column} starts with ${part}`).toEqual(expected((each) => each.startsWith(part)));
          const not = words.where((w) => w[column].startsWith(part).not()).orderBy((w) => w.id);
          expect(await ids(not), `${column} does not start with ${part}`).toEqual(expected((each) => !each.startsWith(part)));
          const has = words.where((w) => w[column].contains(part)).orderBy((w) => w.id);
          expect(await ids(has), `${column} contains ${part}`).toEqual(expected((each) => each.includes(part)));
          const ends = words.where((w) => w[column].endsWith(part)).orderBy((w) => w.id);
          expect(await ids(ends), `${column} ends with ${part}`).toEqual(expected((each) => each.endsWith(part)));
          const upper = words.where((w) => lower(w[column]).startsWith(part)).orderBy((w) => w.id);
          const lowered = (each: string) => each.replaceAll("B", "b").startsWith(part);
          expect(await ids(upper), `lower ${column} starts with ${part}`).toEqual(expected(lowered));
        }
      }
    };
    await run(
      [...marks, ...marks.flatMap((mark) => [`a${mark}`, `${mark}a`, `a${mark}b`]), ""],
      ["", ...marks, ...marks.map((mark) => `a${mark}`)],
    );
    const any = fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 30 }), fc.array(text, { minLength: 1, maxLength: 6 }), run);
    await fc.assert(any, { numRuns: 25 });
  });

  it("looks a beginning up in the index", async () => {
    await using db = await filled(encoding, marks);
    const plan = await Word.using(db)
      .where((w) => w.text.startsWith("a"))
      .explain();
    expect(JSON.stringify(plan)).toContain(encoding === "UTF-8" ? "(text>? AND text<?)" : "like_word");
  });
});

it("is not put off by a column that ignores case", async () => {
  await using db = await connect("sqlite::memory:", { name: "like nocase" });
  await db.execute`create table like_word (id integer primary key, text text not null collate nocase, other text not null)`;
  const words = Word.using(db);
  await words.bulkCreate(["ab", "AB", "aB", "b"].map((each, i) => ({ id: i + 1, text: each, other: each })));
  expect(await words.where((w) => w.text.startsWith("a")).orderBy((w) => w.id)).toMatchObject([{ id: 1 }, { id: 3 }]);
  expect(await words.where((w) => w.text.contains("B")).orderBy((w) => w.id)).toMatchObject([{ id: 2 }, { id: 3 }]);
});
