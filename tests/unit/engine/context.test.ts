import { AsyncResource } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { PoolTimeout, UsageError } from "../../../src/errors.ts";
import { caught, fakeEngine, insert, META, run, select, sleep, statement, watchLeaks } from "./fake-engine.ts";

watchLeaks();

/** Ways to get from a transaction callback to a statement; each must stay in its transaction. */
const SHAPES: Readonly<Record<string, (engine: Engine, key: string) => Promise<unknown>>> = {
  await: async (engine, key) => {
    await null;
    await run(engine, insert(key));
  },
  all: (engine, key) => Promise.all([run(engine, insert(key)), run(engine, select)]),
  race: async (engine, key) => {
    const work = run(engine, insert(key));
    await Promise.race([work, sleep(1)]);
    await work;
  },
  allSettled: (engine, key) => Promise.allSettled([run(engine, insert(key))]),
  timer: (engine, key) => new Promise((resolve, reject) => setTimeout(() => run(engine, insert(key)).then(resolve, reject), 1)),
  immediate: (engine, key) => new Promise((resolve, reject) => setImmediate(() => run(engine, insert(key)).then(resolve, reject))),
  microtask: (engine, key) => new Promise((resolve, reject) => queueMicrotask(() => run(engine, insert(key)).then(resolve, reject))),
  event: (engine, key) => {
    const emitter = new EventEmitter();
    return new Promise((resolve, reject) => {
      emitter.on("go", () => run(engine, insert(key)).then(resolve, reject));
      emitter.emit("go");
    });
  },
  "bound event": (engine, key) => {
    const emitter = new EventEmitter();
    return new Promise((resolve, reject) => {
      emitter.on(
        "go",
        AsyncResource.bind(() => run(engine, insert(key)).then(resolve, reject)),
      );
      engine.outsideTransaction(() => setTimeout(() => emitter.emit("go"), 1));
    });
  },
  generator: async (engine, key) => {
    async function* keys() {
      yield await pause(0, key);
    }
    for await (const each of keys()) await run(engine, insert(each));
  },
  stream: async (engine, key) => {
    for await (const each of Readable.from([key])) await run(engine, insert(String(each)));
  },
  nested: (engine, key) => engine.transaction(() => run(engine, insert(key))),
};

describe("the context", () => {
  it.each(Object.keys(SHAPES))("follows the code through: %s", async (shape) => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 5 } });
    const work = SHAPES[shape];
    if (work === undefined) throw new Error("no such shape");
    const kept: string[] = [];
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const key = `${shape}-${i}`;
        const undo = i % 2 === 0;
        if (!undo) kept.push(key);
        const done = engine.transaction(async () => {
          await run(engine, insert(`start-${key}`));
          await work(engine, key);
          if (undo) throw new Error("undo");
        });
        await done.catch(() => {});
      }),
    );
    const wanted = kept.flatMap((key) => [`start-${key}`, key]);
    expect([...server.rows].sort()).toEqual(wanted.sort());
  });

  it("belongs to one engine: another engine's statements stay outside", async () => {
    const one = await fakeEngine();
    const two = await fakeEngine();
    await caught(
      one.engine.transaction(async () => {
        await run(two.engine, insert("kept"));
        await run(one.engine, insert("undone"));
        expect(two.engine.inTransaction).toBe(false);
        throw new Error("undo");
      }),
    );
    expect(two.server.rows).toEqual(["kept"]);
    expect(one.server.rows).toEqual([]);
  });

  it("is left by outsideTransaction", async () => {
    const { engine, server } = await fakeEngine();
    await caught(
      engine.transaction(async (tx) => {
        await tx.outsideTransaction(async () => {
          await sleep(1);
          expect(engine.inTransaction).toBe(false);
          await run(engine, insert("audit"));
        });
        await run(engine, insert("undone"));
        throw new Error("undo");
      }),
    );
    expect(server.rows).toEqual(["audit"]);
  });

  it("is not needed by a handle", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction(async (tx) => {
      await engine.outsideTransaction(() => run(tx, insert("a")));
      await engine.outsideTransaction(() => tx.transaction((inner) => run(inner, insert("b"))));
      await engine.outsideTransaction(async () => {
        for await (const _ of tx.stream(statement("stream 3", "select"), 2, META));
      });
      expect(server.rows).toEqual([]);
    });
    expect(server.rows).toEqual(["a", "b"]);
    expect(server.sessions.length).toBe(1);
  });

  it("of one transaction does not bend the handle of another", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction(async (first) => {
      await caught(
        engine.outsideTransaction(() =>
          engine.transaction(async () => {
            await run(first, insert("of the first"));
            await run(engine, insert("of the second"));
            throw new Error("undo the second");
          }),
        ),
      );
    });
    expect(server.rows).toEqual(["of the first"]);
  });

  it("is not entered by listeners", async () => {
    const { engine } = await fakeEngine();
    const inside: boolean[] = [];
    engine.on("statement", () => inside.push(engine.inTransaction));
    await engine.transaction(() => run(engine, insert("a")));
    expect(inside).toEqual([false, false, false]);
  });
});

describe("nested levels", () => {
  it("take no second connection", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 2, acquireTimeoutMs: 500 } });
    await Promise.all(
      Array.from({ length: 32 }, (_, i) =>
        engine.transaction(async () => {
          await engine.transaction(() => engine.transaction(() => run(engine, insert(`${i}`))));
        }),
      ),
    );
    expect(server.rows.length).toBe(32);
  });

  it("that run side by side take turns", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction(async (tx) => {
      const parts = [0, 1, 2].map((n) =>
        tx.transaction(async () => {
          await run(engine, insert(`${n}a`));
          await sleep(3 - n);
          await run(engine, insert(`${n}b`));
          if (n === 1) throw new Error("undo this one");
        }),
      );
      const between = run(tx, insert("between"));
      await Promise.allSettled([...parts, between]);
    });
    expect(server.rows).toEqual(["0a", "0b", "2a", "2b", "between"]);
  });

  it("let the outer handle work inside their callback: it joins them", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction(async (tx) => {
      await caught(
        tx.transaction(async () => {
          await run(tx, insert("undone"));
          await tx.transaction(() => run(tx, insert("undone too")));
          throw new Error("undo");
        }),
      );
      await run(tx, insert("kept"));
    });
    expect(server.rows).toEqual(["kept"]);
  });

  it("never wait for ever when the context was lost on the way to the outer handle", async () => {
    const { engine } = await fakeEngine({}, { pool: { acquireTimeoutMs: 20 } });
    await engine.transaction(async (tx) => {
      await tx.transaction(async () => {
        const error = await caught(engine.outsideTransaction(() => run(tx, insert("a"))));
        expect(error).toBeInstanceOf(PoolTimeout);
        expect(await caught(engine.outsideTransaction(() => tx.transaction(async () => {})))).toBeInstanceOf(PoolTimeout);
      });
    });
  });

  it("that are over take no statement from code they left running", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction(async (tx) => {
      let late: Promise<Error> | null = null;
      await tx.transaction(async () => {
        late = caught(sleep(5).then(() => run(engine, insert("late"))));
      });
      expect(await late).toBeInstanceOf(UsageError);
      await run(tx, insert("a"));
    });
    expect(server.rows).toEqual(["a"]);
  });
});
