/** Soft-deleted rows: who reads them. */
import { count, cte, exists, from, prepare, scalar } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Badge, fillSoft, Note, Person, PersonBadge, softModels, Team, usingOf } from "../support/kept-models.ts";
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

  describe("are not read", () => {
    it("by queries of every ending", async () => {
      const people = on(Person);
      expect(await emails(people.all())).toEqual(["ada", "cy"]);
      expect(await people.count()).toBe(2);
      expect(await people.find(bob.id)).toBeNull();
      expect(await people.getOrNull({ email: "bob" })).toBeNull();
      expect(await people.where({ email: "bob" }).exists()).toBe(false);
      expect(await people.all().sum((p) => p.age)).toBe(50);
      expect(await people.all().pluck((p) => p.email)).toHaveLength(2);
      expect(
        (
          await people
            .all()
            .orderBy((p) => p.id)
            .last()
        )?.email,
      ).toBe("cy");
      expect(
        (
          await people
            .all()
            .orderBy((p) => p.id)
            .paginate({ page: 1, perPage: 1 })
        ).total,
      ).toBe(2);
      expect(
        (
          await people
            .all()
            .orderBy((p) => p.id)
            .keyset({ limit: 5 })
        ).items,
      ).toHaveLength(2);
      expect(await people.all().distinct().select("teamId").count()).toBe(2);
      const seen: string[] = [];
      for await (const person of people.all()) seen.push(person.email);
      expect(seen.sort()).toEqual(["ada", "cy"]);
      expect(await people.where((p) => p.email.eq("bob").or(p.email.eq("ada"))).count()).toBe(1);
      const old = prepare({}, () => people.where((p) => p.age.gte(50)));
      expect([await old.all({}), await old.all({})]).toEqual([[], []]);
    });

    it("by joins: the condition of a left join's far side keeps the row before it", async () => {
      const rows = await on(Note)
        .all()
        .leftJoin(Person, (n, p) => n.personId.eq(p.id))
        .orderBy((n) => n.text)
        .select((n, p) => ({ text: n.text, email: p.email }));
      expect(rows).toEqual([
        { text: "a1", email: "ada" },
        { text: "b1", email: null },
      ]);
      expect(
        await on(Note)
          .all()
          .join(Person, (n, p) => n.personId.eq(p.id))
          .count(),
      ).toBe(1);
      const withoutNotes = await on(Person)
        .all()
        .leftJoin(Note, (p, n) => n.personId.eq(p.id))
        .where((_p, n) => n.id.isNull())
        .select((p) => ({ email: p.email }));
      expect(withoutNotes).toEqual([{ email: "cy" }]);
      const right = await on(Person)
        .all()
        .rightJoin(Note, (p, n) => n.personId.eq(p.id))
        .orderBy((_p, n) => n.text)
        .select((p, n) => ({ text: n.text, email: p.email }));
      expect(right).toEqual(rows);
      const whole = await on(Note)
        .all()
        .leftJoin(Person, (n, p) => n.personId.eq(p.id))
        .leftJoin(Person, (_n, p, boss) => p.bossId.eq(boss.id))
        .orderBy((n) => n.text)
        .select((n, p, boss) => ({ n, p, boss }));
      expect(whole.map(({ n, p, boss }) => [n.text, p?.email ?? null, boss])).toEqual([
        ["a1", "ada", null],
        ["b1", null, null],
      ]);
      expect(await on(Team).all().crossJoin(Person).count()).toBe(2);
    });

    it("by full joins, where there are some", async () => {
      const query = on(Person)
        .all()
        .fullJoin(Note, (p, n) => n.personId.eq(p.id))
        .select((p, n) => ({ email: p.email, text: n.text }));
      if (t.family === "mysql") return expect(async () => query).rejects.toThrow(/FULL JOIN/);
      expect((await query).map(({ email, text }) => [email, text]).sort()).toEqual(
        [
          ["ada", "a1"],
          ["cy", null],
          [null, "b1"],
        ].sort(),
      );
    });

    it("by relations on rows, in lambdas and in prefetch", async () => {
      expect(await emails(team.people)).toEqual(["ada"]);
      expect((await ada.notes).map((note) => note.text)).toEqual(["a1"]);
      expect(await ada.notes.includeDeleted().count()).toBe(2);
      expect((await ada.notes.onlyDeleted()).map((note) => note.text)).toEqual(["a2"]);
      const [b1] = await on(Note).where({ text: "b1" });
      expect(await b1?.person).toBeNull();
      expect((await on(Person).get({ email: "cy" })).bossId).toBe(bob.id);
      expect(
        await on(Team)
          .where((each) => each.people.some((p) => p.email.eq("bob")))
          .count(),
      ).toBe(0);
      expect(
        await on(Team)
          .where((each) => each.people.every((p) => p.email.eq("ada")))
          .count(),
      ).toBe(1);
      expect(
        await on(Team)
          .where((each) => each.people.none((p) => p.age.gt(40)))
          .count(),
      ).toBe(1);
      expect(
        await on(Team)
          .all()
          .select((each) => ({ n: each.people.count(), age: each.people.sum((p) => p.age) })),
      ).toEqual([{ n: 1, age: 30 }]);
      expect(
        await on(Note)
          .where((n) => n.person.email.isNull())
          .pluck((n) => n.text),
      ).toEqual(["b1"]);
      expect(
        await on(Person)
          .where((p) => p.boss.email.eq("bob"))
          .count(),
      ).toBe(0);
      const [loaded] = await on(Team).all().prefetch("people.notes");
      expect(loaded?.people.loaded.map((p) => [p.email, p.notes.loaded.map((n) => n.text)])).toEqual([["ada", ["a1"]]]);
      const notes = await on(Note)
        .all()
        .orderBy((n) => n.text)
        .prefetch("person");
      expect(notes.map((n) => n.person.loaded?.email ?? null)).toEqual(["ada", null]);
      const beside = await on(Note)
        .all()
        .orderBy((n) => n.text)
        .joined("person.team", "person.boss");
      expect(beside.map((n) => [n.text, n.person.loaded?.email ?? null, n.person.loaded?.team.loaded?.name ?? null])).toEqual([
        ["a1", "ada", "t"],
        ["b1", null, null],
      ]);
      const [cy] = await on(Person).where({ email: "cy" }).joined("boss");
      expect(cy?.boss.loaded).toBeNull();
      // What was asked for above says nothing of what is loaded below.
      const all = await on(Person)
        .includeDeleted()
        .orderBy((p) => p.email)
        .prefetch("notes");
      expect(all.map((p) => [p.email, p.notes.loaded.length])).toEqual([
        ["ada", 1],
        ["bob", 1],
        ["cy", 0],
      ]);
    });

    it("by links: neither a deleted link nor a deleted row at its end", async () => {
      const [gold, iron] = await on(Badge).bulkCreate([{ label: "gold" }, { label: "iron" }]);
      if (gold === undefined || iron === undefined) throw new Error("no badges");
      await ada.badges.add(gold, iron);
      await ada.badges.remove(gold);
      expect((await ada.badges).map((badge) => badge.label)).toEqual(["iron"]);
      expect(await on(PersonBadge).includeDeleted().count()).toBe(2);
      expect(
        await on(Person)
          .where((p) => p.badges.some((badge) => badge.label.eq("gold")))
          .count(),
      ).toBe(0);
      expect((await on(Person).where({ id: ada.id }).prefetch("badges"))[0]?.badges.loaded).toHaveLength(1);
      await ada.badges.add(gold);
      expect(await ada.badges.count()).toBe(2);
      await iron.delete();
      expect((await ada.badges).map((badge) => badge.label)).toEqual(["gold"]);
      expect(
        await on(Person)
          .all()
          .select((p) => ({ n: p.badges.count() }))
          .where({ id: ada.id }),
      ).toEqual([{ n: 1 }]);
    });

    it("by subqueries, set operations, derived tables, CTEs", async () => {
      const people = on(Person);
      expect(
        await on(Note)
          .where((n) => n.personId.in(people.all().select("id")))
          .count(),
      ).toBe(1);
      expect(
        await on(Note)
          .where((n) => exists(people.where((p) => p.id.eq(n.personId))))
          .count(),
      ).toBe(1);
      expect(
        await on(Note)
          .where((n) => exists(people.includeDeleted().where((p) => p.id.eq(n.personId))))
          .count(),
      ).toBe(2);
      const counted = people
        .all()
        .orderBy((p) => p.id)
        .select((p) => ({
          n: scalar(
            on(Note)
              .where((n) => n.personId.eq(p.id))
              .select(() => ({ n: count() })),
          ),
        }));
      expect(await counted).toEqual([{ n: 1 }, { n: 0 }]);
      expect(await emails(people.where({ email: "bob" }).union(people.where({ email: "ada" })))).toEqual(["ada"]);
      expect(await emails(people.all().unionAll(people.onlyDeleted()))).toEqual(["ada", "bob", "cy"]);
      expect(await emails(people.includeDeleted().except(people.all()))).toEqual(["bob"]);
      expect(await emails(people.all().intersect(people.includeDeleted()))).toEqual(["ada", "cy"]);
      expect(await from(people.all().select("email").as("x")).count()).toBe(2);
      expect(await from(people.includeDeleted().select("email").as("x")).count()).toBe(3);
      const kept = cte("kept", people.all().select("id", "email"));
      const all = cte("everybody", people.includeDeleted().select("id", "email"));
      expect(await from(kept).count()).toBe(2);
      expect(
        await on(Note)
          .all()
          .join(all, (n, p) => n.personId.eq(p.id))
          .count(),
      ).toBe(2);
      expect(
        await on(Note)
          .all()
          .join(people.all().select("id").as("live"), (n, p) => n.personId.eq(p.id))
          .count(),
      ).toBe(1);
    });

    it("by updates and deletes, through joins and limits as well", async () => {
      expect(await on(Person).all().allRows().update({ age: 1 })).toBe(2);
      expect((await on(Person).onlyDeleted().get({ id: bob.id })).age).toBe(50);
      const joined = on(Note)
        .all()
        .join(Person, (n, p) => n.personId.eq(p.id))
        .where((_n, p) => p.age.gt(0));
      expect(await joined.update({ text: "x" })).toBe(1);
      expect(await joined.delete()).toBe(1);
      expect((await on(Note).all()).map((note) => note.text)).toEqual(["b1"]);
      expect(
        await on(Person)
          .all()
          .allRows()
          .orderBy((p) => p.id)
          .limit(2)
          .update((p) => ({ age: p.age.add(1) })),
      ).toBe(2);
      expect(await emails(on(Person).where({ age: 2 }))).toEqual(["ada", "cy"]);
      expect(await on(Person).includeDeleted().where({ email: "bob" }).update({ age: 7 })).toBe(1);
      expect(await on(Person).onlyDeleted().where({ email: "bob" }).returning("age", "email").update({ age: 8 })).toEqual([
        { age: 8, email: "bob" },
      ]);
    });
  });
}
