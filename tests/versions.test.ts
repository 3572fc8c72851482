/** A part of `npm run test:versions`: processes that count in one row lose nothing. */
import { describe, expect, it } from "vitest";
import { connect } from "../src/index.ts";
import { selectTargets } from "./targets/all.ts";
import { race } from "./versions/race.ts";

const workers = 4;
const increments = 120;
/** Databases that several processes can open. */
const places: ReadonlySet<string> = new Set(["sqlite-file", "postgres", "postgres-new", "mariadb", "mysql-new"]);
const raced = (await selectTargets()).running.filter(({ name }) => places.has(name));

if (raced.length === 0) it.skip("no database among KAKA_TARGETS that several processes can open", () => {});
for (const target of raced) {
  describe(`version-checked increments on ${target.name}`, () => {
    it.each(["plain", "rebased"] as const)(
      "%s: the value is the number of acknowledged saves",
      async (kind) => {
        const url = await target.url();
        const engine = await connect(url, { name: `versions ${target.name}`, default: false });
        try {
          const { tally, value, version } = await race(engine, url, kind, workers, increments);
          expect(tally.acknowledged).toBe(increments);
          expect(value).toBe(increments);
          expect(version).toBe(increments + 1);
        } finally {
          await engine.disconnect();
          await target.dispose();
        }
      },
      120_000,
    );
  });
}
