/** Pages by number: their edges, queries that are cut already, and orders that do not decide. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { count, foreignKey, int, Model, str } from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Entry extends Model("p_entry", { n: int(), kind: str({ length: 5 }) }) {}
class Note extends Model("p_note", { entryId: foreignKey(() => Entry) }) {}

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const all = () => Entry.using(engine()).all();
  const numbers = (page: { items: { n: number }[] }) => page.items.map(({ n }) => n);

  beforeAll(async () => {
    await engine().createTable(Entry, Note);
    const made = await Entry.using(engine()).bulkCreate(Array.from({ length: 10 }, (_, n) => ({ n, kind: n % 2 === 0 ? "even" : "odd" })));
    await Note.using(engine()).bulkCreate(made.flatMap(({ id, n }) => (n < 3 ? [{ entryId: id }, { entryId: id }] : [])));
  });
  afterAll(() => engine().dropTable(Note, Entry));

  it("takes each row once, also where the order does not decide", async () => {
    const query = all().orderBy((e) => e.kind);
    const seen: number[] = [];
    for (let page = 1; page <= 4; page++) {
      const { items, total, pages, hasNext } = await query.paginate({ page, perPage: 3 });
      expect([total, pages, hasNext]).toEqual([10, 4, page < 4]);
      seen.push(...items.map(({ n }) => n));
    }
    expect(seen).toEqual([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]);
  });

  it("stays within the query's own limit and offset", async () => {
    const query = all()
      .orderBy((e) => e.n.desc())
      .offset(2)
      .limit(5);
    const first = await query.paginate({ page: 1, perPage: 3 });
    expect([numbers(first), first.total, first.pages, first.hasNext]).toEqual([[7, 6, 5], 5, 2, true]);
    const second = await query.paginate({ page: 2, perPage: 3 });
    expect([numbers(second), second.hasNext]).toEqual([[4, 3], false]);
    expect(await all().limit(0).paginate({ page: 1 })).toEqual({ items: [], total: 0, pages: 0, hasNext: false });
    const rest = await all()
      .orderBy((e) => e.n)
      .offset(8)
      .paginate({ page: 1, perPage: 5 });
    expect([numbers(rest), rest.total]).toEqual([[8, 9], 2]);
  });

  it("fills a page exactly, and is empty behind the last one without asking for it", async () => {
    expect(await all().paginate({ page: 2, perPage: 5 })).toMatchObject({ total: 10, pages: 2, hasNext: false });
    for (const page of [3, 1_000_000, Number.MAX_SAFE_INTEGER]) {
      const sent = await sentBy(engine(), async () => {
        expect(await all().paginate({ page, perPage: 1000 })).toEqual({ items: [], total: 10, pages: 1, hasNext: false });
      });
      expect(sent).toHaveLength(1);
    }
  });

  it("pages distinct rows, groups, joins and plain rows", async () => {
    const kinds = all().select("kind").distinct();
    expect(await kinds.paginate({ page: 1, perPage: 1 })).toEqual({ items: [{ kind: "even" }], total: 2, pages: 2, hasNext: true });
    expect((await kinds.paginate({ page: 2, perPage: 1 })).items).toEqual([{ kind: "odd" }]);
    const groups = all()
      .groupBy((e) => e.kind)
      .select((e) => ({ kind: e.kind, n: count() }));
    expect(await groups.paginate({ page: 2, perPage: 1 })).toEqual({ items: [{ kind: "odd", n: 5 }], total: 2, pages: 2, hasNext: false });
    const joined = all()
      .join(Note, (e, note) => note.entryId.eq(e.id))
      .select((e, note) => ({ n: e.n, note: note.id }));
    const pages = await Promise.all([1, 2, 3].map((page) => joined.paginate({ page, perPage: 2 })));
    expect(pages.flatMap(({ items }) => items.map(({ n }) => n))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(new Set(pages.flatMap(({ items }) => items.map(({ note }) => note))).size).toBe(6);
  });

  it("refuses what is no page before anything is sent", async () => {
    const wrong = [
      undefined,
      null,
      1,
      {},
      { page: "1" },
      { page: -1 },
      { page: 1, perPage: 1.5 },
      { page: 1, perPage: Number.NaN },
      { page: 1, perPage: "5" },
    ];
    for (const o of wrong as never[]) await refused(engine(), () => all().paginate(o));
  });
}
