/** The rows that every adapter reads and writes, and the table they live in. */

export const READ_TABLE = "kaka_bench_read";
export const WRITE_TABLE = "kaka_bench_write";
export const SEEDED = 1000;

/** One row without its key. */
export interface Values {
  title: string;
  body: string;
  views: number;
  score: number;
  published: boolean;
  note: string | null;
  createdAt: Date;
}

/** A row in the one form in which the answers of all adapters are compared. */
export type PlainRow = Omit<Values, "createdAt"> & { id: number; createdAt: string };

export const COLUMNS = ["title", "body", "views", "score", "published", "note", "created_at"] as const;

export function valuesOf(n: number): Values {
  return {
    title: `A title of row ${n}`,
    body: `${n}: ${"some words that fill a line, äöü; ".repeat(4)}`,
    views: (n * 7919) % 10_007,
    score: (n % 97) / 8,
    published: n % 3 !== 0,
    note: n % 4 === 0 ? null : `note ${n % 50}`,
    createdAt: new Date(Date.UTC(2024, 0, 1) + n * 61_001),
  };
}

export function plainOf(id: number, values: Values): PlainRow {
  return { ...values, id, createdAt: values.createdAt.toISOString() };
}

/** What a client library gave, in the comparable form: keys as text, flags as numbers and instants as text are its choice. */
export function plainRow(row: object): PlainRow {
  const raw = row as Record<string, unknown>;
  const at = raw["createdAt"] ?? raw["created_at"];
  return {
    id: Number(raw["id"]),
    title: String(raw["title"]),
    body: String(raw["body"]),
    views: Number(raw["views"]),
    score: Number(raw["score"]),
    published: Boolean(raw["published"]),
    note: raw["note"] === null ? null : String(raw["note"]),
    createdAt: at instanceof Date ? at.toISOString() : new Date(String(at)).toISOString(),
  };
}
