/** Conditions on JSON documents: parts, elements, lengths and typed scalars, with the same rows on every database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  count,
  type Expr,
  JsonNull,
  json,
  Model,
  type Scope,
  str,
  UnsupportedError,
  UsageError,
  ValueError,
  type WhereClause,
} from "../../src/index.ts";
import { holds, keys, one } from "../support/json-documents.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents of every shape
type Anything = any;

class Doc extends Model("j_doc", { doc: json<Anything>().nullable(), list: json<string[]>().nullable() }) {}

/** Columns called as in the queries that the operators are written with. */
class Named extends Model("j_named", {
  key: json<Anything>(),
  value: json<Anything>(),
  type: str(),
  json: json<Anything>(),
  v: json<Anything>(),
  doc: json<Anything>(),
}) {}

const documents: unknown[] = [
  {},
  [],
  "a",
  "",
  "1",
  "true",
  1,
  0,
  -1.5,
  0.1 + 0.2,
  1e21,
  true,
  false,
  null,
  ["a", "b", 1, 1.5, true, null],
  ["a "],
  ["A"],
  [["a"]],
  [[["a"], 1]],
  [{ a: 1 }, { a: 1, b: 2 }, { c: [1, { d: "x" }] }],
  { a: 1, b: "x" },
  { a: "1" },
  { a: null },
  { a: [1, 2, [3]] },
  { a: { b: { c: "deep", d: [true, false] } } },
  { a: {} },
  { a: [] },
  { a: true, b: false },
  { a: 'it\'s "quoted" \\ 😀 \n' },
  ...keys.map((key) => one(key, { n: 1, [key === "__proto__" ? "p" : key]: [key] })),
];
const parts: unknown[] = [
  ...documents,
  { a: [3] },
  { a: [[3]] },
  { a: [1, 1, 2] },
  { a: { b: {} } },
  { a: { b: { d: [false] } } },
  { a: { b: [] } },
  [{ b: 2 }],
  [{ c: [{ d: "x" }] }],
  [{ c: [{ d: "y" }] }],
  [["a"], 1],
  [[["a"]]],
  [{}],
  [[]],
  ["x", "a"],
  ...keys.map((key) => one(key, { [key === "__proto__" ? "p" : key]: [key] })),
  ...keys.map((key) => one(key, { n: 2 })),
];

export function suite(t: TargetContext): void {
  const Docs = () => Doc.using(t.engine());
  const store = (docs: readonly unknown[]) => Docs().bulkCreate(docs.map((doc) => ({ doc: doc === null ? JsonNull : doc })));
  const pluck = <T>(pick: (d: Scope<typeof Doc>) => Expr<T>): Promise<T[]> =>
    Docs()
      .all()
      .orderBy((d) => d.id)
      .pluck(pick);
  const read = (pick: (d: Scope<typeof Doc>) => WhereClause): Promise<unknown[]> => pluck(pick);

  beforeAll(() => t.engine().createTable(Doc));
  afterAll(() => t.engine().dropTable(Doc));
  beforeEach(async () => void (await Docs().all().allRows().delete()));

  describe("contains", () => {
    it("takes the rows that PostgreSQL's @> takes, for every document and part", async () => {
      await store(documents);
      for (const part of parts) {
        const wanted = documents.map((document) => holds(document, part));
        const found = await read((d) => d.doc.contains(part === null ? JsonNull : part));
        expect(found, JSON.stringify(part)).toEqual(wanted);
        const rows = await Docs()
          .where((d) => d.doc.contains(part === null ? JsonNull : part))
          .count();
        expect(rows, JSON.stringify(part)).toBe(wanted.filter(Boolean).length);
      }
    });

    it("is unknown without a document, and can be turned round", async () => {
      await store([{ a: 1 }, { a: 2 }, { b: {} }, 5]);
      await Docs().create({ doc: null });
      expect(await read((d) => d.doc.contains({ a: 1 }))).toEqual([true, false, false, false, null]);
      expect(await read((d) => d.doc.contains({ a: 1 }).not())).toEqual([false, true, true, true, null]);
      expect(
        await Docs()
          .exclude((d) => d.doc.contains({ a: 1 }).or(d.doc.contains(5)))
          .count(),
      ).toBe(2);
      expect(await read((d) => d.doc.path("a").contains(1))).toEqual([true, false, null, null, null]);
      expect(await read((d) => d.doc.path("b").contains({}))).toEqual([null, null, true, null, null]);
    });

    it("looks below a path, whatever its keys are called", async () => {
      for (const key of keys) {
        await Docs().all().allRows().delete();
        await store([one(key, { [key === "__proto__" ? "p" : key]: ["x", { y: 1 }] }), one(key, ["x"]), one(key, "x"), {}]);
        expect(await read((d) => d.doc.path(key).contains(["x"])), key).toEqual([false, true, false, null]);
        expect(await read((d) => d.doc.path(key).contains("x")), key).toEqual([false, true, true, null]);
        expect(await read((d) => d.doc.path(key, key === "__proto__" ? "p" : key).contains([{ y: 1 }])), key).toEqual([
          true,
          null,
          null,
          null,
        ]);
      }
    });

    it("binds every key and value", async () => {
      const nasty = `'; drop table j_doc; -- " \` \\ ? $1`;
      await store([one(nasty, nasty), [nasty], { other: 1 }]);
      const sent = await sentBy(t.engine(), async () => {
        expect(await read((d) => d.doc.contains(one(nasty, nasty)))).toEqual([true, false, false]);
        expect(await read((d) => d.doc.has(nasty))).toEqual([false, true, false]);
        expect(await read((d) => d.doc.path(nasty).asText().eq(nasty))).toEqual([true, null, null]);
        expect(await read((d) => d.doc.set([nasty, "x"], nasty).unset([nasty]).path(nasty).isNull())).toEqual([true, true, true]);
      });
      expect(sent.map(({ sql }) => sql).join()).not.toContain("drop table");
      expect(await Docs().count()).toBe(3);
    });

    it("goes 16 levels down and takes 500 values", async () => {
      const nest = (levels: number, array: boolean): unknown =>
        Array.from({ length: levels }).reduce((inner: unknown) => (array ? [inner] : { k: inner }), "x");
      const wide = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${i}`, i]));
      await store([nest(16, true), nest(16, false), wide]);
      expect(await read((d) => d.doc.contains(nest(16, true)))).toEqual([true, false, false]);
      expect(await read((d) => d.doc.contains(nest(16, false)))).toEqual([false, true, false]);
      expect(await read((d) => d.doc.contains(wide))).toEqual([false, false, true]);
      await refused(t.engine(), () => read((d) => d.doc.contains(nest(17, false))), ValueError);
      await refused(t.engine(), () => read((d) => d.doc.contains(Array.from({ length: 500 }, () => 1))), ValueError);
    });

    it("refuses what would widen it, and what is no document", async () => {
      const circular: Record<string, unknown> = {};
      circular["self"] = circular;
      const widening = [
        { a: undefined },
        { a: { b: undefined } },
        [undefined],
        { a: new Map() },
        { a: () => 1 },
        { a: Number.NaN },
        circular,
      ];
      const unstorable = [{ a: 5n }, "a\0", { "a\0": 1 }, ["\ud800"], { a: Symbol("s") }, new Set([1]), { toJSON: () => undefined }];
      for (const part of [...widening, ...unstorable]) await refused(t.engine(), () => read((d) => d.doc.contains(part)), ValueError);
      for (const part of [null, undefined, Doc.c.doc]) await refused(t.engine(), () => read((d) => d.doc.contains(part)), UsageError);
    });
  });

  describe("has and length", () => {
    it("finds a scalar among the elements of an array", async () => {
      await store([["a", 1, true, null], [["a"], "1", false], "a", 1, { a: 1 }, [], null]);
      await Docs().create({ doc: null });
      expect(await read((d) => d.doc.has("a"))).toEqual([true, false, false, false, false, false, false, null]);
      expect(await read((d) => d.doc.has(1))).toEqual([true, false, false, false, false, false, false, null]);
      expect(await read((d) => d.doc.has("1"))).toEqual([false, true, false, false, false, false, false, null]);
      expect(await read((d) => d.doc.has(true))).toEqual([true, false, false, false, false, false, false, null]);
      expect(await read((d) => d.doc.has(JsonNull))).toEqual([true, false, false, false, false, false, false, null]);
      for (const element of [null, undefined, {}, [], ["a"], Number.NaN, 5n, "\0"])
        await refused(t.engine(), () => read((d) => d.doc.has(element as never)));
    });

    it("counts the elements of an array, and gives NULL for everything else", async () => {
      await store([[], [1, [2, 3]], { a: [1] }, "abc", 5, null, { "": [1, 2, 3], 'q"': [1] }]);
      await Docs().create({ doc: null });
      expect(await pluck((d) => d.doc.length())).toEqual([0, 2, null, null, null, null, null, null]);
      expect(await pluck((d) => d.doc.path(1).length())).toEqual([null, 2, null, null, null, null, null, null]);
      expect(await pluck((d) => d.doc.path("a").length())).toEqual([null, null, 1, null, null, null, null, null]);
      expect(await pluck((d) => d.doc.path("").length())).toEqual([null, null, null, null, null, null, 3, null]);
      expect(await pluck((d) => d.doc.path('q"').length())).toEqual([null, null, null, null, null, null, 1, null]);
      expect(
        await Docs()
          .where((d) => d.doc.length().gte(1))
          .count(),
      ).toBe(1);
    });
  });

  describe("paths", () => {
    it("take several keys and indexes at once", async () => {
      await store([{ a: { b: [{ c: "x", n: 1.5, t: true }] } }, { a: { b: {} } }, [0]]);
      expect(await pluck((d) => d.doc.path("a", "b", 0, "c").asText())).toEqual(["x", null, null]);
      expect(await pluck((d) => d.doc.path("a").path("b", 0).path("n").asNumber())).toEqual([1.5, null, null]);
      expect(await pluck((d) => d.doc.path("a", "b", 0, "t").asBoolean())).toEqual([true, null, null]);
      for (const steps of [[], Array.from({ length: 17 }, () => "a"), [2 ** 31], [-1], ["a", {}]])
        await refused(t.engine(), () => pluck((d) => d.doc.path(...(steps as [string]))));
    });

    it("keep indexes of arrays and keys of objects apart", async () => {
      await store([{ "0": "key" }, ["index"], "scalar", { a: "scalar" }, { a: ["index", ["x"]] }, { a: { "0": "key" } }, 7]);
      expect(await pluck((d) => d.doc.path("0"))).toEqual(["key", null, null, null, null, null, null]);
      expect(await pluck((d) => d.doc.path(0))).toEqual([null, "index", null, null, null, null, null]);
      expect(await pluck((d) => d.doc.path(0).asText())).toEqual([null, "index", null, null, null, null, null]);
      expect(await pluck((d) => d.doc.path("a", "0"))).toEqual([null, null, null, null, null, "key", null]);
      expect(await pluck((d) => d.doc.path("a", 0))).toEqual([null, null, null, null, "index", null, null]);
      expect(await pluck((d) => d.doc.path("a", 1, 0))).toEqual([null, null, null, null, "x", null, null]);
      expect(await pluck((d) => d.doc.path("a", 0, 0))).toEqual([null, null, null, null, null, null, null]);
    });

    it("read every kind of scalar below every kind of key", async () => {
      for (const key of keys) {
        await Docs().all().allRows().delete();
        const scalars = [true, false, "true", 1, 0.1 + 0.2, null, ["x"], { y: true }];
        await store(scalars.map((value) => one(key, value)));
        expect(await pluck((d) => d.doc.path(key)), key).toEqual([true, false, "true", 1, 0.1 + 0.2, JsonNull, ["x"], { y: true }]);
        expect(await pluck((d) => d.doc.path(key).asBoolean()), key).toEqual([true, false, null, null, null, null, null, null]);
        expect(await pluck((d) => d.doc.path(key).asNumber()), key).toEqual([null, null, null, 1, 0.1 + 0.2, null, null, null]);
        expect((await pluck((d) => d.doc.path(key).asText())).slice(0, 6), key).toEqual([
          "true",
          "false",
          "true",
          "1",
          "0.30000000000000004",
          null,
        ]);
        expect(
          await Docs()
            .where((d) => d.doc.path(key).asBoolean())
            .count(),
          key,
        ).toBe(1);
        expect(
          await Docs()
            .where((d) => d.doc.path(key).asBoolean().not())
            .count(),
          key,
        ).toBe(1);
      }
    });

    it("compares texts to the last blank", async () => {
      await store([{ s: "a" }, { s: "a " }, { s: "A" }]);
      expect(await read((d) => d.doc.path("s").asText().eq("a"))).toEqual([true, false, false]);
      expect(await read((d) => d.doc.contains({ s: "a" }))).toEqual([true, false, false]);
    });
  });

  it.runIf(t.name === "mariadb")("says so where MariaDB cannot reach a key", async () => {
    await refused(t.engine(), () => read((d) => d.doc.contains({ "-x": 1 })), UnsupportedError);
    await refused(t.engine(), () => pluck((d) => d.doc.set(["-x"], 1)), UnsupportedError);
  });

  it("tells its own columns from those of the query that it makes for itself", async () => {
    const { key, value, json: own, v } = Named.c;
    await t.engine().createTable(Named);
    try {
      const Rows = Named.using(t.engine());
      await Rows.create({ key: ["x"], value: { 'q"': ["x", "y"] }, type: "x", json: { a: ["x"] }, v: [{ y: ["x"] }], doc: {} });
      const all = key.has("x").and(value.contains({ 'q"': ["x"] }), own.contains({ a: ["x"] }), v.contains([{ y: ["x"] }]));
      expect(await Rows.where(all).count()).toBe(1);
      await Rows.all()
        .allRows()
        .update((r) => ({
          doc: r.doc.set(["type"], r.type).set(['v"'], r.v).set(['v"', 0, "key"], r.key).set(["json"], r.json).append(['v"'], r.type),
          value: r.value.set(['q"', 0], r.doc),
        }));
      expect(await Rows.get({ type: "x" })).toMatchObject({
        doc: { type: "x", 'v"': [{ y: ["x"], key: ["x"] }, "x"], json: { a: ["x"] } },
        value: { 'q"': [t.family === "mysql" ? expect.anything() : {}, "y"] },
      });
    } finally {
      await t.engine().dropTable(Named);
    }
  });

  it("typed columns take part", async () => {
    await Docs().bulkCreate([{ list: ["a", "b"] }, { list: [] }, {}]);
    expect(await read((d) => d.list.has("a").and(d.list.length().eq(2)))).toEqual([true, false, null]);
    expect(await read((d) => d.list.contains(["b", "a"]))).toEqual([true, false, null]);
    const grouped = await Docs()
      .all()
      .groupBy((d) => d.list.path(0).asText())
      .select((d) => ({ first: d.list.path(0).asText(), lists: count(d.list) }));
    expect(grouped.toSorted((a, b) => a.lists - b.lists || Number(a.first === null) - Number(b.first === null))).toEqual([
      { first: "a", lists: 1 },
      { first: null, lists: 1 },
    ]);
  });
}
