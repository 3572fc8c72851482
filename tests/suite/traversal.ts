/** To-one relations inside a query: joined once for each path, the same rows as joins written by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { avg, count, max, sql, str, sum } from "../../src/index.ts";
import { bare, dropLibrary, fillLibrary, joinsOf } from "../support/library.ts";
import { Book, Country, Profile, Shelf, tenant, Writer } from "../support/library-models.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const books = () => Book.using(engine()).all();
  const writers = () => Writer.using(engine()).all();
  const text = (query: { toSQL(): { sql: string } }) => bare(query.toSQL().sql);
  const joined = (query: { toSQL(): { sql: string } }) => joinsOf(query.toSQL().sql);
  const byId = () => books().orderBy((b) => b.id);

  beforeAll(() => fillLibrary(engine()));
  afterAll(() => dropLibrary(engine()));

  describe("text", () => {
    it("joins a path once, however many calls and clauses name it", () => {
      const query = books()
        .where((b) => b.writer.name.ne("x"))
        .where((b) => b.writer.profile.bio.ne("x"))
        .exclude((b) => b.writer.profile.bio.eq("y"))
        .orderBy((b) => [b.writer.name, b.writer.country.name.desc()])
        .select((b) => ({ title: b.title, writer: b.writer.name, bio: b.writer.profile.bio }))
        .annotate((b) => ({ rating: b.writer.rating }));
      expect(text(query)).toBe(
        "select book.title, writer.name, profile.bio, writer.rating from book" +
          " left join writer on writer.id = book.writer_id and writer.deleted_at is null" +
          " left join profile on profile.writer_id = writer.id" +
          " left join country on country.id = writer.country_id" +
          " where writer.name <> ? and profile.bio <> ? and not (profile.bio = ?)" +
          " order by writer.name, country.name desc",
      );
    });

    it("joins a table once for each path that leads to it", () => {
      const query = books().select((b) => ({
        writer: b.writer.name,
        editor: b.editor.name,
        before: b.sequelOf.title,
        writerBefore: b.sequelOf.writer.name,
      }));
      expect(text(query)).toBe(
        "select writer.name, writer_2.name, book_2.title, writer_3.name from book" +
          " left join writer on writer.id = book.writer_id and writer.deleted_at is null" +
          " left join writer as writer_2 on writer_2.id = book.editor_id and writer_2.deleted_at is null" +
          " left join book as book_2 on book_2.id = book.sequel_of_id" +
          " left join writer as writer_3 on writer_3.id = book_2.writer_id and writer_3.deleted_at is null",
      );
    });

    it("joins nothing that a statement does not need", async () => {
      expect(joined(books().where((b) => b.title.eq("one")))).toEqual([]);
      const ordered = books().orderBy((b) => b.writer.name);
      expect(joined(ordered)).toEqual(["writer"]);
      const sent: string[] = [];
      const stop = engine().on("statement", (event) => void sent.push(bare(event.sql)));
      await ordered.count();
      stop();
      expect(sent).toEqual(["select count(*) from book"]);
    });

    it("follows from the source that a clause names", () => {
      const query = books()
        .join(Writer, (b, w) => b.editorId.eq(w.id))
        .select((b, w) => ({ writer: b.writer.country.name, editor: w.country.name }));
      expect(text(query)).toBe(
        "select country.name, country_2.name from book join writer on book.editor_id = writer.id" +
          " left join writer as writer_2 on writer_2.id = book.writer_id and writer_2.deleted_at is null" +
          " left join country on country.id = writer_2.country_id" +
          " left join country as country_2 on country_2.id = writer.country_id where writer.deleted_at is null",
      );
    });

    it("gives every join a name that nothing else in sight has", async () => {
      const query = writers()
        .where((w) => w.books.some((b) => b.editor.name.eq(w.profile.bio).or(b.editor.name.ne(w.name))))
        .orderBy((w) => w.id);
      expect(text(query)).toContain(
        "left join profile on profile.writer_id = writer.id where exists (select 1 from book" +
          " left join writer as writer_2 on writer_2.id = book.editor_id and writer_2.deleted_at is null" +
          " where book.writer_id = writer.id and (writer_2.name = profile.bio or writer_2.name <> writer.name))",
      );
      expect((await query).map((w) => w.name)).toEqual(["Ada"]);
    });
  });

  describe("rows", () => {
    it("are those of joins written by hand", async () => {
      const paths = await byId().select((b) => ({
        title: b.title,
        writer: b.writer.name,
        country: b.writer.country.name,
        bio: b.writer.profile.bio,
        editor: b.editor.name,
        before: b.sequelOf.title,
      }));
      const byHand = await books()
        .leftJoin(Writer, (b, w) => b.writerId.eq(w.id))
        .leftJoin(Country, (_, w, c) => w.countryId.eq(c.id))
        .leftJoin(Profile, (_, w, _c, p) => p.writerId.eq(w.id))
        .leftJoin(Writer, (b, _w, _c, _p, e) => b.editorId.eq(e.id))
        .leftJoin(Book, (b, _w, _c, _p, _e, s) => b.sequelOfId.eq(s.id))
        .orderBy((b) => b.id)
        .select((b, w, c, p, e, s) => ({
          title: b.title,
          writer: w.name,
          country: c.name,
          bio: p.bio,
          editor: e.name,
          before: s.title,
        }));
      expect(paths).toEqual(byHand);
      expect(paths).toEqual([
        { title: "one", writer: "Ada", country: "Norway", bio: "A maths", editor: "Bob", before: null },
        { title: "two", writer: "Ada", country: "Norway", bio: "A maths", editor: "Ada", before: "one" },
        { title: "three", writer: "Bob", country: null, bio: "B prose", editor: null, before: null },
        { title: "four", writer: null, country: null, bio: null, editor: null, before: null },
        { title: "five", writer: null, country: null, bio: null, editor: null, before: null },
      ]);
    });

    it("are found, ordered and told to be missing", async () => {
      const titles = (query: ReturnType<typeof books>) => query.pluck((b) => b.title);
      expect(await titles(byId().where((b) => b.writer.profile.bio.like("A%")))).toEqual(["one", "two"]);
      expect(await titles(byId().where((b) => b.writer.name.isNull()))).toEqual(["four", "five"]);
      expect(await titles(byId().where((b) => b.writer.country.name.isNull().and(b.writer.name.isNotNull())))).toEqual(["three"]);
      expect(await titles(byId().where((b) => b.writer.rating.gt(b.editor.rating)))).toEqual(["one"]);
      expect(await titles(books().orderBy((b) => [b.writer.name.desc({ nulls: "last" }), b.pages.desc()]))).toEqual([
        "three",
        "two",
        "one",
        "five",
        "four",
      ]);
      expect(
        await titles(byId().where((b) => sql`${b.writer.name} = ${"Bob"}`.as(str()).isNotNull().and(b.writer.name.eq("Bob")))),
      ).toEqual(["three"]);
      expect(
        await books()
          .where((b) => b.writer.name.eq("Ada"))
          .count(),
      ).toBe(2);
      expect(
        await books()
          .where((b) => b.writer.name.eq("Gone"))
          .exists(),
      ).toBe(false);
      expect(
        await books()
          .where((b) => b.writer.name.eq("Bob"))
          .exists(),
      ).toBe(true);
    });

    it("can be selected as a whole, and saved", async () => {
      const rows = await byId().select((b) => ({ title: b.title, writer: b.writer, of: { country: b.writer.country } }));
      expect(rows.map(({ writer, of }) => [writer?.name ?? null, of.country?.name ?? null])).toEqual([
        ["Ada", "Norway"],
        ["Ada", "Norway"],
        ["Bob", null],
        [null, null],
        [null, null],
      ]);
      const bob = rows[2]?.writer as Writer;
      expect(bob).toBeInstanceOf(Writer);
      bob.rating = 4;
      await bob.save();
      expect((await writers().get({ name: "Bob" })).rating).toBe(4);
      await writers().where({ name: "Bob" }).update({ rating: 3 });
      const annotated = await byId().annotate((b) => ({ by: b.writer.name }));
      expect(annotated.map((book) => [book instanceof Book, book.by])[2]).toEqual([true, "Bob"]);
    });

    it("leave out what is deleted, archived or another tenant's", async () => {
      const rows = () =>
        byId().select((b) => ({ title: b.title, writer: b.writer.name, shelf: b.shelf.label, publisher: b.publisher.name }));
      expect((await rows()).slice(0, 2)).toEqual([
        { title: "one", writer: "Ada", shelf: "hall", publisher: "ours" },
        { title: "two", writer: "Ada", shelf: null, publisher: null },
      ]);
      tenant.current = 2;
      try {
        expect((await rows()).map((row) => row.publisher)).toEqual([null, "theirs", null, null, null]);
      } finally {
        tenant.current = 1;
      }
      expect(await Shelf.using(engine()).includeDeleted().count()).toBe(2);
      expect(
        await Profile.using(engine())
          .where((p) => p.writer.name.isNull())
          .pluck((p) => p.bio),
      ).toEqual(["A ghost"]);
      // Only the root is asked for with its deleted rows.
      expect(
        await writers()
          .includeDeleted()
          .where((w) => w.country.name.eq("Norway"))
          .count(),
      ).toBe(2);
      expect(
        await writers()
          .onlyDeleted()
          .pluck((w) => w.profile.bio),
      ).toEqual(["A ghost"]);
    });

    it("of a standing condition are those that meet it", async () => {
      const query = writers()
        .orderBy((w) => w.id)
        .select((w) => ({ name: w.name, praised: w.praised.bio, any: w.profile.bio }));
      expect(await query).toEqual([
        { name: "Ada", praised: "A maths", any: "A maths" },
        { name: "Bob", praised: null, any: "B prose" },
      ]);
      expect(joined(query)).toEqual(["profile", "profile"]);
    });

    it("are one where no key says so: the first, as on a row", async () => {
      const query = writers()
        .orderBy((w) => w.id)
        .select((w) => ({ name: w.name, longest: w.longest.title, first: w.anyBook.title, editor: w.longest.editor.name }));
      expect(joined(query)).toEqual([]);
      expect(await query).toEqual([
        { name: "Ada", longest: "two", first: "one", editor: "Ada" },
        { name: "Bob", longest: "three", first: "three", editor: null },
      ]);
      for (const row of await query) {
        const writer = await writers().get({ name: row.name });
        expect([(await writer.longest)?.title, (await writer.anyBook)?.title]).toEqual([row.longest, row.first]);
      }
    });
  });

  describe("groups", () => {
    it("are made of, chosen by and ordered by what a path leads to", async () => {
      const query = books()
        .groupBy((b) => b.writer.name)
        .having((b) => count().gte(1).and(b.writer.name.isNotNull()))
        .orderBy((b) => b.writer.name.desc())
        .select((b) => ({ writer: b.writer.name, books: count(), pages: sum(b.pages), rating: max(b.writer.rating) }));
      expect(joined(query)).toEqual(["writer"]);
      expect(await query).toEqual([
        { writer: "Bob", books: 1, pages: 30, rating: 3 },
        { writer: "Ada", books: 2, pages: 30, rating: 5 },
      ]);
      const keys = books().groupBy((b) => [b.writer.country.name, b.writer.name]);
      expect(
        await keys
          .having((b) => max(b.pages).lt(30))
          .select((b) => ({ country: b.writer.country.name, writer: b.writer.name, books: count() })),
      ).toEqual([{ country: "Norway", writer: "Ada", books: 2 }]);
      expect(await keys.select((b) => ({ country: b.writer.country.name })).count()).toBe(3);
    });

    it("are told from what they have many of", async () => {
      const ungrouped = () =>
        books()
          .groupBy((b) => b.writerId)
          .select((b) => ({ writer: b.writer.name, books: count() }))
          .toSQL();
      expect((await refused(engine(), ungrouped)).message).toContain("writer.name is selected, but a group has many of it");
      const beside = () =>
        books()
          .select((b) => ({ writer: b.writer.name, books: count() }))
          .toSQL();
      await refused(engine(), beside);
    });

    it("aggregate what a path leads to, of a part of the rows as well", async () => {
      expect(
        await books().aggregate((b) => ({ ratings: sum(b.writer.rating), mean: avg(b.writer.rating), n: count(b.writer.name) })),
      ).toEqual({
        ratings: 13,
        mean: 13 / 3,
        n: 3,
      });
      expect(
        await byId()
          .limit(3)
          .sum((b) => b.writer.rating),
      ).toBe(13);
      expect(
        await byId()
          .limit(1)
          .max((b) => b.writer.country.name),
      ).toBe("Norway");
    });
  });

  it("names a column that is misspelt behind a relation", async () => {
    const wrong = () => writers().where((w) => (w.country as unknown as { nmae: { eq(x: string): never } }).nmae.eq("x"));
    expect((await refused(engine(), wrong)).message).toContain('Country has no column "nmae"');
  });
}
