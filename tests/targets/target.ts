/** What the matrix knows about a database it can test against. */
import { rmSync } from "node:fs";
import type { Engine } from "../../src/index.ts";
import type { Capabilities } from "./capabilities.ts";

export type Family = "sqlite" | "postgres" | "mysql";

/** One kind of database with one client library. `url` and `dispose` are called once per run, in this order. */
export interface Target {
  readonly name: string;
  readonly family: Family;
  /** What the engine's traits must say here; the matrix compares them. */
  readonly capabilities: Capabilities;
  /** Why this target cannot be tested here, in a few words; null when it can. */
  absence(): Promise<string | null>;
  /** Makes a fresh database and resolves to its URL. */
  url(): Promise<string>;
  /** How many transactions are open in the fresh database, as its server sees it; 0 where only the engine can tell. */
  openTransactions(): Promise<number>;
  /** Drops the fresh database. Called after the engine disconnected. */
  dispose(): Promise<void>;
}

/** What a suite receives. Models of a suite bind with `Model.using(t.engine())`, inside a test or a hook. */
export interface TargetContext {
  readonly name: string;
  readonly family: Family;
  readonly capabilities: Capabilities;
  /** The one engine of this target; connected before the first test. */
  engine(): Engine;
  /** The URL of the fresh database, for tests that connect on their own. */
  url(): string;
}

export type Suite = (t: TargetContext) => void;

/** The database name of a run: no two runs and no two targets share one. */
export function freshName(target: string): string {
  return `kaka_test_${process.pid}_${target.replaceAll("-", "_")}`;
}

/** A target that lives in this process and leaves nothing behind. */
export function localTarget(
  name: string,
  family: Family,
  capabilities: Capabilities,
  url: string,
  absence: () => Promise<string | null> = async () => null,
): Target {
  const none = async () => {};
  return { name, family, capabilities, absence, url: async () => url, openTransactions: async () => 0, dispose: none };
}

/** Resolves to why a package cannot be used, or null when it loads. */
export async function packageAbsence(name: string): Promise<string | null> {
  try {
    await import(name);
    return null;
  } catch (error) {
    return `${name} does not load: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`;
  }
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
