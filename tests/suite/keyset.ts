/** Pages by position: every order, both ways, on plain rows and joins; cursors that were damaged or made elsewhere. */
import { assert, asyncProperty, constantFrom, integer, array as listOf, record } from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { count, rowNumber, sql, UsageError, ValidationError } from "../../src/index.ts";
import { type Field, fields, Row, Tag, values } from "../support/keyset-rows.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

interface Term {
  readonly field: Field;
  readonly direction: "asc" | "desc";
  readonly nulls: "first" | "last" | undefined;
}
/** Positions in `values`, null for NULL. */
type Cells = Readonly<Record<Field, number | null>>;

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const Rows = () => Row.using(engine());
  let cells: (Cells & { readonly id: number })[] = [];

  beforeAll(() => engine().createTable(Row, Tag));
  afterAll(() => engine().dropTable(Tag, Row));

  const fill = async (rows: readonly Cells[]) => {
    const made = await Rows().bulkCreate(
      rows.map(
        (row) => Object.fromEntries(fields.map((field) => [field, row[field] === null ? null : values[field][row[field]]])) as never,
      ),
    );
    cells = rows.map((row, i) => ({ ...row, id: (made[i] as Row).id }));
  };
  const rank = (field: Field, at: number | null) => (at === null ? null : field === "flag" ? Math.min(at, 1) : at);
  const sorted = (order: readonly Term[]): number[] => {
    const compare = (a: (typeof cells)[number], b: (typeof cells)[number]): number => {
      for (const { field, direction, nulls } of order) {
        const [x, y] = [rank(field, a[field]), rank(field, b[field])];
        if (x === y) continue;
        const own = (direction === "asc") === (t.capabilities.nullsSort === "first") ? "first" : "last";
        if (x === null || y === null) return (x === null) === ((nulls ?? own) === "first") ? -1 : 1;
        return direction === "asc" ? x - y : y - x;
      }
      return a.id - b.id;
    };
    return [...cells].sort(compare).map((row) => row.id);
  };
  const ordered = (order: readonly Term[]) =>
    Rows()
      .all()
      .orderBy((r) => order.map(({ field, direction, nulls }) => r[field][direction](nulls === undefined ? {} : { nulls })));

  interface Pager<R> {
    keyset(o: {
      limit: number;
      after?: string | null;
      before?: string | null;
    }): Promise<{ items: R[]; next: string | null; previous: string | null }>;
  }
  /** Every page from the first to the last, and back again. */
  async function walk<R>(query: Pager<R>, limit: number): Promise<{ there: R[]; back: R[] }> {
    const there: R[] = [];
    let page = await query.keyset({ limit });
    expect(page.previous).toBeNull();
    there.push(...page.items);
    while (page.next !== null) {
      expect(page.items).toHaveLength(limit);
      page = await query.keyset({ limit, after: page.next });
      expect(page.items.length).toBeGreaterThan(0);
      there.push(...page.items);
    }
    const back: R[] = [...page.items];
    while (page.previous !== null) {
      page = await query.keyset({ limit, before: page.previous });
      expect(page.items.length).toBeGreaterThan(0);
      expect(page.next).not.toBeNull();
      back.unshift(...page.items);
    }
    return { there, back };
  }

  describe("walks", () => {
    beforeEach(async () => {
      await Tag.using(engine()).all().allRows().delete();
      await Rows().all().allRows().delete();
    });
    const cell = integer({ min: -1, max: 2 }).map((n) => (n === -1 ? null : n));
    const rowOf = record({ ...Object.fromEntries(fields.map((field) => [field, cell])), must: integer({ min: 0, max: 2 }) });
    const term = record({
      field: constantFrom(...fields),
      direction: constantFrom("asc", "desc"),
      nulls: constantFrom("first", "last", undefined),
    });

    it("every order forwards and backwards, each row once", { timeout: 120_000 }, async () => {
      const property = asyncProperty(
        listOf(rowOf, { minLength: 12, maxLength: 30 }),
        listOf(listOf(term, { minLength: 1, maxLength: 3 }), { minLength: 6, maxLength: 6 }),
        integer({ min: 1, max: 7 }),
        async (rows, orders, limit) => {
          await Rows().all().allRows().delete();
          await fill(rows as unknown as Cells[]);
          for (const order of orders) {
            const { there, back } = await walk(ordered(order as Term[]), limit);
            expect(there.map((row) => row.id)).toEqual(sorted(order as Term[]));
            expect(back.map((row) => row.id)).toEqual(there.map((row) => row.id));
          }
        },
      );
      await assert(property, { numRuns: 8 });
    });

    const mixed = (rows: number): Cells[] =>
      Array.from({ length: rows }, (_, i) =>
        Object.fromEntries(fields.map((f, k) => [f, f === "must" ? i % 3 : [null, 0, 1, 2][(i * (k + 3) + k) % 4]])),
      ) as never;

    it.each(fields)("each single column: %s", async (field) => {
      await fill(mixed(23));
      for (const direction of ["asc", "desc"] as const) {
        for (const nulls of ["first", "last", undefined] as const) {
          const order = [{ field, direction, nulls }];
          const { there, back } = await walk(ordered(order), 4);
          expect(there.map((row) => row.id)).toEqual(sorted(order));
          expect(back.map((row) => row.id)).toEqual(sorted(order));
        }
      }
    });

    it("plain rows whose order is not selected, computed orders, and no order at all", async () => {
      await fill(mixed(20));
      const plain = Rows()
        .all()
        .orderBy((r) => [r.must.mul(2).sub(1).desc(), r.word.isNull().asc()])
        .select((r) => ({ number: r.id }));
      const { there, back } = await walk(plain, 3);
      expect(Object.keys(there[0] as object)).toEqual(["number"]);
      expect(there).toEqual(await plain.orderBy((r) => [r.must.desc(), r.word.isNull(), r.id]));
      expect(back).toEqual(there);
      const bare = await walk(Rows().all(), 6);
      expect(bare.there.map((row) => row.id)).toEqual(cells.map((row) => row.id));
      expect(bare.there[0]).toBeInstanceOf(Row);
      expect(
        (
          await walk(
            Rows()
              .all()
              .orderBy((r) => [r.id.desc(), r.must]),
            6,
          )
        ).there.map((row) => row.id),
      ).toEqual(cells.map((row) => row.id).reverse());
    });

    it("joins, where a row of the root comes several times, and outer joins, where one is missing", async () => {
      await fill(mixed(9));
      const tags = cells.flatMap(({ id: rowId }, i) => Array.from({ length: i % 3 }, (_, k) => ({ a: k, b: `t${i}`, rowId })));
      await Tag.using(engine()).bulkCreate([...tags, { a: 9, b: "free" }]);
      const inner = Rows()
        .all()
        .join(Tag, (r, g) => g.rowId.eq(r.id))
        .orderBy((r, g) => [r.must.desc(), g.a.desc()])
        .select((r, g) => ({ row: r.id, a: g.a, b: g.b }));
      const one = await walk(inner, 2);
      expect(one.there).toHaveLength(9);
      expect(one.there).toEqual(await inner.orderBy((r, g) => [r.must.desc(), g.a.desc(), r.id, g.b]));
      expect(one.back).toEqual(one.there);
      const outer = Rows()
        .all()
        .leftJoin(Tag, (r, g) => g.rowId.eq(r.id))
        .orderBy((_, g) => [g.b.asc({ nulls: "first" })])
        .select((r, g) => ({ row: r.id, a: g.a, b: g.b }));
      const two = await walk(outer, 2);
      expect(two.there).toHaveLength(12);
      expect(two.there).toEqual(await outer.orderBy((r, g) => [g.b.asc({ nulls: "first" }), r.id, g.a]));
      expect(two.back).toEqual(two.there);
      expect((await walk(Tag.using(engine()).all(), 4)).there.map(({ a, b }) => [a, b])).toEqual(
        [...tags, { a: 9, b: "free" }]
          .map(({ a, b }) => [a, b])
          .sort(([a, b], [c, d]) => Number(a) - Number(c) || (String(b) < String(d) ? -1 : 1)),
      );
    });

    it("on while rows come and go", async () => {
      await fill(mixed(10));
      const query = Rows()
        .all()
        .orderBy((r) => r.must);
      const first = await query.keyset({ limit: 4 });
      await Rows().create({ must: -5 });
      await (first.items[3] as Row).delete();
      const second = await query.keyset({ limit: 4, after: first.next });
      expect([...first.items, ...second.items].map((row) => row.id)).toEqual(
        sorted([{ field: "must", direction: "asc", nulls: undefined }]).slice(0, 8),
      );
      const end = await query.where((r) => r.must.gt(100)).keyset({ limit: 4, after: first.next });
      expect(end).toEqual({ items: [], next: null, previous: null });
    });
  });

  describe("cursors", () => {
    let cursor = "";
    const query = () => ordered([{ field: "large", direction: "desc", nulls: "last" }]);
    beforeAll(async () => {
      await Tag.using(engine()).all().allRows().delete();
      await Rows().all().allRows().delete();
      await fill([0, 1, 2, null].map((large) => ({ ...Object.fromEntries(fields.map((f) => [f, null])), must: 1, large }) as never));
      cursor = (await query().keyset({ limit: 1 })).next as string;
    });
    const decoded = () => JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const encoded = (content: unknown) =>
      Buffer.from(typeof content === "string" ? content : JSON.stringify(content)).toString("base64url");

    it("are safe in a URL, and go through JSON", async () => {
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(new URL(`http://x/?after=${cursor}`).searchParams.get("after")).toBe(cursor);
      const page = await query().keyset({ limit: 5, after: JSON.parse(JSON.stringify({ cursor })).cursor });
      expect(page.items.map((row) => row.large)).toEqual([values.large[1], values.large[0], null]);
    });

    it("fit another condition and another selection of the same order", async () => {
      const page = await query()
        .where((r) => r.large.isNotNull())
        .select("large")
        .keyset({ limit: 5, after: cursor });
      expect(page.items).toEqual([{ large: values.large[1] }, { large: values.large[0] }]);
    });

    it("of another order are refused before anything is sent", async () => {
      const others = [
        ordered([{ field: "large", direction: "asc", nulls: "last" }]),
        ordered([{ field: "large", direction: "desc", nulls: "first" }]),
        ordered([{ field: "small", direction: "desc", nulls: "last" }]),
        ordered([
          { field: "large", direction: "desc", nulls: "last" },
          { field: "must", direction: "asc", nulls: undefined },
        ]),
        Rows().all(),
        query().join(Tag, (r, g) => g.rowId.eq(r.id)),
      ];
      for (const other of others) {
        const error = await refused(engine(), () => other.keyset({ limit: 2, after: cursor }), ValidationError);
        expect(error.message).toContain("another order");
        await refused(engine(), () => other.keyset({ limit: 2, before: cursor }), ValidationError);
      }
      const doubled = Rows()
        .all()
        .orderBy((r) => r.must.mul(2));
      const tripled = Rows()
        .all()
        .orderBy((r) => r.must.mul(3));
      const { next } = await doubled.keyset({ limit: 1 });
      await refused(engine(), () => tripled.keyset({ limit: 1, after: next }), ValidationError);
    });

    it("that are damaged or hostile are refused before anything is sent", async () => {
      const [mark, large, key] = decoded();
      const wrong: unknown[] = [
        "",
        " ",
        "nonsense",
        `${cursor}!`,
        `${cursor}=`,
        cursor.slice(1),
        cursor.slice(0, -3),
        `${cursor}${cursor}`,
        encoded("not json"),
        encoded("null"),
        encoded("5"),
        encoded({ 0: mark, 1: large, 2: key, length: 3 }),
        encoded([]),
        encoded([mark]),
        encoded([mark, large]),
        encoded([mark, large, key, 1]),
        encoded([mark, large, null]),
        encoded([mark, large, String(key)]),
        encoded([mark, large, 1.5]),
        encoded([mark, large, [1]]),
        encoded([mark, large, { $gt: 0 }]),
        encoded([mark, { toString: "x" }, key]),
        encoded([mark, 5, key]),
        encoded([mark, "1; drop table k_row", key]),
        encoded([mark, "99999999999999999999", key]),
        encoded([mark, true, key]),
        encoded(`{"__proto__":[1]}`),
        encoded([[mark], large, key]),
        5,
        true,
        {},
        [cursor],
        new Date(),
      ];
      for (const text of wrong) {
        const error = await refused(engine(), () => query().keyset({ limit: 2, after: text as never }), ValidationError, String(text));
        expect(error.code).toBe("KAKA_VALIDATION");
        if (typeof text === "string" && text.length > 5) expect(error.message).not.toContain(text);
        await refused(engine(), () => query().keyset({ limit: 2, before: text as never }), ValidationError, String(text));
      }
      expect(await Rows().count()).toBe(4);
    });

    it.each(fields)("hold the values of %s exactly, and refuse those of another type", async (field) => {
      await Rows().all().allRows().delete();
      await fill([0, 1, 2].map((at) => ({ ...Object.fromEntries(fields.map((f) => [f, null])), must: 1, [field]: at }) as never));
      const by = ordered([{ field, direction: "asc", nulls: "last" }]);
      const { next } = await by.keyset({ limit: 1 });
      const rest = await by.keyset({ limit: 5, after: next });
      expect(rest.items.map((row) => row[field])).toEqual(values[field].slice(1));
      const [mark, , key] = JSON.parse(Buffer.from(next as string, "base64url").toString()) as unknown[];
      for (const value of [{}, [], { a: 1 }, field === "flag" ? 1 : true]) {
        await refused(engine(), () => by.keyset({ limit: 1, after: encoded([mark, value, key]) }), ValidationError, JSON.stringify(value));
      }
    });
  });

  it("refuses orders that have no position, and options that are none", async () => {
    const all = Rows().all();
    const refusedQueries = [
      () => all.orderBy((r) => r.doc).keyset({ limit: 1 }),
      () => all.orderBy((r) => rowNumber().over({ orderBy: r.id.asc() })).keyset({ limit: 1 }),
      () => all.orderBy(() => count()).keyset({ limit: 1 }),
      () => all.orderBy(() => sql<number>`1`).keyset({ limit: 1 }),
      () => all.select("must").distinct().keyset({ limit: 1 }),
      () => all.limit(5).keyset({ limit: 1 }),
      () => all.offset(5).keyset({ limit: 1 }),
      () =>
        all
          .groupBy((r) => r.must)
          .select((r) => ({ must: r.must }))
          .keyset({ limit: 1 }),
    ];
    for (const query of refusedQueries) await refused(engine(), query, UsageError);
    for (const limit of [0, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER, "5", null, undefined] as never[])
      await refused(engine(), () => all.keyset({ limit }), UsageError);
    for (const o of [undefined, null, 5, { limit: 1, page: 2 }, { limit: 1, after: "a", before: "b" }] as never[])
      await refused(engine(), () => all.keyset(o), UsageError);
  });
}
