/** How many statements each operation sends: what must not grow unnoticed, on any database. */
import { afterAll, beforeEach, expect, it } from "vitest";
import { foreignKey, int, Model, str } from "../../src/index.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Shelf extends Model("count_shelf", { name: str() }) {
  get books() {
    return this.hasMany(Book, (book) => book.shelfId);
  }
}
class Book extends Model("count_book", { title: str().unique(), pages: int().default(1), shelfId: foreignKey(() => Shelf) }) {}

export function suite(t: TargetContext): void {
  const Shelves = () => Shelf.using(t.engine());
  const Books = () => Book.using(t.engine());
  let shelf: Shelf;

  beforeEach(async () => {
    await t.engine().dropTableIfExists(Shelf, Book);
    await t.engine().createTable(Shelf, Book);
    shelf = await Shelves().create({ name: "first" });
    await Books().bulkCreate([
      { title: "a", shelfId: shelf.id },
      { title: "b", shelfId: shelf.id },
    ]);
  });

  afterAll(() => t.engine().dropTable(Shelf, Book));

  const counted = async (work: () => unknown): Promise<string[]> => (await sentBy(t.engine(), work)).map(({ operation }) => operation);

  it.each<[string, () => PromiseLike<unknown>, string[]]>([
    ["find", () => Books().find(1), ["select"]],
    ["first", () => Books().where({ pages: 1 }).first(), ["select"]],
    ["count", () => Books().count(), ["select"]],
    ["create", () => Books().create({ title: "c", shelfId: 1 }), ["insert"]],
    ["bulkCreate", () => Books().bulkCreate([1, 2, 3].map((n) => ({ title: `${n}`, shelfId: 1 }))), ["insert"]],
    ["update of a query", () => Books().where({ pages: 1 }).update({ pages: 2 }), ["update"]],
    ["delete of a query", () => Books().where({ pages: 1 }).delete(), ["delete"]],
    ["prefetch", () => Shelves().all().prefetch("books"), ["select", "select"]],
    ["keyset", () => Books().all().keyset({ limit: 10 }), ["select"]],
    ["paginate", () => Books().all().paginate({ page: 1, perPage: 10 }), ["select", "select"]],
  ])("%s", async (_, work, expected) => {
    expect(await counted(work)).toEqual(expected);
  });

  it("save sends one update, and none when nothing changed", async () => {
    shelf.name = "second";
    expect(await counted(() => shelf.save())).toEqual(["update"]);
    expect(await counted(() => shelf.save())).toEqual([]);
  });

  it("a transaction adds its two ends", async () => {
    const work = () => t.engine().transaction(() => Books().find(1));
    const sent = await counted(work);
    expect(sent.filter((operation) => operation !== "transaction")).toEqual(["select"]);
    expect(sent.length).toBeLessThanOrEqual(4);
  });
}
