/** Rows that count their changes: every way of writing checks or counts. */
import { int, Model, StaleObjectError, UsageError, VersionedModel, version } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { usingOf } from "../support/kept-models.ts";
import { sentBy } from "../support/sent.ts";
import { Doc, Kept, Pair, Stored, versionModels } from "../support/version-models.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  /** Somebody else can write while a transaction is open. */
  const parallel = t.family !== "sqlite" && t.name !== "pglite";
  let doc: Doc;
  let other: Doc;
  const stored = async (): Promise<[string, number]> => {
    const { title, revision } = await on(Doc).get({ code: "1" });
    return [title, revision];
  };
  const staleFrom = async (work: () => Promise<unknown>): Promise<StaleObjectError> => {
    const error = await work().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StaleObjectError);
    return error as StaleObjectError;
  };

  beforeAll(async () => {
    await t.engine().dropTableIfExists(...versionModels);
    await t.engine().createTable(...versionModels);
  });
  afterAll(() => t.engine().dropTable(...versionModels));
  beforeEach(async () => {
    for (const model of [Doc, Pair, Kept, Stored] as const) await on(model).all().allRows().delete();
    await on(Kept).onlyDeleted().purge();
    await on(Stored).onlyDeleted().purge();
    doc = await on(Doc).create({ title: "a", code: "1" });
    other = await on(Doc).get({ code: "1" });
  });

  describe("saving", () => {
    it("counts from 1, in the instance as well, and only where something is written", async () => {
      expect(doc.revision).toBe(1);
      doc.title = "b";
      await doc.save();
      await doc.save();
      expect(doc.revision).toBe(2);
      expect(await stored()).toEqual(["b", 2]);
    });

    it("finds the row changed: both versions are told, and nothing is written", async () => {
      other.title = "theirs";
      await other.save();
      await on(Doc).where({ code: "1" }).update({ views: 5 });
      doc.title = "mine";
      const error = await staleFrom(() => doc.save());
      expect(error).toMatchObject({ expected: 1, found: 3, outcome: "not_applied", model: "Doc" });
      expect(error.toJSON()).toMatchObject({ code: "KAKA_STALE", expected: 1, found: 3 });
      expect(await stored()).toEqual(["theirs", 3]);
      expect(doc.changes).toEqual({ title: ["a", "mine"] });
      await doc.refresh();
      expect([doc.title, doc.revision, doc.views]).toEqual(["theirs", 3, 5]);
      doc.title = "mine";
      await doc.save();
      expect(await stored()).toEqual(["mine", 4]);
    });

    it("finds the row gone: null", async () => {
      await other.delete();
      doc.title = "mine";
      expect(await staleFrom(() => doc.save())).toMatchObject({ expected: 1, found: null });
    });

    it.runIf(parallel)("in a transaction tells the version of now, whatever the transaction has seen before", async () => {
      const error = await t.engine().transaction(async () => {
        await on(Doc).all();
        await t.engine().outsideTransaction(async () => {
          other.title = "theirs";
          await other.save();
        });
        doc.title = "mine";
        return staleFrom(() => doc.save());
      });
      expect(error).toMatchObject({ expected: 1, found: 2 });
    });

    it("a version that was assigned is the one that the change is based on", async () => {
      other.title = "theirs";
      await other.save();
      const mine = await on(Doc).get({ code: "1" });
      // What a form was filled from.
      mine.revision = 1;
      mine.title = "mine";
      expect(await staleFrom(() => mine.save())).toMatchObject({ expected: 1, found: 2 });
      mine.revision = 2;
      await mine.save({ fields: ["title"] });
      expect(await stored()).toEqual(["mine", 3]);
      expect(mine.isDirty).toBe(false);
    });

    it("is undone in the instance with its transaction", async () => {
      await t
        .engine()
        .transaction(async () => {
          doc.title = "b";
          await doc.save();
          doc.title = "c";
          await doc.save();
          throw new RangeError("no");
        })
        .catch(() => {});
      expect(doc.revision).toBe(1);
      await doc.save();
      expect(await stored()).toEqual(["c", 2]);
    });
  });

  describe("deleting", () => {
    it("of a changed row is refused with both versions", async () => {
      other.title = "theirs";
      await other.save();
      expect(await staleFrom(() => doc.delete())).toMatchObject({ expected: 1, found: 2 });
      expect(await on(Doc).count()).toBe(1);
      await doc.refresh();
      await doc.delete();
      expect(await staleFrom(() => other.delete())).toMatchObject({ expected: 2, found: null });
    });

    it("marks and archives check and count as well", async () => {
      for (const model of [Kept, Stored] as const) {
        const row = await on(model as typeof Kept).create({ title: "a" });
        const same = await on(model as typeof Kept).get({ id: row.id });
        same.title = "b";
        await same.save();
        expect(await staleFrom(() => row.delete())).toMatchObject({ expected: 1, found: 2 });
        await same.delete();
        await same.restore();
        expect((await on(model as typeof Kept).get({ id: row.id })).version).toBe(model === Kept ? 4 : 2);
        await row.refresh();
        await row.delete();
        await row.purge();
      }
    });
  });

  describe("many rows", () => {
    it("bulkUpdate counts each row", async () => {
      const rows = await on(Doc).bulkCreate([
        { title: "b", code: "2" },
        { title: "c", code: "3" },
      ]);
      for (const row of [doc, ...rows]) row.views = 7;
      expect(await on(Doc).bulkUpdate([doc, ...rows])).toBe(3);
      expect([doc, ...rows].map(({ revision, isDirty }) => [revision, isDirty])).toEqual([
        [2, false],
        [2, false],
        [2, false],
      ]);
      expect(
        (
          await on(Doc)
            .all()
            .orderBy((d) => d.code.asc())
        ).map(({ revision, views }) => [revision, views]),
      ).toEqual([
        [2, 7],
        [2, 7],
        [2, 7],
      ]);
      doc.title = "z";
      await doc.save();
      expect(await stored()).toEqual(["z", 3]);
    });

    it("bulkUpdate with one changed row writes none, and tells that row's versions", async () => {
      const [two] = await on(Doc).bulkCreate([{ title: "b", code: "2" }]);
      other.title = "theirs";
      await other.save();
      const rows = [two as Doc, doc];
      for (const row of rows) row.views = 7;
      expect(await staleFrom(() => on(Doc).bulkUpdate(rows))).toMatchObject({ expected: 1, found: 2 });
      expect(await on(Doc).where({ views: 7 }).count()).toBe(0);
      expect(rows.map(({ revision }) => revision)).toEqual([1, 1]);
      await t.engine().transaction(async () => {
        expect(await staleFrom(() => on(Doc).bulkUpdate(rows))).toMatchObject({ expected: 1, found: 2 });
        await doc.refresh();
        doc.views = 7;
        expect(await on(Doc).bulkUpdate(rows)).toBe(2);
      });
      await other.refresh();
      await other.delete();
      doc.views = 8;
      expect(await staleFrom(() => on(Doc).bulkUpdate([doc]))).toMatchObject({ expected: 3, found: null });
    });

    it("bulkUpdate of keys of several columns", async () => {
      const rows = await on(Pair).bulkCreate([
        { hall: 1, seat: 1 },
        { hall: 1, seat: 2 },
        { hall: 2, seat: 1 },
      ]);
      for (const row of rows) row.name = "x";
      expect(await on(Pair).bulkUpdate(rows)).toBe(3);
      await on(Pair).where({ hall: 2 }).update({ name: "y" });
      for (const row of rows) row.name = "z";
      expect(await staleFrom(() => on(Pair).bulkUpdate(rows))).toMatchObject({ expected: 2, found: 3 });
      expect(await on(Pair).where({ name: "z" }).count()).toBe(0);
    });

    it("updates of queries and upserts count, and a save based on older rows finds out", async () => {
      await on(Doc).where({ code: "1" }).update({ views: 1 });
      await on(Doc)
        .where({ code: "1" })
        .update((d) => ({ views: d.views.add(1) }));
      expect(await stored()).toEqual(["a", 3]);
      await on(Doc).upsert([{ title: "up", code: "1" }], { on: ["code"] });
      expect(await stored()).toEqual(["up", 4]);
      await on(Doc).upsert([{ title: "up", code: "1" }], { on: ["code"], update: [] });
      expect(await stored()).toEqual(["up", 4]);
      await on(Doc).upsert([{ title: "no", code: "1" }], { on: ["code"], where: (existing) => existing.title.ne("up") });
      expect(await stored()).toEqual(["up", 4]);
      await on(Doc).upsert([{ title: "yes", code: "1" }], { on: ["code"], where: (existing) => existing.title.eq("up") });
      expect(await stored()).toEqual(["yes", 5]);
      expect(await staleFrom(() => doc.delete())).toMatchObject({ expected: 1, found: 5 });
      const [row] = await on(Doc).where({ code: "1" }).returning().update({ views: 9 });
      expect(row?.revision).toBe(6);
      expect(await on(Doc).where({ code: "1" }).update({ views: 3 }, { hooks: true })).toBe(1);
      expect((await stored())[1]).toBe(7);
    });
  });

  it("is declared once, and costs one statement", async () => {
    expect(() => Model("vs_two", { a: version(), b: version() })).toThrow(UsageError);
    expect(() => VersionedModel("vs_two", { a: version() })).toThrow(UsageError);
    expect(() => Model("vs_x", { n: int() }, { rebase: { disjoint: true } })).toThrow(/version/);
    const sent = await sentBy(t.engine(), async () => {
      doc.title = "b";
      await doc.save();
      await doc.delete();
    });
    expect(sent.map(({ operation }) => operation)).toEqual(["update", "delete"]);
  });
}
