/** Paths over to-one relations in everything that is made of a query, and where nothing can be joined. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { coalesce, count, cte, exists, from, Model, prepare, scalar, str } from "../../src/index.ts";
import { bare, dropLibrary, fillLibrary, joinsOf } from "../support/library.ts";
import { Book, Note, Writer } from "../support/library-models.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const books = () => Book.using(engine()).all();
  const byId = () => books().orderBy((b) => b.id);
  const writers = () => Writer.using(engine()).all();
  const joined = (query: { toSQL(): { sql: string } }) => joinsOf(query.toSQL().sql);
  const titles = async (query: PromiseLike<{ title: string }[]>) => (await query).map((book) => book.title);
  const ofAda = () => byId().where((b) => b.writer.name.eq("Ada"));

  beforeAll(() => fillLibrary(engine()));
  afterAll(() => dropLibrary(engine()));

  describe("reads", () => {
    it("pages by number, and by the position of what a path leads to", async () => {
      const byWriter = () => books().orderBy((b) => [b.writer.name.asc({ nulls: "last" }), b.pages]);
      const order = ["one", "two", "three", "four", "five"];
      const page = await byWriter()
        .where((b) => b.pages.lt(50))
        .paginate({ page: 2, perPage: 3 });
      expect([page.items.map((book) => book.title), page.total, page.hasNext]).toEqual([["four"], 4, false]);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { items, next }: { items: Book[]; next: string | null } = await byWriter().keyset({ limit: 2, after: after as never });
        seen.push(...items.map((book) => book.title));
        after = next;
      } while (after !== null);
      expect(seen).toEqual(order);
      const last = await byWriter().keyset({ limit: 4 });
      const rest = await byWriter().keyset({ limit: 4, after: last.next });
      const back = await byWriter().keyset({ limit: 2, before: rest.previous });
      expect(back.items.map((book) => book.title)).toEqual(["three", "four"]);
    });

    it("streams, in batches by key as well", async () => {
      const seen: unknown[] = [];
      for await (const row of ofAda().select((b) => ({ title: b.title, country: b.writer.country.name }))) seen.push(row);
      expect(seen).toEqual([
        { title: "one", country: "Norway" },
        { title: "two", country: "Norway" },
      ]);
      const batches: string[][] = [];
      for await (const batch of books()
        .where((b) => b.writer.name.isNotNull())
        .annotate((b) => ({ by: b.writer.name }))
        .inBatches({ size: 2 }))
        batches.push(batch.map((book) => `${book.title} ${book.by}`));
      expect(batches).toEqual([["one Ada", "two Ada"], ["three Bob"]]);
    });

    it("prepares and explains", async () => {
      const named = prepare({ name: str() }, ($) =>
        Book.using(engine())
          .where((b) => b.writer.name.eq($.name))
          .orderBy((b) => [b.writer.country.name, b.id]),
      );
      expect(joinsOf(named.toSQL().sql)).toEqual(["writer", "country"]);
      expect(await titles(named.all({ name: "Ada" }))).toEqual(["one", "two"]);
      expect((await named.first({ name: "Bob" }))?.title).toBe("three");
      expect((await ofAda().explain()).sql).toBe(ofAda().toSQL().sql);
    });

    it("takes distinct values, the first, the last, one by key", async () => {
      const names = books()
        .where((b) => b.writer.name.isNotNull())
        .select((b) => ({ name: b.writer.name }))
        .distinct();
      expect(await names.orderBy((b) => b.writer.name.desc())).toEqual([{ name: "Bob" }, { name: "Ada" }]);
      expect(await names.count()).toBe(2);
      expect((await names.paginate({ page: 2, perPage: 1 })).items).toEqual([{ name: "Bob" }]);
      expect((await ofAda().first())?.title).toBe("one");
      expect((await ofAda().last())?.title).toBe("two");
      const { id } = await books().get({ title: "three" });
      expect(await ofAda().find(id)).toBeNull();
      expect(
        (
          await books()
            .where((b) => b.writer.name.eq("Bob"))
            .find(id)
        )?.title,
      ).toBe("three");
    });

    it("loads relations beside what it joins", async () => {
      const [one] = await ofAda().prefetch("writer.country");
      expect(one?.writer.loaded?.country.loaded?.name).toBe("Norway");
      const together = ofAda().joined("writer.country", "editor");
      expect(joined(together)).toEqual(["writer", "country", "writer"]);
      expect((await together).map((b) => [b.writer.loaded?.country.loaded?.name, b.editor.loaded?.name])).toEqual([
        ["Norway", "Bob"],
        ["Norway", "Ada"],
      ]);
    });
  });

  describe("inside another query", () => {
    it("reads from sets, derived tables and queries with a name", async () => {
      const shown = (query: typeof books) => query().select((b) => ({ title: b.title, by: b.writer.name }));
      const both = shown(() => ofAda()).union(shown(() => books().where((b) => b.writer.name.eq("Bob"))));
      expect((await both).map((row) => `${row.title} ${row.by}`).sort()).toEqual(["one Ada", "three Bob", "two Ada"]);
      const united = ofAda()
        .union(books().where((b) => b.writer.name.eq("Bob")))
        .where((b) => b.writer.country.name.isNull());
      expect(await titles(united)).toEqual(["three"]);
      const named = cte(
        "named",
        shown(() => books()),
      );
      expect(
        await from(named)
          .where((n) => n.by.eq("Ada"))
          .count(),
      ).toBe(2);
      const counted = books()
        .groupBy((b) => b.writer.name)
        .select((b) => ({ by: b.writer.name, n: count() }))
        .as("counted");
      const most = writers()
        .join(counted, (w, c) => w.name.eq(c.by))
        .orderBy((w) => w.id);
      expect(await most.select((w, c) => ({ name: w.name, country: w.country.name, n: c.n }))).toEqual([
        { name: "Ada", country: "Norway", n: 2 },
        { name: "Bob", country: null, n: 1 },
      ]);
    });

    it("joins in the subquery what its rows lead to, and outside what the row around leads to", async () => {
      const inner = writers()
        .where((w) => w.books.some((b) => b.editor.name.eq("Bob")))
        .orderBy((w) => w.id);
      expect((await inner).map((w) => w.name)).toEqual(["Ada"]);
      const counts = writers()
        .orderBy((w) => w.id)
        .select((w) => ({ name: w.name, edited: w.books.count((b) => b.editor.country.name.eq("Norway")) }));
      expect(await counts).toEqual([
        { name: "Ada", edited: 1 },
        { name: "Bob", edited: 0 },
      ]);
      const around = byId().where((b) => exists(Note.where((n) => n.text.eq(b.writer.name).or(b.writer.name.eq("Ada")))));
      expect(bare(around.toSQL().sql)).toMatch(/ left join writer on .* where exists \(select 1 from note where /);
      const related = byId().where((b) => b.writer.books.some((other) => other.pages.gt(b.pages)));
      expect(await titles(related)).toEqual(["one"]);
      const value = byId().select((b) => ({
        title: b.title,
        most: scalar(
          Book.where((o) => o.writer.name.eq(b.writer.name))
            .orderBy((o) => o.pages.desc())
            .limit(1)
            .select((o) => ({ pages: o.pages })),
        ),
      }));
      expect((await value).map((row) => row.most)).toEqual([20, 20, 30, null, null]);
      const among = byId().where((b) =>
        b.writer.name.in(
          writers()
            .where((w) => w.country.name.eq("Norway"))
            .select("name"),
        ),
      );
      expect(await titles(among)).toEqual(["one", "two"]);
    });

    it("does without joins in ON and in lateral queries, where they would come too late", async () => {
      const query = byId()
        .leftJoin(Writer, (b, w) => b.writer.country.id.eq(w.countryId))
        .select((b, w) => ({ title: b.title, compatriot: w.name, country: b.writer.country.name }));
      expect((await query).slice(0, 3)).toEqual([
        { title: "one", compatriot: "Ada", country: "Norway" },
        { title: "two", compatriot: "Ada", country: "Norway" },
        { title: "three", compatriot: null, country: null },
      ]);
      if (!engine().traits.lateral) return;
      const lateral = byId()
        .leftJoinLateral("others", (b) =>
          Book.where((o) => o.writer.name.eq(b.writer.name))
            .groupBy((o) => o.writer.name)
            .select((o) => ({ by: o.writer.name, n: count() })),
        )
        .select((b, o) => ({ title: b.title, by: b.writer.name, n: o.n }));
      expect((await lateral).map((row) => [row.title, row.n])).toEqual([
        ["one", 2],
        ["two", 2],
        ["three", 1],
        ["four", null],
        ["five", null],
      ]);
    });

    it("follows rows that an outer join may miss", async () => {
      const right = books()
        .rightJoin(Writer, (b, w) => b.editorId.eq(w.id).and(b.pages.lt(20)))
        .orderBy((_, w) => w.id)
        .select((b, w) => ({ by: b.writer.name, editor: w.name, country: w.country.name }));
      expect(await right).toEqual([
        { by: null, editor: "Ada", country: "Norway" },
        { by: "Ada", editor: "Bob", country: null },
      ]);
    });
  });

  describe("writes", () => {
    class Copy extends Model("tr_copy", { title: str(), by: str().nullable() }) {}
    const copies = () => Copy.using(engine());
    beforeAll(() => engine().createTable(Copy));
    afterAll(() => engine().dropTable(Copy));
    beforeEach(async () => {
      await copies().all().allRows().delete();
      await books()
        .where((b) => b.pages.gt(1000))
        .update((b) => ({ pages: b.pages.sub(1000) }));
    });

    it("inserts the rows of a query", async () => {
      const query = ofAda().select((b) => ({ title: b.title, by: b.writer.country.name }));
      expect(await query.insertInto(Copy)).toBe(2);
      expect(await copies().where({ by: "Norway" }).count()).toBe(2);
    });

    it("updates and deletes the rows that a condition finds, without a join", async () => {
      const ofBob = () => books().where((b) => b.writer.name.eq("Bob"));
      const sent = await sentBy(engine(), async () => {
        expect(await ofBob().update((b) => ({ pages: b.pages.add(1000) }))).toBe(1);
      });
      expect(sent.filter(({ sql }) => /^update/.test(sql)).flatMap(({ sql }) => joinsOf(sql))).toEqual([]);
      expect(await ofBob().pluck((b) => b.pages)).toEqual([1030]);
      expect(
        await books()
          .where((b) => b.writer.name.eq("Gone"))
          .update({ pages: 0 }),
      ).toBe(0);
      expect(
        await books()
          .where((b) => b.sequelOf.title.eq("one"))
          .update((b) => ({ pages: b.pages.add(1000) })),
      ).toBe(1);
      expect(
        await books()
          .where((b) => b.sequelOf.title.eq("one"))
          .pluck((b) => b.pages),
      ).toEqual([1020]);
      await books()
        .where((b) => b.sequelOf.title.eq("one"))
        .update({ pages: 20 });
      await Book.using(engine()).create({ title: "sixth", pages: 60, sequelOfId: (await books().get({ title: "five" })).id });
      expect(
        await books()
          .where((b) => b.sequelOf.title.eq("five"))
          .delete(),
      ).toBe(1);
      expect(await books().where({ title: "sixth" }).exists()).toBe(false);
    });

    it("changes a table that a path in its own condition leads to", async () => {
      const rated = () =>
        writers().where((w) =>
          w.id.in(
            Book.where((b) => b.writer.rating.gt(4))
              .orderBy((b) => b.writer.rating)
              .select((b) => ({ id: coalesce(b.writerId, 0) })),
          ),
        );
      expect(await rated().update({ rating: 6 })).toBe(1);
      expect(await writers().where({ name: "Ada", rating: 6 }).update({ rating: 5 })).toBe(1);
    });

    it("sets values that a path leads to", async () => {
      expect(
        await books()
          .where({ title: "one" })
          .update((b) => ({ pages: coalesce(b.writer.rating, 0).add(1000) })),
      ).toBe(1);
      expect(
        await books()
          .where({ title: "one" })
          .pluck((b) => b.pages),
      ).toEqual([1005]);
      const limited = byId()
        .where((b) => b.writer.name.eq("Ada"))
        .limit(1);
      expect(await limited.update((b) => ({ pages: coalesce(b.editor.rating, 0).add(7) }))).toBe(1);
      expect(
        await books()
          .where({ title: "one" })
          .pluck((b) => b.pages),
      ).toEqual([10]);
    });

    it("hands back what a path leads to", async () => {
      const changed = await books()
        .where((b) => b.writer.name.eq("Bob"))
        .returning((b) => ({ title: b.title, by: b.writer.name }))
        .update((b) => ({ pages: b.pages.add(1000) }));
      expect(changed).toEqual([{ title: "three", by: "Bob" }]);
    });

    it("locks the rows of the query and no others", async () => {
      const locked = ofAda()
        .orderBy((b) => b.editor.name)
        .forUpdate();
      // A server that cannot name what it locks is asked for each column on its own.
      expect(joined(locked)).toEqual(engine().traits.lockOf ? ["writer", "writer"] : []);
      const words = / for update.*$/.exec(bare(locked.toSQL().sql))?.[0] ?? null;
      expect(words).toBe(t.family === "sqlite" ? null : engine().traits.lockOf ? " for update of book" : " for update");
      expect(await engine().transaction(() => locked.select((b) => ({ title: b.title, by: b.writer.name })))).toEqual([
        { title: "two", by: "Ada" },
        { title: "one", by: "Ada" },
      ]);
    });
  });
}
