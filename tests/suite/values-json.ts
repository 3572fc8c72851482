/** JSON documents: what JSON can say comes back as it was, keys are bound and never text. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { JsonNull, json, Model, QueryError, str, ValidationError, ValueError } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents of every shape
class Doc extends Model("v_doc", { label: str().default(""), doc: json<any>().nullable(), other: json<unknown>().default({ n: 0 }) }) {}

let deep: unknown = "bottom";
for (let i = 0; i < 200; i++) deep = i % 2 === 0 ? [deep] : { d: deep };

const documents: unknown[] = [
  {},
  [],
  "",
  "0.1",
  "null",
  "true",
  '{"a":1}',
  'it\'s "quoted" \\ back',
  0,
  -1.5,
  0.1,
  1e21,
  Number.MAX_SAFE_INTEGER,
  true,
  false,
  [null, 1, "a", { b: [] }],
  { a: null, b: "", c: [1, [2, [3]]], d: { e: { f: "g" } } },
  { "": 1, " ": 2, "a.b": 3, 'q"q': 4, "s'q": 5, "b\\s": 6, "$[0]": 7, "*": 8, 日本: 9, "😀": 10, "a\nb": 11 },
  { emoji: "😀👨‍👩‍👧", control: "\n\t\u0001", separator: "\u2028", escaped: "\\u0000 \\ud800" },
];

export function suite(t: TargetContext): void {
  const Docs = () => Doc.using(t.engine());
  const plucked = () =>
    Docs()
      .all()
      .orderBy((d) => d.id)
      .pluck((d) => d.doc);

  beforeAll(() => t.engine().createTable(Doc));
  afterAll(() => t.engine().dropTable(Doc));
  beforeEach(async () => void (await Docs().all().allRows().delete()));

  it("keeps documents of every shape", async () => {
    await Docs().bulkCreate(documents.map((doc) => ({ doc })));
    const rows = await Docs()
      .all()
      .orderBy((d) => d.id);
    rows.forEach((row, i) => void expect(row.doc, JSON.stringify(documents[i])?.slice(0, 60)).toEqual(documents[i]));
    expect(await plucked()).toEqual(documents);
    expect(rows.flatMap((row) => Object.keys(row.changes))).toEqual([]);
  });

  it("keeps a document nested 200 deep, or says that the database cannot", async () => {
    if (t.family === "mysql") {
      await expect(Docs().create({ doc: deep })).rejects.toBeInstanceOf(QueryError);
      expect(await Docs().count()).toBe(0);
    } else expect((await (await Docs().create({ doc: deep })).refresh()).doc).toEqual(deep);
  });

  it("keeps JSON's null apart from no document", async () => {
    await Docs().bulkCreate([{ doc: null }, { doc: JsonNull }, { doc: "null" }, {}]);
    expect(await plucked()).toEqual([null, JsonNull, "null", null]);
    expect(await Docs().where({ doc: null }).count()).toBe(2);
    expect(
      await Docs()
        .where((d) => d.doc.isNotNull())
        .count(),
    ).toBe(2);
    expect(
      await Docs()
        .where((d) => d.doc.eq(JsonNull))
        .count(),
    ).toBe(1);
    const row = await Docs()
      .where((d) => d.doc.eq(JsonNull))
      .get();
    expect(row.doc === JsonNull).toBe(true);
    row.doc = null;
    await row.save();
    expect(await Docs().where({ doc: null }).count()).toBe(3);
    await Docs().where({ id: row.id }).update({ doc: JsonNull });
    expect((await row.refresh()).doc === JsonNull).toBe(true);
  });

  it("finds documents by equality", async () => {
    const found = [{ a: 1, b: [true, null] }, [1, 2], "text", 5, true, { q: 'it\'s "x" \\' }];
    await Docs().bulkCreate(found.map((doc) => ({ doc })));
    for (const doc of found) {
      expect(
        await Docs()
          .where((d) => d.doc.eq(doc))
          .count(),
        JSON.stringify(doc),
      ).toBe(1);
      expect(
        await Docs()
          .where((d) => d.doc.ne(doc))
          .count(),
        JSON.stringify(doc),
      ).toBe(found.length - 1);
    }
    expect(
      await Docs()
        .where({ doc: { a: 1 } })
        .count(),
    ).toBe(0);
    expect(await Docs().where({ doc: "5" }).count()).toBe(0);
  });

  it("is changed by assignment and in place", async () => {
    const row = await Docs().create({ doc: { tags: ["a"] } });
    row.doc.tags.push("b");
    expect(row.changes).toEqual({ doc: [{ tags: ["a"] }, { tags: ["a", "b"] }] });
    await row.save();
    expect((await Docs().find(row.id))?.doc).toEqual({ tags: ["a", "b"] });
    expect(row.changes).toEqual({});
  });

  it("is not shared by rows that take it as a default", async () => {
    const [one, two] = await Docs().bulkCreate([{}, {}]);
    (one?.other as { n: number }).n = 5;
    expect(two?.other).toEqual({ n: 0 });
    expect((await Docs().create({})).other).toEqual({ n: 0 });
  });

  it("cannot reach the prototype of anything", async () => {
    const doc = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}');
    const row = await (await Docs().create({ doc })).refresh();
    expect(JSON.stringify(row.doc)).toBe(JSON.stringify(doc));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(row.changes).toEqual({});
  });

  it("drops what JSON has no word for inside a document, as JSON does, without failing after the insert", async () => {
    const doc = { kept: 1, gone: undefined, at: new Date(0), nothing: JsonNull };
    const row = await Docs().create({ doc });
    expect((await Docs().find(row.id))?.doc).toEqual({ kept: 1, at: "1970-01-01T00:00:00.000Z", nothing: null });
    const lively = await Docs().create({ doc: { kept: 1, call: () => 1 } });
    expect((await Docs().find(lively.id))?.doc).toEqual({ kept: 1 });
    const proxied = await Docs().create({ doc: new Proxy({ a: 1 }, {}) });
    expect((await proxied.refresh()).doc).toEqual({ a: 1 });
  });

  it("refuses what is no document", async () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const throwing = {
      toJSON: () => {
        throw new Error("secret");
      },
    };
    const values = [
      () => 1,
      Symbol("s"),
      5n,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      { big: 5n },
      circular,
      throwing,
      "a\0b",
      { k: "\0" },
      { "k\0": 1 },
      ["\ud800"],
      { toJSON: () => undefined },
    ];
    for (const [i, value] of values.entries()) {
      const works = [
        () => Docs().create({ doc: value }),
        () => Docs().bulkCreate([{ doc: 1 }, { doc: value }]),
        () => Docs().all().allRows().update({ doc: value }),
        () =>
          Docs()
            .where((d) => d.doc.eq(value))
            .all(),
      ];
      for (const work of works) {
        const kind = String(work).includes(".where(") ? ValueError : ValidationError;
        expect((await refused(t.engine(), work, kind, `value ${i}`)).message).not.toContain("secret");
      }
    }
  });
}
