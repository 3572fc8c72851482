import { describe, expect, it } from "vitest";
import {
  CommitOutcomeUnknown,
  ConnectionLost,
  DeadlockError,
  QueryError,
  TransactionRolledBack,
  UnsupportedError,
  UsageError,
} from "../../../src/errors.ts";
import { caught, fakeEngine, insert, run, select, statement, takeWarnings, watchLeaks } from "./fake-engine.ts";

watchLeaks();

describe("a transaction", () => {
  it("commits what its callback did and resolves to its result", async () => {
    const { engine, server } = await fakeEngine();
    const result = await engine.transaction(async (tx) => {
      await run(engine, insert("a"));
      await run(tx, insert("b"));
      expect(server.rows).toEqual([]);
      expect(engine.inTransaction).toBe(true);
      return 42;
    });
    expect(result).toBe(42);
    expect(server.rows).toEqual(["a", "b"]);
    expect(server.sent).toEqual(["begin", "insert a", "insert b", "commit"]);
    expect(engine.inTransaction).toBe(false);
  });

  it("undoes everything when the callback throws, and throws that very error", async () => {
    const { engine, server } = await fakeEngine();
    const thrown = new Error("changed my mind");
    const error = await caught(
      engine.transaction(async () => {
        await run(engine, insert("a"));
        throw thrown;
      }),
    );
    expect(error).toBe(thrown);
    expect(server.rows).toEqual([]);
    expect(server.sent.at(-1)).toBe("rollback");
  });

  it("undoes everything when the callback throws before its first await", async () => {
    const { engine, server } = await fakeEngine();
    const thrown = new Error("at once");
    const work = () => {
      throw thrown;
    };
    expect(await caught(engine.transaction(work))).toBe(thrown);
    expect(server.sent).toEqual(["begin", "rollback"]);
  });

  it("gives the connection back as it got it when BEGIN fails, and rolls nothing back", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^begin/, "error");
    let ran = false;
    await caught(
      engine.transaction(async () => {
        ran = true;
      }),
    );
    expect(ran).toBe(false);
    expect(server.sent).toEqual(["begin"]);
    expect(server.alive.length).toBe(1);
  });

  it("throws away a session that was half prepared for a transaction", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    server.fail(/^begin/, "error");
    await caught(engine.transaction(async () => {}, { isolation: "serializable" }));
    expect(server.sent).toEqual(["set transaction serializable", "begin"]);
    expect(server.alive.length).toBe(0);
  });

  it("sends isolation and read-only mode with its begin", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    await engine.transaction(() => run(engine, select), { isolation: "repeatable read", readOnly: true });
    expect(server.sent).toEqual(["set transaction repeatable read", "begin read only", "select", "commit"]);
  });

  it.each(["postgres", "sqlite", "mysql"] as const)("refuses to write when it is read-only: %s", async (family) => {
    const { engine, server } = await fakeEngine({ family });
    await engine.transaction(
      async (tx) => {
        expect(await caught(run(tx, insert("a")))).toBeInstanceOf(UsageError);
        await tx.transaction(async (inner) => {
          expect(await caught(run(inner, insert("b")))).toBeInstanceOf(UsageError);
        });
        await run(tx, select);
      },
      { readOnly: true },
    );
    expect(server.sent.filter((sql) => sql.startsWith("insert"))).toEqual([]);
  });

  it("refuses options it does not know", async () => {
    const { engine, server } = await fakeEngine();
    const attempt = (options: object) => caught(engine.transaction(async () => {}, options));
    expect((await attempt({ isolaton: "serializable" })).message).toContain("did you mean isolation?");
    expect((await attempt({ isolation: "serializable; drop table x" })).message).toContain("isolation level");
    expect((await attempt({ retry: -1 })).message).toContain("retry");
    expect((await attempt({ readOnly: 1 })).message).toContain("readOnly");
    expect((await attempt({ signal: {} })).message).toContain("signal");
    expect(server.sent).toEqual([]);
    const nested = (options: object) => engine.transaction((tx) => tx.transaction(async () => {}, options), { isolation: "serializable" });
    await nested({ isolation: "serializable" });
    expect(await caught(nested({ isolation: "read committed" }))).toBeInstanceOf(UsageError);
    expect(await caught(nested({ retry: 2 }))).toBeInstanceOf(UsageError);
  });
});

describe("commit", () => {
  it("that was answered with a rollback is an error", async () => {
    const { engine, server } = await fakeEngine();
    const error = await caught(
      engine.transaction(async () => {
        await run(engine, insert("a"));
        server.fail(/^insert b/, "error");
        await run(engine, insert("b")).catch(() => {});
      }),
    );
    expect(error).toBeInstanceOf(TransactionRolledBack);
    expect(error).toMatchObject({ outcome: "not_applied" });
    expect(error.cause).toBeInstanceOf(QueryError);
    expect(server.rows).toEqual([]);
  });

  it("is believed only by its tag where no status is known", async () => {
    const { engine, server } = await fakeEngine({ flags: false });
    const error = await caught(
      engine.transaction(async () => {
        server.fail(/^insert b/, "error");
        await run(engine, insert("b")).catch(() => {});
      }),
    );
    expect(error).toBeInstanceOf(TransactionRolledBack);
  });

  it("is believed only by the status where no tag is known", async () => {
    const { engine, server } = await fakeEngine();
    server.commitTag = null;
    const error = await caught(
      engine.transaction(async () => {
        server.fail(/^insert b/, "error");
        await run(engine, insert("b")).catch(() => {});
      }),
    );
    expect(error).toBeInstanceOf(TransactionRolledBack);
  });

  it.each([
    ["lose", []],
    ["lose after", ["a"]],
  ] as const)("whose answer never came has an unknown outcome: %s", async (fault, rows) => {
    const { engine, server } = await fakeEngine();
    server.fail(/^commit/, fault);
    const error = await caught(engine.transaction(() => run(engine, insert("a")), { retry: 3 }));
    expect(error).toBeInstanceOf(CommitOutcomeUnknown);
    expect(error).toMatchObject({ outcome: "unknown", retryable: false });
    expect(error.cause).toMatchObject({ name: "ConnectionLost", outcome: "unknown" });
    expect(server.rows).toEqual(rows);
    expect(server.sessions[0]?.alive).toBe(false);
    expect(server.sent.filter((sql) => sql === "commit").length).toBe(1);
    await run(engine, insert("next"));
  });

  it("whose answer leaves the outcome open is no rollback", async () => {
    const { engine, server } = await fakeEngine();
    const seen: string[] = [];
    server.fail(/^commit/, "disk");
    const error = await caught(engine.transaction(async (tx) => tx.afterRollback(() => seen.push("rollback"))));
    expect(error).toBeInstanceOf(CommitOutcomeUnknown);
    expect(seen).toEqual([]);
    expect(server.alive.length).toBe(0);
  });

  it("that the server refuses is rolled back and thrown", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^commit/, "serialization");
    const error = await caught(engine.transaction(() => run(engine, insert("a"))));
    expect(error).toMatchObject({ name: "SerializationFailure", outcome: "not_applied", retryable: true });
    expect(server.rows).toEqual([]);
    expect(server.alive.length).toBe(1);
  });

  it("error of another engine inside the callback is not taken for this one's", async () => {
    const { engine, server } = await fakeEngine();
    const foreign = new CommitOutcomeUnknown("elsewhere");
    const error = await caught(
      engine.transaction(async () => {
        await run(engine, insert("a"));
        throw foreign;
      }),
    );
    expect(error).toBe(foreign);
    expect(server.sent.at(-1)).toBe("rollback");
  });
});

describe("rollback", () => {
  it("that fails stays beside the first error and costs the connection", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^rollback/, "error");
    const first = new Error("first");
    const error = await caught(
      engine.transaction(async () => {
        await run(engine, insert("a"));
        throw first;
      }),
    );
    expect(error).toBe(first);
    expect(error).toMatchObject({ suppressed: [expect.any(QueryError)] });
    expect(JSON.stringify(error)).toBe("{}");
    expect(server.sessions[0]?.alive).toBe(false);
    await run(engine, insert("b"));
    expect(server.rows).toEqual(["b"]);
  });

  it("that fails after a thrown string is warned of", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^rollback/, "lose");
    const thrown = await engine.transaction(() => Promise.reject("only text")).catch((error: unknown) => error);
    expect(thrown).toBe("only text");
    expect((await takeWarnings()).join()).toContain("second error");
  });

  it("is not sent over a broken line, and the loss is the error", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert b/, "lose after");
    const error = await caught(
      engine.transaction(async () => {
        await run(engine, insert("a"));
        await run(engine, insert("b"));
      }),
    );
    expect(error).toBeInstanceOf(ConnectionLost);
    expect(error).toMatchObject({ outcome: "not_applied" });
    expect(server.sent.at(-1)).toBe("insert b");
  });
});

describe("schema changes", () => {
  it("are refused where they would commit", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    await engine.transaction(async (tx) => {
      expect(await caught(run(tx, statement("create table t", "ddl")))).toBeInstanceOf(UnsupportedError);
    });
    expect(server.sent).toEqual(["begin", "commit"]);
  });

  it("run where they take part", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction((tx) => run(tx, statement("create table t", "ddl")));
    expect(server.sent).toEqual(["begin", "create table t", "commit"]);
  });
});

describe("retry", () => {
  it("runs the whole callback again, a bounded number of times", async () => {
    const { engine, server } = await fakeEngine();
    const attempts: number[] = [];
    server.fail(/^insert a/, "serialization", 2);
    await engine.transaction(
      async (tx) => {
        attempts.push(tx.attempt);
        await run(tx, insert("a"));
      },
      { retry: 2 },
    );
    expect(attempts).toEqual([1, 2, 3]);
    expect(server.rows).toEqual(["a"]);
    server.fail(/^insert b/, "deadlock", 10);
    expect(await caught(engine.transaction(() => run(engine, insert("b")), { retry: 1 }))).toBeInstanceOf(DeadlockError);
    expect(server.sent.filter((sql) => sql === "insert b").length).toBe(2);
  });

  it("is opt-in and only for errors that allow it", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert a/, "deadlock");
    await caught(engine.transaction(() => run(engine, insert("a"))));
    server.fail(/^insert b/, "error");
    await caught(engine.transaction(() => run(engine, insert("b")), { retry: 5 }));
    expect(server.sent.filter((sql) => sql.startsWith("insert")).length).toBe(2);
  });

  it("never happens when the outcome is not known", async () => {
    const { engine } = await fakeEngine();
    let runs = 0;
    const work = () => {
      runs++;
      throw new DeadlockError("of another database", { retryable: true, outcome: "unknown" });
    };
    await caught(engine.transaction(work, { retry: 3 }));
    expect(runs).toBe(1);
  });

  it("also when the deadlock's error was swallowed and the transaction found lost", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    server.fail(/^insert a/, "deadlock");
    await engine.transaction(() => run(engine, insert("a")).catch(() => {}), { retry: 1 });
    expect(server.rows).toEqual(["a"]);
  });
});
