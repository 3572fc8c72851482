/** The part of better-sqlite3 that the bench uses; the package brings no types. */
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
