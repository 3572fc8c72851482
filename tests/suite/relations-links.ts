/** Many to many: writing links, what else a link holds, and keys of every kind. */
import { type AnyModel, type Engine, foreignKey, int, Model, SoftDeleteModel, str, UsageError, ValidationError } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Article extends Model("rl_article", { title: str() }) {
  get labels() {
    return this.manyToMany(Label, ArticleLabel, (link) => [link.articleId, link.code], { orderBy: (label) => label.code.asc() });
  }
  get readers() {
    return this.manyToMany(Person, Reading, (link) => [link.articleId, link.personId], { orderBy: (person) => person.id.asc() });
  }
  get fans() {
    return this.manyToMany(Person, Like, (link) => [link.articleId, link.personId]);
  }
}
class Label extends Model("rl_label", { code: str({ length: 20 }).primaryKey(), text: str().default("") }) {
  get articles() {
    return this.manyToMany(Article, ArticleLabel, (link) => [link.code, link.articleId], { where: (a) => a.title.ne("hidden") });
  }
}
/** A link that must say more than the pair. */
class ArticleLabel extends Model("rl_article_label", {
  articleId: foreignKey(() => Article).primaryKey(),
  code: foreignKey(() => Label).primaryKey(),
  addedBy: int(),
  weight: int().default(1),
}) {}
class Person extends Model("rl_person", { name: str(), email: str().unique() }) {
  get friends() {
    return this.manyToMany(Person, Friendship, (link) => [link.personId, link.friendId], { orderBy: (person) => person.name.asc() });
  }
  get friendOf() {
    return this.manyToMany(Person, Friendship, (link) => [link.friendId, link.personId]);
  }
  get bookings() {
    return this.manyToMany(Seat, Booking, (link) => [link.email, [link.hall, link.number]]);
  }
  get articles() {
    return this.hasMany(Note, (note) => note.personId);
  }
}
class Friendship extends Model("rl_friendship", {
  personId: foreignKey(() => Person).primaryKey(),
  friendId: foreignKey(() => Person).primaryKey(),
  since: int().nullable(),
}) {}
/** Nothing keeps a pair from being there twice but the relation. */
class Reading extends Model("rl_reading", {
  articleId: foreignKey(() => Article),
  personId: foreignKey(() => Person),
  page: int().default(1),
}) {}
class Like extends SoftDeleteModel("rl_like", {
  articleId: foreignKey(() => Article).primaryKey(),
  personId: foreignKey(() => Person).primaryKey(),
}) {}
class Note extends Model("rl_note", { personId: foreignKey(() => Person).nullable() }) {}
class Seat extends Model("rl_seat", { hall: str({ length: 10 }).primaryKey(), number: int().primaryKey() }) {
  get guests() {
    return this.manyToMany(Person, Booking, (link) => [[link.hall, link.number], link.email]);
  }
}
/** Refers to a person by another column than the key. */
class Booking extends Model(
  "rl_booking",
  {
    hall: str({ length: 10 }).primaryKey(),
    number: int().primaryKey(),
    email: str()
      .references(() => Person, { column: "email" })
      .primaryKey(),
  },
  { foreignKeys: [{ on: ["hall", "number"], target: () => Seat }] },
) {}

const tables = [Article, Label, ArticleLabel, Person, Friendship, Reading, Like, Note, Seat, Booking] as const;

export function suite(t: TargetContext): void {
  const on = <M extends AnyModel>(model: M): M => (model as unknown as { using(engine: Engine): M }).using(t.engine());
  let article: Article;
  let red: Label;
  let blue: Label;
  let ada: Person;
  let bob: Person;

  beforeAll(() => t.engine().createTable(...tables));
  afterAll(() => t.engine().dropTable(...tables));
  beforeEach(async () => {
    await on(Like).includeDeleted().allRows().delete();
    await on(Like).onlyDeleted().purge();
    for (const model of [Booking, Seat, Note, Reading, Friendship, ArticleLabel, Label, Article, Person])
      await model.using(t.engine()).all().allRows().delete();
    article = await on(Article).create({ title: "one" });
    [red, blue] = (await on(Label).bulkCreate([{ code: "red" }, { code: "blue" }])) as [Label, Label];
    [ada, bob] = (await on(Person).bulkCreate([
      { name: "Ada", email: "ada@example.com" },
      { name: "Bob", email: "bob@example.com" },
    ])) as [Person, Person];
  });

  const links = () =>
    on(ArticleLabel)
      .all()
      .orderBy((link) => link.code)
      .select("code", "addedBy", "weight");
  const codes = async () => (await article.labels).map((label) => label.code);

  describe("what a link holds", () => {
    it("is written with new links, and stays with those that are there", async () => {
      await article.labels.add(red, { link: { addedBy: 3 } });
      await article.labels.add(red, blue, { link: { addedBy: 5, weight: 7 } });
      expect(await links()).toEqual([
        { code: "blue", addedBy: 5, weight: 7 },
        { code: "red", addedBy: 3, weight: 1 },
      ]);
    });

    it("survives set, which removes what goes and inserts what comes", async () => {
      const green = await article.labels.create({ code: "green" }, { link: { addedBy: 1 } });
      await article.labels.add(red, { link: { addedBy: 3, weight: 9 } });
      const sent = await sentBy(t.engine(), () => article.labels.set([red, blue], { link: { addedBy: 8 } }));
      expect(sent.filter(({ sql }) => /^(delete|insert)/i.test(sql))).toHaveLength(2);
      expect(await links()).toEqual([
        { code: "blue", addedBy: 8, weight: 1 },
        { code: "red", addedBy: 3, weight: 9 },
      ]);
      expect(await on(Label).count()).toBe(3);
      const again = await sentBy(t.engine(), () => article.labels.set(["red", "blue"], { link: { addedBy: 0 } }));
      expect(again.filter(({ sql }) => /^(delete|insert|update)/i.test(sql))).toEqual([]);
      await article.labels.set([green], { link: { addedBy: 2 } });
      expect(await codes()).toEqual(["green"]);
      await article.labels.set([], { link: { addedBy: 0 } });
      expect(await codes()).toEqual([]);
    });

    it("is asked for, and refused where the relation fills it in or the model has no such column", async () => {
      // @ts-expect-error the link needs addedBy
      await expect(article.labels.add(red)).rejects.toThrow(/addedBy/);
      // @ts-expect-error the relation fills in the keys
      await expect(article.labels.add(red, { link: { addedBy: 1, code: "x" } })).rejects.toThrow(
        /ArticleLabel.code is filled in by the relation/,
      );
      // @ts-expect-error no such column
      await expect(article.labels.add(red, { link: { addedBy: 1, adedBy: 1 } })).rejects.toThrow(
        /no column "adedBy" \(did you mean addedBy\?\)/,
      );
      // @ts-expect-error the option is { link }
      await expect(article.labels.set([red], { addedBy: 1 })).rejects.toThrow(/\{ link: \{ \.\.\. \} \}/);
      expect(await links()).toEqual([]);
    });

    it("is written with a row that is created, or neither is", async () => {
      await article.labels.create({ code: "new", text: "n" }, { link: { addedBy: 4 } });
      expect(await links()).toEqual([{ code: "new", addedBy: 4, weight: 1 }]);
      await expect(article.labels.create({ code: "lost" }, { link: { addedBy: null as never } })).rejects.toThrow(ValidationError);
      expect(await on(Label).find("lost")).toBeNull();
    });
  });

  describe("rows and keys", () => {
    it("may be given as either, the same one twice, and in any order", async () => {
      await ada.friends.add(bob.id, bob, ada.id, bob.id);
      expect((await ada.friends).map((person) => person.name)).toEqual(["Ada", "Bob"]);
      await ada.friends.add(bob);
      await ada.friends.remove(bob.id, bob);
      await ada.friends.remove(bob);
      expect((await ada.friends).map((person) => person.name)).toEqual(["Ada"]);
      await ada.friends.add();
      await ada.friends.remove();
      expect(await on(Friendship).count()).toBe(1);
    });

    it("may lead back to where they came from", async () => {
      await ada.friends.set([ada, bob]);
      await bob.friends.set([ada]);
      await ada.friends.set([bob, ada]);
      expect((await ada.friends).map((person) => person.name)).toEqual(["Ada", "Bob"]);
      expect((await bob.friends).map((person) => person.name)).toEqual(["Ada"]);
      expect(await ada.friendOf.count()).toBe(2);
      expect(
        await on(Person)
          .where((p) => p.friends.some((friend) => friend.friends.some((back) => back.name.eq("Bob"))))
          .orderBy((p) => p.id)
          .pluck((p) => p.name),
      ).toEqual(["Ada", "Bob"]);
      await ada.friends.clear();
      expect(await on(Friendship).count()).toBe(1);
    });

    it("are refused unsaved, of another model, of another kind, and absent", async () => {
      const fresh = new (on(Person))({ name: "New", email: "n" });
      await expect(ada.friends.add(fresh)).rejects.toThrow(/<Person new> is not in the database \(save\(\) it first\)/);
      await expect(ada.friends.set([bob, article as never])).rejects.toThrow(/rows of Person/);
      await expect(ada.friends.remove(article as never)).rejects.toThrow(/rows of Person/);
      await expect(ada.friends.add(undefined as never)).rejects.toThrow(/rows of Person or their keys, got undefined/);
      await expect(ada.friends.add(null as never)).rejects.toThrow(/rows of Person or their keys, got null/);
      await expect(ada.friends.add([bob] as never)).rejects.toThrow(/rows of Person or their keys, got an array/);
      await expect(ada.friends.add("x" as never)).rejects.toThrow(UsageError);
      await expect(ada.friends.set(bob as never)).rejects.toThrow(/Person.friends.set takes an array/);
      expect(await on(Friendship).count()).toBe(0);
      await bob.delete();
      await expect(ada.friends.add(bob)).rejects.toThrow(/not in the database/);
    });

    it("cannot be linked with an owner that is not saved", async () => {
      const fresh = new (on(Person))({ name: "New", email: "n" });
      const sent = await sentBy(t.engine(), async () => {
        for (const work of [() => fresh.friends.add(bob), () => fresh.friends.set([bob]), () => fresh.friends.clear()])
          await expect(work()).rejects.toThrow(/before it is saved/);
        expect(await fresh.friends).toEqual([]);
        expect(await fresh.friends.where((p) => p.name.eq("Bob")).first()).toBeNull();
        expect(await fresh.friends.exists()).toBe(false);
      });
      expect(sent).toEqual([]);
    });

    it("are of several columns, or of another column than the key", async () => {
      const seat = await on(Seat).create({ hall: "A", number: 7 });
      await seat.guests.add(ada, bob);
      expect(await on(Booking).count()).toBe(2);
      expect((await seat.guests.orderBy((p) => p.name)).map((p) => p.name)).toEqual(["Ada", "Bob"]);
      expect((await ada.bookings).map((s) => s.toDict())).toEqual([{ hall: "A", number: 7 }]);
      // A person is referred to by email here, so a key would not say which one.
      await expect(seat.guests.add(ada.id)).rejects.toThrow(/takes rows of Person, got/);
      await ada.bookings.remove({ hall: "A", number: 7 });
      await bob.bookings.set([{ hall: "A", number: 7 }, seat]);
      expect((await seat.guests).map((p) => p.name)).toEqual(["Bob"]);
      const [loaded] = await on(Seat).all().prefetch("guests.bookings");
      expect(loaded?.guests.loaded.map((p) => p.bookings.loaded.length)).toEqual([1]);
      expect(
        await on(Seat)
          .where((s) => s.guests.some((p) => p.name.eq("Bob")))
          .count(),
      ).toBe(1);
      expect(
        await on(Person)
          .where((p) => p.bookings.none())
          .pluck((p) => p.name),
      ).toEqual(["Ada"]);
    });
  });

  describe("tables of pairs", () => {
    it("without a unique key hold each pair once all the same", async () => {
      await article.readers.add(ada, { link: { page: 4 } });
      await article.readers.add(ada, bob);
      expect(
        await on(Reading)
          .all()
          .orderBy((r) => r.id)
          .pluck((r) => r.page),
      ).toEqual([4, 1]);
      await article.readers.set([bob, bob.id]);
      expect(await on(Reading).count()).toBe(1);
    });

    it("that mark deleted rows take a link up again", async () => {
      await article.fans.add(ada, bob);
      await article.fans.remove(ada);
      expect((await article.fans).map((p) => p.name)).toEqual(["Bob"]);
      expect(await on(Like).includeDeleted().count()).toBe(2);
      await article.fans.add(ada);
      expect(await article.fans.count()).toBe(2);
      expect(await on(Like).includeDeleted().count()).toBe(2);
    });

    it("are written within the transaction around them", async () => {
      await expect(
        t.engine().transaction(async () => {
          await ada.friends.set([bob]);
          expect(await ada.friends.count()).toBe(1);
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect(await on(Friendship).count()).toBe(0);
    });
  });

  it("forgets what was loaded on both sides", async () => {
    const [one] = await on(Article).all().prefetch("labels");
    const [label] = await on(Label).where({ code: "red" }).prefetch("articles");
    if (one === undefined || label === undefined) throw new Error("no rows");
    expect([one.labels.loaded, label.articles.loaded]).toEqual([[], []]);
    await one.labels.add(label, { link: { addedBy: 1 } });
    expect(() => one.labels.loaded).toThrow(/prefetch\("labels"\)/);
    expect((await label.articles).map((a) => a.title)).toEqual(["one"]);
  });

  it("refuses links where there are none, and says what to do", async () => {
    const many = ada.articles as unknown as { add(row: unknown): Promise<void>; clear(): Promise<void> };
    await expect(many.add(new Note({}))).rejects.toThrow(/Person.articles has no add: rows of Note hold the key themselves.*Note.personId/);
    await expect(many.clear()).rejects.toThrow(/Person.articles has no clear/);
  });

  it("is a query like any other", async () => {
    await article.labels.add(red, blue, { link: { addedBy: 1 } });
    const labels = article.labels.where((label) => label.code.ne("x"));
    expect(await labels.limit(1).pluck((label) => label.code)).toEqual(["blue"]);
    expect(
      await labels
        .orderBy((label) => label.code.desc())
        .limit(1)
        .first(),
    ).toMatchObject({ code: "red" });
    expect(await article.labels.where({ code: "red" }).update({ text: "R" })).toBe(1);
    expect((await on(Label).find("red"))?.text).toBe("R");
    const seen: string[] = [];
    for await (const label of article.labels) seen.push(label.code);
    expect(seen).toEqual(["blue", "red"]);
  });
}
