import { describe, expect, it } from "vitest";
import { CommitOutcomeUnknown, UsageError } from "../../../src/errors.ts";
import { caught, fakeEngine, insert, run, sleep, takeWarnings, watchLeaks } from "./fake-engine.ts";

watchLeaks();

describe("after-commit hooks", () => {
  it("run in order, after the commit, outside, with the connection free again", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 1 } });
    const seen: string[] = [];
    const result = await engine.transaction(async (tx) => {
      engine.afterCommit(async () => {
        await sleep(2);
        seen.push(`${engine.inTransaction} ${server.rows}`);
        await run(engine, insert("by hook"));
      });
      tx.afterCommit(() => seen.push("second"));
      await run(tx, insert("a"));
      expect(seen).toEqual([]);
      return "kept";
    });
    expect(result).toBe("kept");
    expect(seen).toEqual(["false a", "second"]);
    expect(server.rows).toEqual(["a", "by hook"]);
  });

  it("never change the result: their errors are warnings", async () => {
    const { engine } = await fakeEngine();
    const seen: string[] = [];
    const result = await engine.transaction(async (tx) => {
      tx.afterCommit(() => {
        throw new Error("value 4711");
      });
      tx.afterCommit(() => Promise.reject(new Error("later")));
      tx.afterCommit(() => seen.push("last"));
      return 7;
    });
    expect(result).toBe(7);
    expect(seen).toEqual(["last"]);
    const warnings = await takeWarnings();
    expect(warnings.length).toBe(2);
    expect(warnings.join()).not.toContain("4711");
  });

  it("do not run after a rollback, nor after an unknown commit", async () => {
    const { engine, server } = await fakeEngine();
    const seen: string[] = [];
    const register = () => {
      engine.afterCommit(() => seen.push("commit"));
      engine.afterRollback(() => seen.push("rollback"));
    };
    await caught(
      engine.transaction(() => {
        register();
        throw new Error("no");
      }),
    );
    expect(seen).toEqual(["rollback"]);
    server.fail(/^commit/, "lose after");
    expect(await caught(engine.transaction(async () => register()))).toBeInstanceOf(CommitOutcomeUnknown);
    expect(seen).toEqual(["rollback"]);
  });

  it("of a rolled-back savepoint are dropped, its after-rollback hooks run at the end", async () => {
    const { engine } = await fakeEngine();
    const seen: string[] = [];
    await engine.transaction(async (tx) => {
      tx.afterCommit(() => seen.push("outer commit"));
      tx.afterRollback(() => seen.push("outer rollback"));
      await caught(
        tx.transaction(async (inner) => {
          inner.afterCommit(() => seen.push("inner commit"));
          inner.afterRollback(() => seen.push("inner rollback"));
          await inner.transaction(async (deep) => {
            deep.afterCommit(() => seen.push("deep commit"));
            deep.afterRollback(() => seen.push("deep rollback"));
          });
          throw new Error("undo");
        }),
      );
      await tx.transaction(async (inner) => inner.afterCommit(() => seen.push("second inner commit")));
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(["outer commit", "inner rollback", "deep rollback", "second inner commit"]);
  });

  it("run at once where no transaction is open; after-rollback ones make no sense there", async () => {
    const { engine } = await fakeEngine();
    const seen: string[] = [];
    engine.afterCommit(() => seen.push("now"));
    expect(seen).toEqual(["now"]);
    expect(() => engine.afterRollback(() => {})).toThrow(UsageError);
  });
});
