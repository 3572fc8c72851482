/**
 * Every suite on every target of a kind that can be reached. The only file that knows both.
 * One engine and one fresh database per target; after each test nothing may be left behind.
 */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect, type Engine } from "../../src/index.ts";
import { suites } from "../suite/all.ts";
import { selectTargets } from "../targets/all.ts";
import type { Target, TargetContext } from "../targets/target.ts";

const prototypeKeys = Reflect.ownKeys(Object.prototype).length;
const rejections: unknown[] = [];
const remember = (reason: unknown) => void rejections.push(reason);

/** A server's list of transactions is up to 100 ms old (MySQL), so a first look that finds one is not the last. */
async function openTransactions(target: Target): Promise<number> {
  let open = await target.openTransactions();
  for (let look = 0; open > 0 && look < 3; look++) {
    await pause(120);
    open = await target.openTransactions();
  }
  return open;
}

/** A target in the process of its program; the others are servers. */
const isLocal = ({ name, family }: Target): boolean => family === "sqlite" || name === "pglite";

/** In a file for each kind, so that they run side by side. */
export async function matrix(kind: "local" | "server"): Promise<void> {
  const targets = (await selectTargets()).running.filter((target) => isLocal(target) === (kind === "local"));
  if (targets.length === 0) it.skip(`no ${kind} target is chosen`, () => {});
  for (const target of targets) everySuite(target);
}

function everySuite(target: Target): void {
  describe(target.name, () => {
    let engine: Engine | null = null;
    let url = "";
    const context: TargetContext = {
      name: target.name,
      family: target.family,
      capabilities: target.capabilities,
      engine() {
        if (engine === null) throw new Error(`the engine of ${target.name} is connected before the first test: use it inside one`);
        return engine;
      },
      url: () => url,
    };

    beforeAll(async () => {
      process.on("unhandledRejection", remember);
      url = await target.url();
      engine = await connect(url, { name: target.name, default: false });
    });

    afterEach(async () => {
      // Rejections are reported after the microtasks of the turn in which they happened.
      await pause(0);
      expect(rejections.splice(0), "unhandled rejections").toEqual([]);
      expect(engine?.poolStats().leased, "connections that were not given back").toBe(0);
      expect(await openTransactions(target), "transactions left open").toBe(0);
      expect(Reflect.ownKeys(Object.prototype).length, "keys of Object.prototype").toBe(prototypeKeys);
    });

    afterAll(async () => {
      await engine?.disconnect();
      engine = null;
      await target.dispose();
      process.off("unhandledRejection", remember);
    });

    for (const [name, suite] of Object.entries(suites)) describe(name, () => suite(context));
  });
}
