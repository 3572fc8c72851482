/** The order of migrations: each after its parents. */
import { MigrationError } from "../src/errors.ts";
import type { LoadedMigration } from "./migration.ts";

/**
 * Parents first; otherwise by name, which begins with the time they were made.
 * @throws MigrationError for a parent that is missing, and for a circle
 */
export function orderMigrations(migrations: readonly LoadedMigration[]): LoadedMigration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  // Parents that were squashed away are found in what stands for them.
  const standIn = new Map(migrations.flatMap(({ name, replaces }) => replaces.map((old): [string, string] => [old, name])));
  const ordered = new Map<string, LoadedMigration>();
  const visit = (migration: LoadedMigration, below: readonly string[]): void => {
    if (ordered.has(migration.name)) return;
    if (below.includes(migration.name))
      throw new MigrationError(`the migrations follow each other in a circle: ${[...below, migration.name].join(" -> ")}`);
    for (const parent of [...migration.parents].sort()) {
      const instead = byName.get(standIn.get(parent) ?? "");
      const found = byName.get(parent) ?? instead;
      if (found === undefined) {
        throw new MigrationError(`${migration.name} follows ${parent}, and there is no such file`, {
          hint: "restore the file, or correct `parents`",
        });
      }
      // What follows one of the replaced files follows what stands for them too.
      for (const one of new Set([found, instead ?? found])) if (one !== migration) visit(one, [...below, migration.name]);
    }
    ordered.set(migration.name, migration);
  };
  for (const migration of [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1))) visit(migration, []);
  return [...ordered.values()];
}

/** The migrations that none follows. More than one means that two people went on from the same one. */
export function headsOf(migrations: readonly LoadedMigration[]): string[] {
  const followed = new Set(migrations.flatMap(({ parents, replaces }) => [...parents, ...replaces]));
  return migrations.map(({ name }) => name).filter((name) => !followed.has(name));
}

/** @throws MigrationError when there are several heads */
export function assertOneHead(migrations: readonly LoadedMigration[]): void {
  const heads = headsOf(migrations);
  if (heads.length < 2) return;
  throw new MigrationError(`the migrations have ${heads.length} ends: ${heads.join(", ")}`, {
    hint: "run `kakaorm makemigrations --merge` after looking at both",
  });
}

/** All that a migration follows, directly or not. */
export function ancestorsOf(name: string, migrations: readonly LoadedMigration[]): Set<string> {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  const found = new Set<string>();
  const visit = (one: string): void => {
    for (const parent of byName.get(one)?.parents ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      visit(parent);
    }
  };
  visit(name);
  return found;
}
