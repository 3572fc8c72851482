/**
 * Relations that are loaded row by row, where one prefetch would do (the N+1 queries). Counted are the rows of one result:
 * the same line run for every request is no loop. Layer 6.
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Core } from "../engine/core.ts";
import { warn } from "../engine/faults.ts";
import type { Session } from "../engine/session.ts";
import { NotLoadedError } from "../errors.ts";
import { type ModelBase, metaOfInstance, stateOf } from "../model/base.ts";

/** The rows of one result, and which of them loaded a relation of theirs. */
interface Result {
  readonly core: Core;
  readonly owners: Map<string, Set<ModelBase>>;
}

/** What was reported already, by engine: a loop tells once. */
const reported = new WeakMap<Core, Set<string>>();

/** Marks instances as rows of one result, where that could matter; false where it cannot. */
export function cameTogether(rows: readonly unknown[], { core }: Session): boolean {
  const { mode, limit } = core.options.lazyLoading;
  if (mode === "allow" || rows.length <= limit) return false;
  const result: Result = { core, owners: new Map() };
  for (const row of rows) if (row !== null) stateOf(row as ModelBase).result = result;
  return true;
}

/** A relation of a watched row. The stack is that of the code that read the getter: awaiting happens outside of it. */
export interface Watch {
  readonly result: Result;
  readonly stack?: string;
}

/** Null for a row that came alone, and where nothing is watched. `method`: the relation method that the getter called. */
export function watch(owner: ModelBase, method: unknown): Watch | null {
  const result = stateOf(owner).result as Result | null;
  if (result === null) return null;
  const made: Watch = { result };
  Error.captureStackTrace(made, method as () => void);
  return made;
}

/** Counts a load. Returns the error to reject with where the engine says so; else it warns at most. `name` is that of the getter. */
export function noticeLoad(watched: Watch, owner: ModelBase, relation: string, name: () => string): NotLoadedError | null {
  const { core, owners } = watched.result;
  const { mode, limit } = core.options.lazyLoading;
  let loaded = owners.get(relation);
  if (loaded === undefined) {
    loaded = new Set();
    owners.set(relation, loaded);
  }
  if (loaded.has(owner)) return null;
  if (loaded.size < limit) {
    loaded.add(owner);
    return null;
  }
  if (mode === "throw") return refusal(owner, name(), watched.stack);
  // One row more than the limit is enough to tell; the others of this result add nothing.
  if (loaded.size === limit) {
    loaded.add(owner);
    report(core, owner, name(), watched.stack);
  }
  return null;
}

function refusal(owner: ModelBase, name: string, stack: string | undefined): NotLoadedError {
  const error = new NotLoadedError(`${String(owner)}: ${name} was not loaded`, {
    hint: `add .prefetch("${name}") to the query: the engine's option lazyLoading is "throw"`,
    model: metaOfInstance(owner).name,
  });
  const frames = framesOf(stack);
  if (frames.length > 0) error.stack = `${error.name}: ${error.message}\n${frames.join("\n")}`;
  return error;
}

function report(core: Core, owner: ModelBase, name: string, stack: string | undefined): void {
  const { limit } = core.options.lazyLoading;
  const place = placeOf(stack);
  const model = metaOfInstance(owner).name;
  let told = reported.get(core);
  if (told === undefined) {
    told = new Set();
    reported.set(core, told);
  }
  const what = `${model}.${name}${place === null ? "" : ` at ${place}`}`;
  if (told.has(what)) return;
  told.add(what);
  warn(
    `${what} was loaded row by row for more than ${limit} rows of one result: add .prefetch("${name}") to the query of ${model} ` +
      "(the engine's options lazyLoading and lazyLoadingLimit change what is reported)",
  );
}

/** The frames of the code that uses the relation: without the getter itself. */
function framesOf(stack: string | undefined): string[] {
  const frames = (stack ?? "").split("\n").filter((line) => /^\s*at /.test(line));
  const first = frames.findIndex((frame) => !/^\s*at (?:\S+\.)?get \S+ /.test(frame));
  return first === -1 ? [] : frames.slice(first);
}

/** `src/feed.ts:12`; null where the stack does not say. */
function placeOf(stack: string | undefined): string | null {
  const frames = framesOf(stack).filter((frame) => !/\bnode:|<anonymous>|\bnative\b/.test(frame));
  const frame = frames.find((each) => !each.includes("node_modules")) ?? frames[0];
  const found = frame === undefined ? null : /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/]|[\w.@-]+[\\/])[^()]*?):(\d+)(?::\d+)?\)?$/.exec(frame);
  if (found === null) return null;
  const [, file = "", line] = found;
  const path = file.startsWith("file://") ? fileURLToPath(file) : file;
  const near = relative(process.cwd(), path);
  return `${near.startsWith("..") ? path : near}:${line}`;
}
