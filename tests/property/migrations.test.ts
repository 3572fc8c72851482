/** Random pairs of schemas on every database: generate, apply, read back, go on, read back, go back; rows of kept columns stay. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Engine } from "../../src/index.ts";
import { runPair } from "../migrations/pairs.ts";
import { selectTargets } from "../targets/all.ts";

const { running } = await selectTargets();
/** `npm run test:migrations` runs more of them. */
const pairs = 5;

for (const target of running) {
  describe(target.name, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await connect(await target.url(), { name: `pairs ${target.name}`, default: false });
    });
    afterAll(async () => {
      await db.disconnect();
      await target.dispose();
    });
    it("leads random schemas to each other and back", async () => {
      for (let seed = 1; seed <= pairs; seed++) {
        const { kind, problems } = await runPair(db, seed);
        expect({ seed, kind, problems }).toEqual({ seed, kind: "fine", problems: [] });
      }
    }, 300_000);
  });
}
