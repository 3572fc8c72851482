/** Soft-deleted rows: deleting, restoring, purging, and the place they leave free. */
import { StaleObjectError, UniqueViolation } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { fillSoft, Note, Person, Reply, softModels, Team, usingOf } from "../support/kept-models.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  /** ada (30, in the team, two notes, the second deleted), bob (deleted, in the team, one live note), cy (no notes, bob's). */
  let ada: Person;
  let bob: Person;
  let team: Team;
  const emails = async (query: PromiseLike<{ email: string | null }[]>) => (await query).map((row) => row.email).sort();

  beforeAll(() => t.engine().createTable(...softModels));
  afterAll(() => t.engine().dropTable(...softModels));
  beforeEach(async () => {
    ({ ada, bob, team } = await fillSoft(on));
  });

  describe("deleting", () => {
    it("marks the row, in the instance as well, and once only", async () => {
      const before = Date.now();
      await ada.delete();
      expect(ada.deletedAt).toBeInstanceOf(Date);
      expect(Math.abs((ada.deletedAt?.getTime() ?? 0) - before)).toBeLessThan(60_000);
      expect(ada.changes).toEqual({});
      expect((await on(Person).onlyDeleted().get({ id: ada.id })).deletedAt).toEqual(ada.deletedAt);
      await expect(ada.delete()).rejects.toThrow(StaleObjectError);
      await ada.restore();
      expect(ada.deletedAt).toBeNull();
      await expect(ada.restore()).rejects.toThrow(StaleObjectError);
      await expect(ada.purge()).rejects.toThrow(StaleObjectError);
      expect(await on(Person).find(ada.id)).not.toBeNull();
    });

    it("takes the rows of `cascade` along, level by level, and restores those that went with it", async () => {
      const [a1] = await ada.notes;
      await on(Reply).bulkCreate([{ text: "r", noteId: a1?.id ?? 0 }]);
      await ada.delete();
      expect([await on(Note).count(), await on(Reply).count()]).toEqual([1, 0]);
      await ada.restore();
      // a2 was deleted before, on its own: it stays so.
      expect((await ada.notes).map((note) => note.text)).toEqual(["a1"]);
      expect(await on(Reply).count()).toBe(1);
      expect(await on(Person).all().allRows().delete()).toBe(2);
      expect([await on(Note).count(), await on(Reply).count()]).toEqual([1, 0]);
      expect(await on(Person).where({ email: "ada" }).restore()).toBe(1);
      expect([await on(Note).count(), await on(Reply).count()]).toEqual([2, 1]);
    });

    it("tells what went along from what was deleted before, within one tick of the clock", async () => {
      // The clock stands still: only the order of the deletes tells them apart.
      vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ["Date"] });
      try {
        await on(Note).where({ text: "a1" }).delete();
        const more = await on(Note).create({ text: "a3", personId: ada.id });
        await ada.delete();
        await ada.restore();
        expect((await ada.notes).map((note) => note.id)).toEqual([more.id]);
      } finally {
        vi.useRealTimers();
      }
    });

    it("deletes and restores many rows, counting live ones only", async () => {
      expect(await on(Person).includeDeleted().allRows().delete()).toBe(2);
      expect(await on(Person).count()).toBe(0);
      expect(await on(Person).where({ email: "nobody" }).restore()).toBe(0);
      expect(
        await on(Person)
          .where((p) => p.email.ne("bob"))
          .restore(),
      ).toBe(2);
      expect(await emails(on(Person).all())).toEqual(["ada", "cy"]);
      const [row] = await on(Person).where({ email: "cy" }).returning().delete();
      expect(row?.email).toBe("cy");
      expect(await on(Person).count()).toBe(1);
      await row?.restore();
      expect(await on(Person).count()).toBe(2);
    });

    it("is undone with its transaction, in the instance too", async () => {
      await expect(
        t.engine().transaction(async () => {
          await ada.delete();
          expect(await on(Person).count()).toBe(1);
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect(ada.deletedAt).toBeNull();
      expect(await on(Person).count()).toBe(2);
      expect(await on(Note).count()).toBe(2);
      await ada.delete();
      expect(await on(Person).count()).toBe(1);
    });

    it("purges deleted rows and no live ones", async () => {
      await on(Note).where({ text: "b1" }).delete();
      await on(Note).onlyDeleted().purge();
      const cy = await on(Person).get({ email: "cy" });
      cy.bossId = null;
      await cy.save();
      await expect(cy.purge()).rejects.toThrow(StaleObjectError);
      expect(await on(Person).where({ email: "ada" }).purge()).toBe(0);
      expect(
        await on(Person)
          .includeDeleted()
          .where((p) => p.age.gt(0))
          .purge(),
      ).toBe(1);
      expect(await emails(on(Person).includeDeleted())).toEqual(["ada", "cy"]);
      await cy.delete();
      await cy.purge();
      await expect(cy.save()).rejects.toThrow(/was deleted/);
      expect(await emails(on(Person).includeDeleted())).toEqual(["ada"]);
    });

    it("refuses what would mean other rows than it says", async () => {
      const engine = t.engine();
      await refused(engine, () => on(Person).onlyDeleted().delete());
      await refused(engine, () => on(Person).onlyDeleted().where({ email: "bob" }).delete());
      await refused(engine, () => on(Person).onlyDeleted().where({ email: "bob" }).returning().delete());
      await refused(engine, () => on(Person).all().delete());
      await refused(engine, () => on(Person).all().purge());
      await refused(engine, () => on(Person).all().restore());
      await refused(engine, () => (on(Team).all() as never as { includeDeleted(): unknown }).includeDeleted());
      await refused(engine, () => (on(Team) as never as { onlyDeleted(): unknown }).onlyDeleted());
      await refused(engine, () => (team as never as { restore(): unknown }).restore());
      await refused(engine, () => (on(Person).all().union(on(Person).all()) as never as { onlyDeleted(): unknown }).onlyDeleted());
      expect(await on(Person).count()).toBe(2);
    });
  });

  describe("unique columns", () => {
    it("are unique among live rows, and restoring into a taken place changes nothing", async () => {
      await ada.delete();
      const again = on(Person).create({ email: "ada" });
      if (!t.capabilities.partialIndexes) {
        await expect(again).rejects.toThrow(UniqueViolation);
        await expect(on(Person).getOrCreate({ email: "ada" })).rejects.toThrow(UniqueViolation);
        return;
      }
      const second = await again;
      await expect(on(Person).create({ email: "ada" })).rejects.toThrow(UniqueViolation);
      await expect(ada.restore()).rejects.toThrow(UniqueViolation);
      expect(ada.deletedAt).toBeInstanceOf(Date);
      await expect(on(Person).onlyDeleted().restore()).rejects.toThrow(UniqueViolation);
      expect(await emails(on(Person).all())).toEqual(["ada", "cy"]);
      expect(await emails(on(Person).onlyDeleted())).toEqual(["ada", "bob"]);
      expect(await on(Note).count()).toBe(1);
      await second.delete();
      await ada.restore();
      expect(await on(Note).count()).toBe(2);
      expect(await on(Person).getOrCreate({ email: "ada" })).toMatchObject([{ id: ada.id }, false]);
    });

    it("of deleted rows are left alone by upsert where they can be", async () => {
      await on(Person).upsert([{ email: "ada", age: 31 }], { on: ["email"], update: ["age"] });
      expect((await on(Person).get({ id: ada.id })).age).toBe(31);
      if (!t.capabilities.partialIndexes) return;
      const [bobAgain] = await on(Person).upsert([{ email: "bob", age: 1 }], { on: ["email"], update: ["age"] });
      expect(bobAgain?.id).not.toBe(bob.id);
      expect((await on(Person).onlyDeleted().get({ id: bob.id })).age).toBe(50);
    });
  });

  it("marks many rows in few statements", async () => {
    await on(Note).bulkCreate(Array.from({ length: 300 }, (_, i) => ({ text: `n${i}`, personId: ada.id })));
    const sent = await sentBy(t.engine(), () => ada.delete());
    expect(sent.filter(({ operation }) => operation === "update").length).toBeLessThan(5);
    expect(await on(Note).count()).toBe(1);
  });
}
