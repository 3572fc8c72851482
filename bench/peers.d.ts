/** The parts of untyped packages that the bench uses. */
declare module "pg-cursor" {
  class Cursor {
    constructor(text: string, values: unknown[]);
    submit: (connection: import("pg").Connection) => void;
    read(rows: number): Promise<{ readonly quantity: number }[]>;
    close(): Promise<void>;
  }
  export = Cursor;
}

declare module "better-sqlite3" {
  interface Statement {
    get(...values: unknown[]): unknown;
    all(...values: unknown[]): unknown[];
    run(...values: unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  }
  class Database {
    constructor(path: string);
    pragma(text: string): unknown;
    prepare(sql: string): Statement;
    exec(sql: string): void;
    transaction(work: () => void): () => void;
    close(): void;
  }
  export = Database;
}
