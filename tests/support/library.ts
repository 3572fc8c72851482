/** The rows of the library, and what its statements are compared by. */
import type { Engine } from "../../src/index.ts";
import { Book, Country, libraryTables, Note, Profile, Publisher, Shelf, tenant, Writer } from "./library-models.ts";

/** ada: Norway, a bio; bob: nowhere, a bio; gone: deleted. The fifth book is nobody's. */
export async function fillLibrary(engine: Engine): Promise<void> {
  await engine.createTable(...libraryTables);
  const norway = await Country.using(engine).create({ name: "Norway" });
  const [ada, bob, gone] = (await Writer.using(engine).bulkCreate([
    { name: "Ada", rating: 5, countryId: norway.id },
    { name: "Bob", rating: 3 },
    { name: "Gone", rating: 9, countryId: norway.id },
  ])) as [Writer, Writer, Writer];
  await Profile.using(engine).bulkCreate([
    { bio: "A maths", writerId: ada.id },
    { bio: "B prose", writerId: bob.id },
    { bio: "A ghost", writerId: gone.id },
  ]);
  const [hall, cellar] = (await Shelf.using(engine).bulkCreate([{ label: "hall" }, { label: "cellar" }])) as [Shelf, Shelf];
  const ours = await Publisher.using(engine).create({ name: "ours" });
  tenant.current = 2;
  const theirs = await Publisher.using(engine).create({ name: "theirs" });
  tenant.current = 1;
  const books = Book.using(engine);
  const one = await books.create({ title: "one", pages: 10, writerId: ada.id, editorId: bob.id, shelfId: hall.id, publisherId: ours.id });
  await books.bulkCreate([
    { title: "two", pages: 20, writerId: ada.id, editorId: ada.id, shelfId: cellar.id, publisherId: theirs.id, sequelOfId: one.id },
    { title: "three", pages: 30, writerId: bob.id },
    { title: "four", pages: 40, writerId: gone.id },
    { title: "five", pages: 50 },
  ]);
  await gone.delete();
  await cellar.delete();
}

export async function dropLibrary(engine: Engine): Promise<void> {
  await engine.dropTable(Note, Book, Publisher, Shelf, Profile, Writer, Country);
}

/** The text without marks around names, names of selected values and the prefix of the tables. */
export function bare(sql: string): string {
  return sql
    .replaceAll(/["`]/g, "")
    .replaceAll(/ as c\d+/g, "")
    .replaceAll("tr_", "")
    .replaceAll(/\$\d+/g, "?");
}

/** What the statement joins, in this order. */
export function joinsOf(sql: string): string[] {
  return [...bare(sql).matchAll(/ left join (\w+)/g)].map(([, table]) => String(table));
}
