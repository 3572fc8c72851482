/** One generated file runs unchanged on every database, and leads to the models that it was made from. */
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as blog from "../../examples/blog/models.ts";
import * as tour from "../../examples/tour/models.ts";
import { diffStates } from "../../migrations/diff.ts";
import { isModel, stateOfModels } from "../../migrations/from-models.ts";
import { liveState, onlyTables } from "../../migrations/live.ts";
import { loadMigrations } from "../../migrations/loader.ts";
import { makeMigration } from "../../migrations/make.ts";
import { runMigrations } from "../../migrations/runner.ts";
import { sql } from "../../src/index.ts";
import * as animals from "../support/animal-models.ts";
import { root } from "../support/docs.ts";
import { expectGolden } from "../support/golden.ts";
import * as kept from "../support/kept-models.ts";
import type { TargetContext } from "../targets/target.ts";

/** Soft-deleted rows with partial unique keys, and tables that hold rows of several classes, are among them. */
const sets: Readonly<Record<string, object>> = { tour, blog, kept, animals };

export function suite(t: TargetContext): void {
  describe.each(Object.entries(sets))("the migration of the %s models", (name, models) => {
    const wanted = stateOfModels(Object.values(models).filter(isModel), { column: null });
    const folder = `migrations/${name}`;

    afterAll(async () => {
      await t.engine().execute`drop table if exists ${sql.id("kakaorm_migrations")}`;
    });

    it("is generated alike every time", () => {
      const made = makeMigration([], wanted, { now: new Date("2026-01-01T00:00:00Z") });
      if (made.kind !== "file") throw new Error(made.kind);
      expectGolden(`${folder}/${made.name}.ts`, made.text);
    });

    it("leads to the models, and back to nothing", async () => {
      const files = await loadMigrations(join(root, "tests/golden", folder));
      expect(makeMigration(files, wanted)).toEqual({ kind: "nothing" });
      await runMigrations(t.engine(), files);
      const live = await liveState(t.engine(), wanted);
      expect(diffStates(onlyTables(live, wanted), wanted).operations).toEqual([]);
      const { reverted } = await runMigrations(t.engine(), files, { direction: "down", to: "zero" });
      expect(reverted).toHaveLength(files.length);
      expect(onlyTables(await liveState(t.engine(), wanted), wanted).size).toBe(0);
    });
  });
}
