/** The pinned table: what each target can do. A change of a trait must be meant, so it is written here too. */
import type { Traits } from "../../src/render/traits.ts";

export const pinnedTraits = [
  "quote",
  "rowAliases",
  "insertReturning",
  "nullsOrdering",
  "nullsSort",
  "rowLocks",
  "partialIndexes",
  "arrays",
  "maxNameLength",
  "emptyInsert",
] as const satisfies readonly (keyof Traits)[];

export type Capabilities = Pick<Traits, (typeof pinnedTraits)[number]>;

const postgres: Capabilities = {
  quote: '"',
  rowAliases: false,
  insertReturning: true,
  nullsOrdering: true,
  nullsSort: "last",
  rowLocks: "clause",
  partialIndexes: true,
  arrays: true,
  maxNameLength: 63,
  emptyInsert: "default values",
};

const mysql: Capabilities = {
  quote: "`",
  rowAliases: true,
  insertReturning: false,
  nullsOrdering: false,
  nullsSort: "first",
  rowLocks: "clause",
  partialIndexes: false,
  arrays: false,
  maxNameLength: 64,
  emptyInsert: "() values ()",
};

const sqlite: Capabilities = {
  quote: "`",
  rowAliases: false,
  insertReturning: true,
  nullsOrdering: true,
  nullsSort: "first",
  rowLocks: "lease",
  partialIndexes: true,
  arrays: false,
  maxNameLength: 63,
  emptyInsert: "default values",
};

export const capabilities = {
  sqlite,
  /** This client library delivers objects. */
  sqlite3: { ...sqlite, rowAliases: true },
  postgres,
  mysql,
  mariadb: { ...mysql, insertReturning: true },
} satisfies Readonly<Record<string, Capabilities>>;
