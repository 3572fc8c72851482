/** What a model is declared with beside its columns, checked as it is declared. Layer 6. */
import { UsageError } from "../errors.ts";
import { suggestion } from "../util/suggest.ts";
import type { ColumnBuilder } from "./columns.ts";

export interface TableOptions {
  readonly indexes?: (columns: never) => unknown;
  readonly uniques?: (columns: never) => unknown;
  readonly checks?: (columns: never) => unknown;
  readonly foreignKeys?: readonly ForeignKeyDeclaration[];
  readonly orderBy?: (columns: never) => unknown;
  readonly comment?: string;
  readonly cascade?: readonly string[];
  readonly discriminator?: string;
  readonly schema?: string;
  readonly rebase?: RebaseOptions;
  readonly naming?: "snake_case" | "preserve" | ((property: string) => string);
}
export interface ForeignKeyDeclaration {
  readonly on: readonly string[];
  readonly target: (() => unknown) | string;
  readonly references?: readonly string[];
  readonly onDelete?: string;
  readonly onUpdate?: string;
  readonly name?: string;
}

/** What becomes of a save that finds its row changed by others. */
export interface RebaseOptions {
  readonly disjoint?: boolean;
  /** By column: how far a change may go that is added to what others have made of the number. */
  readonly deltas?: Readonly<Record<string, unknown>>;
}

const optionNames: ReadonlySet<string> = new Set([
  "indexes",
  "uniques",
  "checks",
  "foreignKeys",
  "orderBy",
  "comment",
  "schema",
  "naming",
  "cascade",
  "discriminator",
  "rebase",
]);

/** What models of one kind have in common beside columns. */
export interface Behaviour {
  /** Standing conditions by name: every query of the model has them unless it says otherwise. */
  readonly scopes: Readonly<Record<string, (columns: never) => unknown>>;
  /** Columns that came with them. */
  readonly pinned: readonly string[];
  /** What deleting a row does: removes it, marks it, or moves it to the archive. */
  readonly deletion: "remove" | "soft" | "archive";
  /** The column that counts the changes of a row, which is declared with `version()`; null: none does. */
  readonly version: string | null;
}
export const plainBehaviour: Behaviour = { scopes: {}, pinned: [], deletion: "remove", version: null };

/** @throws UsageError with the nearest name */
export function assertOptions(table: string, options: TableOptions): void {
  for (const option of Object.keys(options)) {
    if (!optionNames.has(option))
      throw new UsageError(`model "${table}": unknown option ${option}`, { hint: suggestion(option, [...optionNames]) });
  }
}

type Builders = ReadonlyMap<string, ColumnBuilder>;

/** @throws UsageError where there are two */
export function versionProperty(table: string, builders: Builders): string | null {
  const found = [...builders].filter(([, { declaration }]) => declaration.version).map(([property]) => property);
  if (found.length > 1) throw new UsageError(`model "${table}": ${found.join(" and ")} both count the changes of a row`);
  return found[0] ?? null;
}

const numbers: ReadonlySet<string> = new Set(["int", "bigint", "float", "decimal"]);

/** @throws UsageError for what could only be found wrong at the first conflict */
export function assertRebase(table: string, builders: Builders, version: string | null, rebase: RebaseOptions | undefined): void {
  if (rebase === undefined) return;
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`model "${table}": rebase ${what}`, { hint });
  };
  if (version === null) refuse("is for models that count their changes", "use VersionedModel, or a version() column");
  for (const key of Object.keys(rebase))
    if (key !== "disjoint" && key !== "deltas") refuse(`has no option ${key}`, "known: disjoint, deltas");
  const { disjoint = false, deltas = {} } = rebase;
  if (typeof disjoint !== "boolean") refuse("takes true or false for disjoint", "write { disjoint: true }");
  for (const [property, limit] of Object.entries(deltas)) {
    const codec = builders.get(property)?.declaration.codec ?? null;
    if (codec === null || !numbers.has(codec.family) || property === version || builders.get(property)?.declaration.primaryKey)
      refuse(`has a delta for ${property}, which is no number of the model`, "name columns of numbers that are no keys");
    const accepted = codec?.accept(limit, `rebase.deltas.${property}`);
    if (typeof accepted === "string" ? /^-|^[0.]+$/.test(accepted) : !((accepted as number) > 0))
      refuse(`takes a limit above 0 for ${property}`, "it is how far one change may go, in either direction");
  }
}
