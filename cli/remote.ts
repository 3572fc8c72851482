/** Databases on other machines: nothing is lost there unless the database was named. */
import { BlockList, isIP } from "node:net";
import { applyAll } from "../migrations/apply.ts";
import type { LoadedMigration } from "../migrations/migration.ts";
import type { Operation } from "../migrations/operations.ts";
import { findMigration, losses, type PlannedMigration, type PlanOptions, replay } from "../migrations/plan.ts";
import { reverseAll } from "../migrations/reverse.ts";
import { emptyState } from "../migrations/state.ts";
import { parseUrl } from "../src/engine/url.ts";
import { UsageError } from "../src/errors.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** True for a file, a socket, `localhost` and the addresses of this machine to itself. Nothing is looked up: any other name is elsewhere. */
export function isLocal(url: string): boolean {
  const { host } = parseUrl(url);
  if (host === null || host.toLowerCase() === "localhost") return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? "ipv6" : "ipv4");
}

/** What a person calls this database: its name, or the file's. */
export function databaseName(url: string): string {
  const { database, path } = parseUrl(url);
  return database ?? path ?? "";
}

/**
 * What is lost whichever of the files the database has, one line each; empty when that depends on its history.
 * It can be refused before anybody is connected to.
 */
export function certainLosses(files: readonly LoadedMigration[], { direction, to, steps }: PlanOptions): readonly string[] {
  // Which of the files count is a matter of the history.
  if (steps === 0 || files.some(({ replaces }) => replaces.length > 0)) return [];
  if (direction !== "down") {
    if (to === undefined || steps !== undefined) return [];
    const { name, operations } = findMigration(files, to);
    return lossesOf(name, operations);
  }
  // What is wrong with a file is told with its name.
  replay(files);
  let state = emptyState;
  const back = files.map(({ name, operations }) => {
    const reversed = reverseAll(operations, state);
    state = applyAll(state, operations);
    return "irreversible" in reversed ? [] : lossesOf(name, reversed);
  });
  return back.every((lost) => lost.length > 0) ? back.flat() : [];
}

function lossesOf(name: string, operations: readonly Operation[]): string[] {
  return losses(operations).map((loss) => `${name} ${loss}`);
}

export function plannedLosses(plan: readonly PlannedMigration[]): readonly string[] {
  return plan.flatMap(({ migration, destroys }) => destroys.map((loss) => `${migration.name} ${loss}`));
}

/** @throws UsageError for a name that is another database's, and for losses in a database elsewhere that was not named */
export function assertNamed(url: string, named: string | undefined, lost: () => readonly string[]): void {
  if (isLocal(url)) return;
  const name = databaseName(url);
  if (named === name) return;
  const hint = `the database is not on this machine: repeat with --allow-drop ${name}`;
  if (named !== undefined)
    throw new UsageError(`the database is called ${name}, and --allow-drop names ${JSON.stringify(named)}`, { hint });
  const lines = lost();
  if (lines.length > 0) throw new UsageError(`data would be lost: ${lines.join("; ")}`, { hint });
}
