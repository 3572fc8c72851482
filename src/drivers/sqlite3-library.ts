/**
 * What we use of the package sqlite3, described structurally, with promises. Layer 4.
 */

import type { RawRow } from "./driver.ts";

export interface RunResult {
  readonly changes: number;
  readonly lastID: number;
}

/** In the callbacks `this` is the statement: it carries the counters. */
export interface Sqlite3Statement {
  all(params: readonly unknown[], callback: (error: unknown, rows?: readonly Record<string, unknown>[]) => void): unknown;
  get(params: readonly unknown[], callback: (error: unknown, row?: Record<string, unknown>) => void): unknown;
  get(callback: (error: unknown, row?: Record<string, unknown>) => void): unknown;
  run(params: readonly unknown[], callback: (this: RunResult, error: unknown) => void): unknown;
  finalize(callback: () => void): unknown;
}

export interface Sqlite3Database {
  prepare(sql: string, callback: (error: unknown) => void): Sqlite3Statement;
  interrupt(): void;
  close(callback: (error: unknown) => void): void;
}

export function prepareStatement(database: Sqlite3Database, sql: string): Promise<Sqlite3Statement> {
  return new Promise((resolve, reject) => {
    const statement: Sqlite3Statement = database.prepare(sql, (error) => (error ? reject(error) : resolve(statement)));
  });
}

export function runStatement(statement: Sqlite3Statement, params: readonly unknown[]): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    statement.run(params, function (error) {
      if (error) reject(error);
      else resolve({ changes: this.changes, lastID: this.lastID });
    });
  });
}

export function allOf(statement: Sqlite3Statement, params: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return new Promise((resolve, reject) => {
    statement.all(params, (error, rows) => (error ? reject(error) : resolve(rows ?? [])));
  });
}

/** The next row: with `params` the first one, without the one after the row before. Undefined after the last. */
export function step(statement: Sqlite3Statement, params: readonly unknown[] | null): Promise<RawRow | undefined> {
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, row?: Record<string, unknown>): void => (error ? reject(error) : resolve(row));
    if (params === null) statement.get(callback);
    else statement.get(params, callback);
  });
}

export function finalizeStatement(statement: Sqlite3Statement): Promise<void> {
  return new Promise((resolve) => {
    statement.finalize(() => resolve());
  });
}

/** Prepares, runs and finalizes. */
export async function allRows(database: Sqlite3Database, sql: string): Promise<readonly Record<string, unknown>[]> {
  const statement = await prepareStatement(database, sql);
  try {
    return await allOf(statement, []);
  } finally {
    await finalizeStatement(statement);
  }
}
