/**
 * Finds and imports the optional client libraries. Layer 4.
 * Versions are read from package.json without loading the library: a version that does not fit this Node can crash it.
 */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UsageError } from "../errors.ts";

/** A client library: its package, the oldest version that is safe to use, and how to install it. */
export interface Library {
  readonly name: string;
  readonly floor: readonly [number, number, number];
  /** Why this version cannot run here, or null. */
  readonly refuses?: (version: readonly [number, number, number]) => string | null;
  readonly install: string;
}

const nodeMajor = Number(process.versions.node.split(".")[0]);

export const LIBRARIES = {
  pg: { name: "pg", floor: [8, 21, 0], install: "npm install pg" },
  pglite: { name: "@electric-sql/pglite", floor: [0, 3, 0], install: "npm install @electric-sql/pglite" },
  mysql2: { name: "mysql2", floor: [3, 23, 1], install: "npm install mysql2" },
  sqlite3: { name: "sqlite3", floor: [5, 1, 5], install: "npm install sqlite3" },
  "better-sqlite3": {
    name: "better-sqlite3",
    floor: [12, 0, 0],
    refuses: ([major]) => (major >= 13 && nodeMajor < 22 ? `needs Node 22 or newer, this is Node ${nodeMajor}` : null),
    install: nodeMajor < 22 ? "npm install better-sqlite3@12" : "npm install better-sqlite3",
  },
} as const satisfies Readonly<Record<string, Library>>;

/** `ok`, or why the library cannot be used: `missing`, or a sentence about its version. */
export type LibraryState = { readonly kind: "ok" } | { readonly kind: "missing" } | { readonly kind: "unfit"; readonly reason: string };

/**
 * Looks a library up without loading it.
 * @param from - the file or directory URL whose node_modules are searched.
 */
export function libraryState(library: Library, from: string = import.meta.url): LibraryState {
  const text = installedVersion(library.name, from);
  if (text === null) return { kind: "missing" };
  const [major = 0, minor = 0, patch = 0] = text.split(/[.+-]/).map(Number);
  const [a, b, c] = library.floor;
  if (major !== a ? major < a : minor !== b ? minor < b : patch < c) {
    return { kind: "unfit", reason: `is version ${text}, kakaorm needs ${library.floor.join(".")} or newer` };
  }
  const refusal = library.refuses?.([major, minor, patch]) ?? null;
  return refusal === null ? { kind: "ok" } : { kind: "unfit", reason: `version ${text} ${refusal}` };
}

/** @throws {UsageError} naming the install command when the library is absent or its version does not fit. */
export function requireLibrary(library: Library, from?: string): void {
  const state = libraryState(library, from);
  if (state.kind === "ok") return;
  const problem = state.kind === "missing" ? "is not installed" : state.reason;
  throw new UsageError(`The database driver needs the package ${library.name}, which ${problem}`, { hint: `run: ${library.install}` });
}

/** Imports a package by name. The name is not a literal, so that bundlers and type checkers leave optional peers alone. */
export async function importLibrary(library: Library): Promise<unknown> {
  requireLibrary(library);
  const loaded: unknown = await import(library.name);
  return loaded;
}

/** The member of a module, or of its default export: CommonJS libraries show their names in either place. */
export function member(module: unknown, name: string): unknown {
  for (const holder of [module, property(module, "default")]) {
    const value = property(holder, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function property(holder: unknown, name: string): unknown {
  return (typeof holder === "object" && holder !== null) || typeof holder === "function" ? Reflect.get(holder, name) : undefined;
}

function installedVersion(name: string, from: string): string | null {
  const require = createRequire(from);
  for (const directory of require.resolve.paths(name) ?? []) {
    const version = versionIn(join(directory, name, "package.json"), name);
    if (version !== null) return version;
  }
  // Installations without node_modules directories: ask the resolver for the entry and walk up to its package.json.
  let directory: string;
  try {
    directory = dirname(require.resolve(name));
  } catch {
    // Not resolvable is the answer here, not a failure.
    return null;
  }
  for (; directory !== dirname(directory); directory = dirname(directory)) {
    const version = versionIn(join(directory, "package.json"), name);
    if (version !== null) return version;
  }
  return null;
}

function versionIn(file: string, name: string): string | null {
  if (!existsSync(file)) return null;
  const data: unknown = JSON.parse(readFileSync(file, "utf8"));
  const version = property(data, "version");
  return property(data, "name") === name && typeof version === "string" ? version : null;
}
