/**
 * A tenth of `npm run test:relations`: what prefetch loads is what loading row by row gives, on random graphs of relations.
 * The seed is another one each time and part of every failure; KAKA_SEED says it.
 */
import { describe, expect, it } from "vitest";
import { connect } from "../src/index.ts";
import { compareRelations } from "./relations/run.ts";
import { selectTargets } from "./targets/all.ts";

const runs = 100;
const limitMs = 30_000;
const seed = Number(process.env.KAKA_SEED ?? Math.floor(Math.random() * 2 ** 30) + 1);
const { running } = await selectTargets();

describe(`random relations, seed ${seed}`, () => {
  it.each(running.map((target) => ({ name: target.name, target })))(
    "$name loads together what it loads row by row",
    { timeout: 4 * limitMs },
    async ({ target }) => {
      const engine = await connect(await target.url(), { name: `relations ${target.name}`, default: false });
      try {
        const { agreed, failure } = await compareRelations(engine, { runs, seed, limitMs });
        expect(failure, failure ?? "").toBeNull();
        expect(agreed).toBeGreaterThan(0);
      } finally {
        await engine.disconnect();
        await target.dispose();
      }
    },
  );
});
