/** The connected engines of this process, by name, and which of them is the default. Layer 5. */
import { UsageError } from "../errors.ts";
import { suggestion } from "../util/suggest.ts";
import type { Engine } from "./engine.ts";

const engines = new Map<string, Engine>();
let defaultOne: Engine | null = null;

/** Names of engines that are being connected. */
const reserved = new Set<string>();

/**
 * Keeps a name for an engine that is being connected: the given one, else `default` for the first engine without a
 * name, `engine2` and so on for more. `register` or `releaseName` ends that.
 * @throws UsageError when the name is taken
 */
export function reserveName(wanted: string | null): string {
  const name = wanted ?? freeName();
  if (engines.has(name) || reserved.has(name)) {
    throw new UsageError(`an engine named "${name}" is already connected`, { hint: "disconnect it first, or pass another name" });
  }
  reserved.add(name);
  return name;
}

export function releaseName(name: string): void {
  reserved.delete(name);
}

function freeName(): string {
  const taken = (name: string) => engines.has(name) || reserved.has(name);
  if (!taken("default")) return "default";
  for (let n = 2; ; n++) if (!taken(`engine${n}`)) return `engine${n}`;
}

/** The first engine becomes the default unless `asDefault` is false; true takes that place from another. */
export function register(engine: Engine, asDefault: boolean | null): void {
  if (engines.has(engine.name)) throw new UsageError(`an engine named "${engine.name}" is already connected`);
  reserved.delete(engine.name);
  const first = engines.size === 0;
  engines.set(engine.name, engine);
  if (asDefault ?? first) defaultOne = engine;
}

/** When the default one goes, none takes its place: statements must not move to another database on their own. */
export function unregister(engine: Engine): void {
  if (engines.get(engine.name) === engine) engines.delete(engine.name);
  if (defaultOne === engine) defaultOne = null;
}

/**
 * The engine that models use unless they are told otherwise.
 * @throws UsageError when there is none
 */
export function defaultEngine(): Engine {
  if (defaultOne !== null) return defaultOne;
  if (engines.size === 0) throw new UsageError("no engine is connected", { hint: "call connect(url) first" });
  throw new UsageError(`no default engine; connected: ${names()}`, {
    hint: "connect one with { default: true }, or name one with using()",
  });
}

/** @throws UsageError when no engine has this name */
export function engineByName(name: string): Engine {
  const engine = engines.get(name);
  if (engine !== undefined) return engine;
  const hint = engines.size === 0 ? "call connect(url, { name }) first" : suggestion(name, [...engines.keys()]);
  throw new UsageError(`no engine named "${name}"; connected: ${engines.size === 0 ? "none" : names()}`, { hint });
}

function names(): string {
  return [...engines.keys()].sort().join(", ");
}
