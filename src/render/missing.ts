/** What a server lacks, in words: the trait's name and what to do instead. Layer 3. */
import { UnsupportedError } from "../errors.ts";
import type { Traits } from "./traits.ts";

export function noRegularExpressions({ label }: Traits): UnsupportedError {
  return new UnsupportedError(`${label} has no regular expressions here (trait regularExpressions)`, {
    hint: "use like(), contains() or startsWith(); SQLite has them with better-sqlite3 and node:sqlite",
  });
}

export function noGrouping({ label }: Traits): UnsupportedError {
  return new UnsupportedError(`${label} has no GROUPING (trait grouping)`, {
    hint: "a subtotal's key is null: keep rows with a NULL of their own apart with coalesce()",
  });
}

export function noListsOverWindows({ label }: Traits): UnsupportedError {
  return new UnsupportedError(`${label} puts no lists together over a window (trait listsOverWindows)`, {
    hint: "group the rows instead, and join the groups",
  });
}

export function noAggregateOrder({ label }: Traits): UnsupportedError {
  return new UnsupportedError(`${label} has no ORDER BY inside aggregates (trait aggregateOrder)`, {
    hint: "order the rows of the query and put the values together yourself",
  });
}
