/** Row locks: their words, what holds them, what somebody else sees of them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, count, type Engine, foreignKey, int, LockTimeout, Model, rowNumber, str, UnsupportedError } from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Owner extends Model("l_owner", { name: str() }) {}
class Job extends Model("l_job", {
  id: int().primaryKey(),
  state: str({ length: 10 }).default("open"),
  ownerId: foreignKey(() => Owner).nullable(),
}) {}

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const jobs = () => Job.using(engine()).all();
  const clause = t.capabilities.rowLocks === "clause";
  const maria = t.name === "mariadb";
  /** Two transactions run side by side, on connections of their own. */
  const parallel = t.family !== "sqlite" && t.name !== "pglite";
  const tail = (query: { toSQL(): { sql: string } }) => / (for update|for share|lock in share mode).*$/.exec(query.toSQL().sql)?.[0] ?? "";

  beforeAll(() => engine().createTable(Owner, Job));
  afterAll(() => engine().dropTable(Job, Owner));
  beforeEach(async () => {
    await jobs().allRows().delete();
    await Owner.using(engine()).all().allRows().delete();
    const ada = await Owner.using(engine()).create({ name: "Ada" });
    await Job.using(engine()).bulkCreate([1, 2, 3, 4].map((id) => ({ id, ownerId: id === 4 ? null : ada.id })));
  });

  describe("says", () => {
    it("what is locked, and what happens to rows that are taken", () => {
      expect(tail(jobs().forUpdate())).toBe(clause ? " for update" : "");
      expect(tail(jobs().forUpdate({}))).toBe(clause ? " for update" : "");
      expect(tail(jobs().forUpdate({ skipLocked: false, noWait: false }))).toBe(clause ? " for update" : "");
      expect(tail(jobs().forShare())).toBe(clause ? (maria ? " lock in share mode" : " for share") : "");
      if (!clause) return;
      expect(tail(jobs().limit(1).forUpdate({ skipLocked: true }))).toBe(" for update skip locked");
      expect(tail(jobs().forUpdate({ noWait: true }))).toBe(" for update nowait");
      expect(tail(jobs().forShare({ noWait: true }))).toBe(`${maria ? " lock in share mode" : " for share"} nowait`);
    });

    it("which sources are locked, by their places", async () => {
      const joined = jobs().join(Owner, (j, o) => j.ownerId.eq(o.id));
      const quoted = (name: string) => `${t.capabilities.quote}${name}${t.capabilities.quote}`;
      if (maria) return void (await refused(engine(), () => joined.forUpdate({ of: (j) => [j] }).toSQL(), UnsupportedError));
      expect(tail(joined.forUpdate({ of: (j) => [j] }))).toBe(clause ? ` for update of ${quoted("l_job")}` : "");
      expect(tail(joined.forShare({ of: (_, o) => o }))).toBe(clause ? ` for share of ${quoted("l_owner")}` : "");
      const both = joined.forUpdate({ of: (j, o) => [o, j, o], ...(clause ? { skipLocked: true } : {}) });
      expect(tail(both)).toBe(clause ? ` for update of ${quoted("l_job")}, ${quoted("l_owner")} skip locked` : "");
      const itself = jobs()
        .join(Job, (a, b) => b.id.eq(a.id))
        .forUpdate({ of: (_, b) => [b] });
      expect(tail(itself)).toBe(clause ? ` for update of ${quoted("l_job_2")}` : "");
    });

    it("refuses, in the words of the missing trait, what the database has no word for", async () => {
      if (t.family === "sqlite") {
        for (const o of [{ skipLocked: true }, { noWait: true }]) {
          for (const query of [jobs().forUpdate(o), jobs().forShare(o)]) {
            const error = await refused(engine(), () => query.toSQL(), UnsupportedError);
            expect(error.message).toMatch(/trait (skipLocked|noWait)/);
            await engine().transaction(async () => expect(await query.execute().catch((e: unknown) => e)).toBeInstanceOf(UnsupportedError));
          }
        }
      }
      const outer = jobs().leftJoin(Owner, (j, o) => j.ownerId.eq(o.id));
      if (t.family !== "postgres") return;
      for (const query of [outer.forUpdate(), outer.forUpdate({ of: (_, o) => [o] }), outer.forShare()])
        expect((await refused(engine(), () => query.toSQL(), UnsupportedError)).message).toContain("of: (p) => [p]");
      expect(await engine().transaction(() => outer.forUpdate({ of: (j) => [j] }).execute())).toHaveLength(4);
    });
  });

  it("refuses locks outside of a transaction: they would be released at once", async () => {
    const locked = [jobs().forUpdate(), jobs().forShare()];
    for (const query of locked) {
      const terminals = [
        () => query.execute(),
        () => query.first(),
        () => query.get({ id: 1 }),
        () => query.find(1),
        () => query.exists(),
        () => query.pluck((j) => j.id),
        () => query.keyset({ limit: 1 }),
        async () => {
          for await (const _ of query) break;
        },
      ];
      for (const run of terminals) expect((await refused(engine(), run)).message).toContain("transaction");
      await engine().transaction(async (tx) => {
        await engine().outsideTransaction(() => refused(engine(), () => query.execute()));
        expect(await query.using(tx).execute()).toHaveLength(4);
      });
    }
  });

  it("refuses locks on what is no row of a table", async () => {
    await engine().transaction(async () => {
      const locked = jobs().forUpdate();
      const wrong = [
        () => locked.groupBy((j) => j.state).select((j) => ({ state: j.state })),
        () => locked.select("state").distinct(),
        () => locked.select(() => ({ n: count() })),
        () => locked.select((j) => ({ place: rowNumber().over({ orderBy: j.id.asc() }) })),
        () => locked.count(),
        () => locked.sum((j) => j.id),
        () => locked.aggregate(() => ({ n: count() })),
        () => locked.union(jobs()).execute(),
        () => jobs().unionAll(locked).execute(),
        () => jobs().union(jobs()).forUpdate().execute(),
        () => locked.where({ id: 1 }).update({ state: "x" }),
        () => locked.where({ id: 1 }).delete(),
      ];
      for (const run of wrong) await refused(engine(), async () => void (await run()));
    });
  });

  it("refuses options that are none before anything is sent", async () => {
    const wrong = [
      null,
      true,
      "skip locked",
      [],
      { skiplocked: true },
      { skipLocked: 1 },
      { noWait: "true" },
      { skipLocked: true, noWait: true },
    ];
    const sources = [
      { of: "l_job" },
      { of: () => [] },
      { of: () => undefined },
      { of: (j: { id: unknown }) => j.id },
      { of: () => [{}] },
      { of: null },
    ];
    for (const o of [...wrong, ...sources] as never[]) {
      await refused(engine(), () => jobs().forUpdate(o));
      await refused(engine(), () => jobs().forShare(o));
    }
  });

  it("locks every page, loop and prefetch inside a transaction", async () => {
    const sent = await sentBy(engine(), () =>
      engine().transaction(async () => {
        expect((await jobs().forUpdate().keyset({ limit: 2 })).items).toHaveLength(2);
        expect((await jobs().forUpdate().paginate({ page: 1, perPage: 3 })).items).toHaveLength(3);
        expect(await jobs().forUpdate().exists()).toBe(true);
        let seen = 0;
        for await (const _ of jobs().forUpdate().iterate({ batchSize: 3 })) seen++;
        expect(seen).toBe(4);
      }),
    );
    const locks = sent.filter(({ sql }) => sql.endsWith(" for update")).length;
    expect(locks).toBe(clause ? 5 : 0);
  });

  describe.runIf(parallel)("with two connections", () => {
    let other: Engine;
    beforeAll(async () => {
      other = await connect(t.url(), { name: `${t.name} other`, default: false, lockTimeoutMs: 1_000 });
    });
    afterAll(() => other.disconnect());
    const theirs = () => Job.using(other).all();

    it("skips what somebody else has locked", async () => {
      await engine().transaction(async () => {
        await jobs()
          .where((j) => j.id.in([1, 3]))
          .forUpdate();
        const free = await other.transaction(() =>
          theirs()
            .orderBy((j) => j.id)
            .forUpdate({ skipLocked: true })
            .pluck((j) => j.id),
        );
        expect(free).toEqual([2, 4]);
        expect(await other.transaction(() => theirs().where({ id: 1 }).forShare({ skipLocked: true }).first())).toBeNull();
      });
    });

    it("hands each job of a queue to one worker", async () => {
      const take = (worker: Engine) =>
        worker.transaction(async () => {
          const job = await Job.using(worker)
            .where({ state: "open" })
            .orderBy((j) => j.id)
            .forUpdate({ skipLocked: true })
            .first();
          if (job === null) return null;
          await Job.using(worker).where({ id: job.id }).update({ state: "taken" });
          return job.id;
        });
      const taken = await Promise.all([take(engine()), take(other), take(engine()), take(other)]);
      const rest: (number | null)[] = [];
      for (let id = await take(other); id !== null; id = await take(other)) rest.push(id);
      expect([...taken, ...rest].filter((id) => id !== null).sort()).toEqual([1, 2, 3, 4]);
    });

    it("fails at once where it is told not to wait", async () => {
      await engine().transaction(async () => {
        await jobs().where({ id: 1 }).forUpdate();
        const started = performance.now();
        const hasty = other.transaction(() => theirs().where({ id: 1 }).forUpdate({ noWait: true }).get());
        const error = await hasty.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(LockTimeout);
        expect(error).toMatchObject({ retryable: true, outcome: "not_applied" });
        expect(performance.now() - started).toBeLessThan(700);
        expect(await other.transaction(() => theirs().where({ id: 2 }).forUpdate({ noWait: true }).get())).toMatchObject({ id: 2 });
      });
    });

    it("shares a shared lock, and no other", async () => {
      await engine().transaction(async () => {
        await jobs().where({ id: 1 }).forShare();
        expect(await other.transaction(() => theirs().where({ id: 1 }).forShare({ noWait: true }).get())).toMatchObject({ id: 1 });
        const writing = other.transaction(() => theirs().where({ id: 1 }).forUpdate({ noWait: true }).get());
        await expect(writing).rejects.toBeInstanceOf(LockTimeout);
      });
    });

    it.runIf(!maria)("leaves the sources that `of` does not name to others", async () => {
      const joined = jobs()
        .join(Owner, (j, o) => j.ownerId.eq(o.id))
        .where((j) => j.id.eq(1));
      await engine().transaction(async () => {
        expect(await joined.forUpdate({ of: (j) => [j] }).execute()).toHaveLength(1);
        const owners = Owner.using(other).all();
        expect(await other.transaction(() => owners.forUpdate({ noWait: true }).execute())).toHaveLength(1);
        await expect(other.transaction(() => theirs().where({ id: 1 }).forUpdate({ noWait: true }).get())).rejects.toBeInstanceOf(
          LockTimeout,
        );
      });
    });

    // An UPDATE of MySQL waits for every row that it looks at, whatever its condition skipped.
    it.runIf(t.family === "postgres")("locks inside the condition of a write, without a transaction around it", async () => {
      const next = theirs().where({ state: "open" }).limit(2).forUpdate({ skipLocked: true }).select("id");
      await engine().transaction(async () => {
        await jobs().where({ id: 1 }).forUpdate();
        expect(
          await theirs()
            .where((j) => j.id.in(next))
            .update({ state: "done" }),
        ).toBe(2);
      });
      expect(await jobs().where({ state: "done" }).count()).toBe(2);
      expect(await jobs().find(1)).toMatchObject({ state: "open" });
    });
  });
}
