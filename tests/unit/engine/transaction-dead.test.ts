import { describe, expect, it } from "vitest";
import type { TransactionHandle } from "../../../src/engine/session.ts";
import {
  ConnectionLost,
  DeadlockError,
  LockTimeout,
  QueryError,
  TransactionLost,
  TransactionRolledBack,
  UsageError,
} from "../../../src/errors.ts";
import { caught, fakeEngine, insert, META, run, select, statement, watchLeaks } from "./fake-engine.ts";

watchLeaks();

describe("a dead handle", () => {
  /** Swallows the first error and goes on writing. */
  const goOn = async (tx: TransactionHandle, first: string): Promise<Error[]> => {
    await run(tx, insert("before"));
    const errors = [await caught(run(tx, insert(first)))];
    for (const key of ["x", "y"]) errors.push(await caught(run(tx, insert(key))));
    errors.push(await caught(tx.transaction(() => run(tx, insert("z")))));
    return errors;
  };

  it.each([
    ["mysql", "deadlock", DeadlockError],
    ["mysql", "lock timeout", LockTimeout],
    ["sqlite", "deadlock", DeadlockError],
    ["postgres", "lose", ConnectionLost],
  ] as const)("sends nothing more: %s after %s", async (family, fault, type) => {
    const { engine, server } = await fakeEngine({ family });
    server.fail(/^insert bad/, fault);
    let errors: Error[] = [];
    let state = "";
    const error = await caught(
      engine.transaction(async (tx) => {
        errors = await goOn(tx, "bad");
        state = tx.state;
      }),
    );
    expect(errors[0]).toBeInstanceOf(type);
    for (const later of errors.slice(1)) expect(later).toBeInstanceOf(TransactionLost);
    expect(state).toBe("dead");
    expect(error).toBeInstanceOf(TransactionLost);
    expect(error.cause).toBeInstanceOf(type);
    expect(server.rows).toEqual([]);
    expect(server.sent.filter((sql) => sql !== "rollback")).toEqual(["begin", "insert before", "insert bad"]);
  });

  it("notices a statement that ended the transaction", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    server.fail(/^alter/, "end transaction");
    let first: Error | null = null;
    const error = await caught(
      engine.transaction(async (tx) => {
        await run(tx, insert("a"));
        first = await caught(run(tx, statement("alter table t", "raw")));
        expect(await caught(run(tx, insert("b")))).toBeInstanceOf(TransactionLost);
      }),
    );
    expect(first).toBeInstanceOf(TransactionLost);
    expect(error).toMatchObject({ name: "TransactionLost", outcome: "unknown" });
    expect(server.sent).toEqual(["begin", "insert a", "alter table t"]);
  });

  it("sends no ROLLBACK TO from within a nested level", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    server.fail(/^insert bad/, "deadlock");
    const error = await caught(engine.transaction((tx) => tx.transaction((inner) => run(inner, insert("bad")))));
    expect(error).toBeInstanceOf(DeadlockError);
    expect(server.sent).toEqual(["begin", "savepoint kaka_1", "insert bad"]);
  });

  it("is dead for its outer level too when a nested level swallowed the cause", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    server.fail(/^insert bad/, "deadlock");
    const error = await caught(
      engine.transaction(async (tx) => {
        await tx.transaction((inner) => run(inner, insert("bad"))).catch(() => {});
        await run(tx, insert("after"));
      }),
    );
    expect(error).toBeInstanceOf(TransactionLost);
    expect(server.rows).toEqual([]);
  });

  it("is what remains when a savepoint could not be rolled back", async () => {
    const { engine, server } = await fakeEngine({ family: "sqlite" });
    server.fail(/^rollback to/, "error");
    const first = new Error("first");
    const error = await caught(
      engine.transaction(async (tx) => {
        const inner = await caught(
          tx.transaction(async () => {
            await run(engine, insert("half"));
            throw first;
          }),
        );
        expect(inner).toBe(first);
        expect(inner).toMatchObject({ suppressed: [expect.any(QueryError)] });
        expect(await caught(run(tx, insert("after")))).toBeInstanceOf(TransactionLost);
      }),
    );
    expect(error).toBeInstanceOf(TransactionLost);
    expect(server.rows).toEqual([]);
  });

  it("rolls back what the server kept of it", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    server.fail(/^insert bad/, "lock timeout");
    await caught(
      engine.transaction(async (tx) => {
        await run(tx, insert("before"));
        await run(tx, insert("bad"));
      }),
    );
    expect(server.sent.at(-1)).toBe("rollback");
    await run(engine, insert("next"));
    expect(server.rows).toEqual(["next"]);
  });

  it("keeps a database in memory alive when there was nothing to roll back", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql", topology: "single", flags: false });
    server.fail(/^insert bad/, "deadlock");
    server.fail(/^rollback/, "error");
    await caught(engine.transaction((tx) => run(tx, insert("bad"))));
    expect(server.sessions[0]?.alive).toBe(true);
  });

  it("refuses everything once the transaction is over", async () => {
    const { engine, server } = await fakeEngine();
    let kept: TransactionHandle | null = null;
    await engine.transaction(async (tx) => {
      kept = tx;
      await run(tx, insert("a"));
    });
    const handle = kept as TransactionHandle | null;
    if (handle === null) throw new Error("no handle");
    expect(handle.state).toBe("committed");
    const uses = [
      () => handle.run(insert("b"), META),
      () => handle.stream(select, 1, META).next(),
      () => handle.transaction(async () => {}),
      () => handle.afterCommit(() => {}),
    ];
    for (const use of uses) expect(await caught(async () => use())).toBeInstanceOf(UsageError);
    expect(server.sent.at(-1)).toBe("commit");
  });
});

describe("a failed PostgreSQL transaction", () => {
  it("says why it takes no more statements", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert bad/, "error");
    await caught(
      engine.transaction(async () => {
        await run(engine, insert("bad")).catch(() => {});
        const error = await caught(run(engine, insert("after")));
        expect(error).toBeInstanceOf(TransactionLost);
        expect(error.message).toContain("swallowed");
        expect(error.cause).toBeInstanceOf(QueryError);
        expect(await caught(engine.transaction(async () => {}))).toBeInstanceOf(TransactionLost);
      }),
    );
    expect(server.sent).toEqual(["begin", "insert bad", "commit"]);
  });

  it("recovers when the failing part was a nested transaction", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert bad/, "error");
    await engine.transaction(async (tx) => {
      await run(tx, insert("a"));
      await caught(tx.transaction(() => run(engine, insert("bad"))));
      await run(tx, insert("b"));
    });
    expect(server.rows).toEqual(["a", "b"]);
  });

  it("names the error that was swallowed, not one that a savepoint undid", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert bad/, "error");
    server.fail(/^insert worse/, "serialization");
    const error = await caught(
      engine.transaction(async (tx) => {
        await caught(tx.transaction(() => run(engine, insert("bad"))));
        await run(tx, insert("worse")).catch(() => {});
      }),
    );
    expect(error).toMatchObject({ name: "TransactionRolledBack", cause: { name: "SerializationFailure" }, retryable: true });
  });

  it("fails a nested transaction that swallowed its error, and only that one", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert bad/, "error");
    await engine.transaction(async (tx) => {
      const error = await caught(tx.transaction(() => run(engine, insert("bad")).catch(() => {})));
      expect(error).toBeInstanceOf(TransactionRolledBack);
      await run(tx, insert("b"));
    });
    expect(server.rows).toEqual(["b"]);
  });
});
