/** Few rows with nulls, a model with an order of its own, a key of two columns, and an empty table. */
import { date, decimal, foreignKey, int, Model, str } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

export class Book extends Model(
  "q_book",
  {
    title: str(),
    pages: int().nullable(),
    price: decimal({ precision: 8, scale: 2 }).nullable(),
    printed: date().nullable(),
    secret: str().default("s").hidden(),
  },
  { orderBy: (book) => [book.title.desc()] },
) {}
export class Place extends Model("q_place", {
  row: int().primaryKey(),
  seat: str({ length: 2 }).primaryKey(),
  bookId: foreignKey(() => Book).nullable(),
}) {}
export class Void extends Model("q_void", { id: int().primaryKey(), n: int().nullable() }) {}

export const books = [
  { title: "b", pages: 300, price: "10.00", printed: "2001-01-01" },
  { title: "a", pages: null, price: null, printed: null },
  { title: "d", pages: 100, price: "7.50", printed: "1999-05-05" },
  { title: "c", pages: 200, price: "10.00", printed: "2020-12-31" },
  { title: "e", pages: null, price: "0.01", printed: "2001-01-01" },
];

export async function createBooks(t: TargetContext): Promise<void> {
  await t.engine().createTable(Book, Place, Void);
  // One by one: their numbers follow this order.
  for (const book of books) await Book.using(t.engine()).create(book);
  await Place.using(t.engine()).bulkCreate([
    { row: 1, seat: "a", bookId: 1 },
    { row: 1, seat: "b" },
    { row: 2, seat: "a" },
  ]);
}

export function dropBooks(t: TargetContext): Promise<void> {
  return t.engine().dropTable(Book, Place, Void);
}
