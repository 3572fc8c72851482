/** What has to be run: the files against the history. */
import { MigrationError } from "../src/errors.ts";
import { applyAll } from "./apply.ts";
import { ancestorsOf, assertOneHead } from "./graph.ts";
import type { LoadedMigration } from "./migration.ts";
import type { Operation } from "./operations.ts";
import { destroyedBy, reverseAll, statesAlong } from "./reverse.ts";
import { emptyState, type SchemaState } from "./state.ts";

/** What the history says of a migration. */
export interface Recorded {
  readonly name: string;
  readonly checksum: string;
  readonly status: string;
  readonly sequence: number;
}

export interface PlannedMigration {
  readonly migration: LoadedMigration;
  readonly direction: "up" | "down";
  readonly operations: readonly Operation[];
  /** The tables before the first of these operations. */
  readonly before: SchemaState;
  /** What is lost by it, one line each. */
  readonly destroys: readonly string[];
}

export interface PlanOptions {
  readonly direction?: "up" | "down" | undefined;
  /** Up: the last migration to apply. Down: the last one to keep; `zero` keeps none. A part of the name that is its own will do. */
  readonly to?: string | undefined;
  /** How many at most; down: 1 unless `to` is given. */
  readonly steps?: number | undefined;
  /** Applies a file although one that follows it was applied. */
  readonly outOfOrder?: boolean | undefined;
}

/** The files that count, given what was applied: a squashed file or those that it stands for. */
export function effective(files: readonly LoadedMigration[], applied: ReadonlySet<string>): LoadedMigration[] {
  const left = new Set<string>();
  for (const { name, replaces } of files) {
    if (replaces.length === 0) continue;
    const done = replaces.filter((old) => applied.has(old));
    const begun = done.length > 0 && done.length < replaces.length && !applied.has(name);
    for (const skipped of begun ? [name] : replaces) left.add(skipped);
  }
  return files.filter(({ name }) => !left.has(name));
}

/** Squashed files whose every original was applied: there is nothing to run, only to note. */
export function squashedAlready(files: readonly LoadedMigration[], applied: ReadonlySet<string>): LoadedMigration[] {
  return files.filter(({ name, replaces }) => replaces.length > 0 && !applied.has(name) && replaces.every((old) => applied.has(old)));
}

/**
 * That files and history tell the same story.
 * @throws MigrationError for a file that was changed or is missing after it was applied
 */
export function checkHistory(files: readonly LoadedMigration[], history: readonly Recorded[]): void {
  const byName = new Map(files.map((file) => [file.name, file]));
  const replaced = new Set(files.flatMap(({ replaces }) => replaces));
  for (const { name, checksum } of history) {
    const file = byName.get(name);
    if (file === undefined) {
      if (replaced.has(name)) continue;
      throw new MigrationError(`the migration ${name} was applied, and its file is missing`, { hint: "restore the file" });
    }
    if (file.checksum !== checksum) {
      throw new MigrationError(`the migration ${name} was changed after it was applied`, {
        hint: "restore the file, and write the change into a new one",
      });
    }
  }
}

/** @throws MigrationError for a name that is none, or is that of several */
export function findMigration(files: readonly LoadedMigration[], wanted: string): LoadedMigration {
  const exact = files.find(({ name }) => name === wanted);
  if (exact !== undefined) return exact;
  const found = files.filter(({ name }) => name.startsWith(wanted) || name.replace(/^\d+_/, "") === wanted);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new MigrationError(found.length === 0 ? `there is no migration ${wanted}` : `several migrations are called ${wanted}`, {
    hint: `there are: ${(found.length === 0 ? files : found).map(({ name }) => name).join(", ") || "none"}`,
  });
}

/** The tables after these files, one after the other. */
export function replay(files: readonly LoadedMigration[]): SchemaState {
  return files.reduce((state, file) => {
    try {
      return applyAll(state, file.operations);
    } catch (error) {
      throw new MigrationError(`${file.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }, emptyState);
}

/** @throws MigrationError when history and files do not fit, or what is asked for cannot be done */
export function planMigrations(files: readonly LoadedMigration[], history: readonly Recorded[], o: PlanOptions = {}): PlannedMigration[] {
  checkHistory(files, history);
  const applied = new Set(history.map(({ name }) => name));
  const own = effective(files, applied);
  for (const { name } of squashedAlready(files, applied)) applied.add(name);
  assertOneHead(own);
  return o.direction === "down" ? planDown(own, history, applied, o) : planUp(own, applied, o);
}

function planUp(files: readonly LoadedMigration[], applied: ReadonlySet<string>, o: PlanOptions): PlannedMigration[] {
  let pending = files.filter(({ name }) => !applied.has(name));
  if (o.outOfOrder !== true) refuseOutOfOrder(files, pending, applied);
  if (o.to !== undefined) {
    const target = findMigration(files, o.to);
    if (applied.has(target.name)) throw new MigrationError(`${target.name} is applied already`, { hint: "go back with --down --to" });
    const wanted = ancestorsOf(target.name, files).add(target.name);
    pending = pending.filter(({ name }) => wanted.has(name));
  }
  if (o.steps !== undefined) pending = pending.slice(0, o.steps);
  const done = new Set(applied);
  return pending.map((migration) => {
    const before = replay(files.filter(({ name }) => done.has(name)));
    done.add(migration.name);
    return { migration, direction: "up", operations: migration.operations, before, destroys: losses(migration.operations) };
  });
}

function refuseOutOfOrder(files: readonly LoadedMigration[], pending: readonly LoadedMigration[], applied: ReadonlySet<string>): void {
  for (const { name } of pending) {
    const later = files.find((file) => applied.has(file.name) && ancestorsOf(file.name, files).has(name));
    if (later === undefined) continue;
    throw new MigrationError(`${name} is not applied, and ${later.name}, which follows it, is`, {
      hint: "give the new file the last one as its parent, or run with --out-of-order",
    });
  }
}

function planDown(
  files: readonly LoadedMigration[],
  history: readonly Recorded[],
  applied: ReadonlySet<string>,
  o: PlanOptions,
): PlannedMigration[] {
  const order = new Map(history.map(({ name, sequence }) => [name, sequence]));
  const done = files.filter(({ name }) => applied.has(name));
  // What was applied last goes first; files noted for what they replaced come at their place in the order of files.
  const sorted = done
    .map((file, i) => ({ file, i, sequence: order.get(file.name) ?? Math.max(0, ...file.replaces.map((old) => order.get(old) ?? 0)) }))
    .sort((a, b) => b.sequence - a.sequence || b.i - a.i)
    .map(({ file }) => file);
  let going = sorted.slice(0, o.steps ?? (o.to === undefined ? 1 : sorted.length));
  if (o.to !== undefined && o.to !== "zero") {
    const kept = findMigration(files, o.to);
    const at = sorted.indexOf(kept);
    if (at < 0) throw new MigrationError(`${kept.name} is not applied`);
    going = going.slice(0, at);
  }
  const left = new Set(done.map(({ name }) => name));
  return going.map((migration) => {
    const now = replay(done.filter(({ name }) => left.has(name)));
    left.delete(migration.name);
    const before = replay(done.filter(({ name }) => left.has(name)));
    const operations = reverseAll(migration.operations, before);
    if ("irreversible" in operations) {
      throw new MigrationError(`${migration.name} cannot be undone: ${operations.irreversible}`, {
        hint: "write a new migration that leads back",
      });
    }
    return { migration, direction: "down", operations, before: now, destroys: losses(operations) };
  });
}

/** What these operations lose, one line each. */
export function losses(operations: readonly Operation[]): string[] {
  return operations.flatMap((operation) => destroyedBy(operation) ?? []);
}

/** The tables after all of a planned migration. */
export function stateAfter(planned: PlannedMigration): SchemaState {
  return statesAlong(planned.operations, planned.before).after;
}
