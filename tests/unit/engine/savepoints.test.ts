/** Random programs of nested transactions against a model of stacked lists. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/engine/session.ts";
import { fakeEngine, insert, run } from "./fake-engine.ts";

type Step =
  | { readonly kind: "insert" }
  | { readonly kind: "bad insert" }
  | { readonly kind: "hook" }
  | { readonly kind: "block"; readonly steps: readonly Step[]; readonly fails: boolean; readonly explicit: boolean };

const { program } = fc.letrec<{ program: Step[]; step: Step }>((tie) => ({
  program: fc.array(tie("step"), { maxLength: 5 }),
  step: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant<Step>({ kind: "insert" }),
    fc.constant<Step>({ kind: "bad insert" }),
    fc.constant<Step>({ kind: "hook" }),
    fc.record<Step & { kind: "block" }>({
      kind: fc.constant("block"),
      steps: tie("program") as fc.Arbitrary<Step[]>,
      fails: fc.boolean(),
      explicit: fc.boolean(),
    }),
  ),
}));

class Undo extends Error {}

/** What a block keeps; null when it is undone. */
interface Kept {
  readonly keys: string[];
  readonly committed: string[];
  readonly undone: string[];
}

/** The model: numbers are given in the order in which steps are met. */
function expected(
  steps: readonly Step[],
  fails: boolean,
  counter: { n: number },
  postgres: boolean,
): { kept: Kept | null; undone: string[] } {
  const kept: Kept = { keys: [], committed: [], undone: [] };
  let failed = false;
  for (const step of steps) {
    const name = String(counter.n++);
    // After a failed statement PostgreSQL takes nothing more until the enclosing savepoint is rolled back.
    if (failed && step.kind !== "hook") {
      if (step.kind === "block") counter.n += count(step.steps);
      continue;
    }
    if (step.kind === "insert") kept.keys.push(name);
    else if (step.kind === "bad insert") failed = postgres;
    else if (step.kind === "hook") {
      kept.committed.push(name);
      kept.undone.push(name);
    } else {
      const inner = expected(step.steps, step.fails, counter, postgres);
      if (inner.kept !== null) {
        kept.keys.push(...inner.kept.keys);
        kept.committed.push(...inner.kept.committed.map((each) => each));
        kept.undone.push(...inner.kept.undone);
      } else {
        // Hooks of what is undone run with the end of the whole, whatever that is.
        kept.committed.push(...inner.undone.map((each) => `always ${each}`));
        kept.undone.push(...inner.undone.map((each) => `always ${each}`));
      }
    }
  }
  if (!fails && !failed) return { kept, undone: [] };
  return { kept: null, undone: kept.undone.map((each) => each.replace("always ", "")) };
}

function count(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + 1 + (step.kind === "block" ? count(step.steps) : 0), 0);
}

describe("savepoint programs", () => {
  it.each([
    ["postgres", false],
    ["mysql", false],
    ["sqlite", true],
  ] as const)("leave the rows and run the hooks that the model says: %s", async (family, synchronous) => {
    await fc.assert(
      fc.asyncProperty(program, fc.boolean(), async (steps, fails) => {
        const { engine, server } = await fakeEngine({ family, synchronous });
        const hooks: string[] = [];
        const counter = { n: 0 };
        const perform = async (session: Session, list: readonly Step[], undo: boolean): Promise<void> => {
          for (const step of list) {
            const name = String(counter.n++);
            if (step.kind === "insert") await run(session, insert(name)).catch(() => {});
            else if (step.kind === "bad insert") {
              server.fail(new RegExp(`^insert bad${name}$`), "error");
              await run(session, insert(`bad${name}`)).catch(() => {});
            } else if (step.kind === "hook") {
              session.afterCommit(() => hooks.push(name));
              session.afterRollback(() => hooks.push(`always ${name}`));
            } else {
              const before = counter.n;
              const work = (tx: Session) => perform(step.explicit ? tx : engine, step.steps, step.fails);
              await session.transaction(work).catch(() => {});
              counter.n = before + count(step.steps);
            }
          }
          if (undo) throw new Undo();
        };
        await engine.transaction((tx) => perform(tx, steps, fails)).catch(() => {});
        const { kept, undone } = expected(steps, fails, { n: 0 }, family === "postgres");
        const expectedHooks = kept === null ? undone.map((each) => `always ${each}`) : kept.committed;
        expect({ rows: server.rows, hooks }).toEqual({ rows: kept?.keys ?? [], hooks: expectedHooks });
        expect(engine.poolStats().leased).toBe(0);
        expect(server.openTransactions).toBe(0);
        const names = server.sent.filter((sql) => sql.startsWith("savepoint"));
        expect(new Set(names).size).toBe(names.length);
        await engine.disconnect();
      }),
      { numRuns: 150 },
    );
  });
});

describe("random faults", () => {
  it("leave no lease out, no open transaction, and no wrong acknowledgement", async () => {
    const fault = fc.constantFrom("error", "deadlock", "lock timeout", "lose", "lose after", "end transaction", "serialization");
    const where = fc.constantFrom(/^begin/, /^insert 1/, /^insert 2/, /^savepoint/, /^release/, /^rollback to/, /^rollback$/, /^commit/);
    const faults = fc.array(fc.record({ where, fault }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(faults, fc.constantFrom("postgres", "mysql", "sqlite"), fc.boolean(), async (plan, family, swallow) => {
        const { engine, server } = await fakeEngine({ family }, { pool: { max: 2 } });
        for (const each of plan) server.fail(each.where, each.fault as "error");
        let outcome: "ok" | "fail" | "unknown" = "ok";
        try {
          await engine.transaction(async (tx) => {
            await run(tx, insert("1"));
            const inner = tx.transaction(async () => {
              await run(engine, insert("2"));
            });
            await (swallow ? inner.catch(() => {}) : inner);
            await run(tx, insert("3"));
          });
        } catch (error) {
          outcome = (error as { outcome?: string }).outcome === "unknown" ? "unknown" : "fail";
        }
        const has = server.rows.includes("1");
        // A statement that ends the transaction commits part of it here; only the handle's own words can be checked then.
        const committedEarly = plan.some((each) => each.fault === "end transaction");
        if (outcome === "ok") expect(server.rows.filter((key) => key === "1" || key === "3")).toEqual(["1", "3"]);
        if (outcome === "fail" && !committedEarly) expect(has).toBe(false);
        expect(engine.poolStats()).toMatchObject({ leased: 0, waiting: 0 });
        await run(engine, insert("next")).catch(() => run(engine, insert("next")));
        expect(server.openTransactions).toBe(0);
        expect(server.rows.filter((key) => key === "next").length).toBe(1);
        await engine.disconnect();
      }),
      { numRuns: 300 },
    );
  });
});
