/** Changes inside JSON documents, by update: the same document afterwards on every database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  array,
  bigint,
  bool,
  type Expr,
  float,
  int,
  JsonNull,
  json,
  Model,
  oneOf,
  prepare,
  str,
  UsageError,
  uuid,
  ValueError,
} from "../../src/index.ts";
import { keys, one, withAppended, withSet, withUnset } from "../support/json-documents.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Doc extends Model("j_change", {
  // biome-ignore lint/suspicious/noExplicitAny: documents of every shape
  doc: json<any>().nullable(),
  label: str().default("label"),
  n: int().nullable(),
  ratio: float().default(0.1 + 0.2),
  flag: bool().default(true),
  kind: oneOf("a", "b").default("a"),
  key: uuid().default("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
  big: bigint().nullable(),
}) {}
class Lists extends Model("j_lists", { list: array(int()) }) {}

const documents: unknown[] = [
  {},
  [],
  "text",
  5,
  true,
  { a: 1 },
  { a: null, t: true },
  { a: "x" },
  { a: [] },
  { a: [1, false, [2], { b: 3 }] },
  { a: { b: { c: [1] } }, f: false },
  [1, [2, [3]], { a: [4] }],
];
const paths: (string | number)[][] = [
  ["a"],
  ["z"],
  [0],
  [1],
  [9],
  ["a", "b"],
  ["a", 0],
  ["a", 1],
  ["a", 4],
  ["a", "b", "c"],
  ["a", "b", "c", 0],
  [1, 0],
  [1, 1, 0],
  [2, "a", 0],
  ["0"],
  ["a", "0"],
  ["z", "y"],
];

export function suite(t: TargetContext): void {
  const Docs = () => Doc.using(t.engine());
  const store = (docs: readonly unknown[]) => Docs().bulkCreate(docs.map((doc) => ({ doc })));
  type Change = Parameters<ReturnType<typeof Docs>["all"]> extends [] ? (d: typeof Doc.c) => Expr<unknown> : never;
  const docs = (): Promise<unknown[]> =>
    Docs()
      .all()
      .orderBy((d) => d.id)
      .pluck((d) => d.doc);
  /** The documents after an update, which is undone; the same change selected gives the same. */
  async function outcome(change: Change): Promise<unknown[]> {
    let changed: unknown[] = [];
    const selected = await Docs()
      .all()
      .orderBy((d) => d.id)
      .pluck((d) => change(d as never));
    await t
      .engine()
      .transaction(async () => {
        await Docs()
          .all()
          .allRows()
          .update((d) => ({ doc: change(d as never) as never }));
        changed = await docs();
        throw new RangeError("undo");
      })
      .catch((error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
      });
    expect(selected).toEqual(changed);
    return changed;
  }

  beforeAll(() => t.engine().createTable(Doc));
  afterAll(() => t.engine().dropTable(Doc));
  beforeEach(async () => void (await Docs().all().allRows().delete()));

  describe("every change of every document", () => {
    it.each(paths.map((path) => [JSON.stringify(path), path] as const))("at %s", async (_, path) => {
      await store(documents);
      const value = { x: [true, null, "y"] };
      expect(await outcome((d) => d.doc.set(path as [string], value))).toEqual(documents.map((doc) => withSet(doc, path, value)));
      expect(await outcome((d) => d.doc.set(path as [string], false))).toEqual(documents.map((doc) => withSet(doc, path, false)));
      expect(await outcome((d) => d.doc.unset(path as [string]))).toEqual(documents.map((doc) => withUnset(doc, path)));
      expect(await outcome((d) => d.doc.append(path as [string], value))).toEqual(documents.map((doc) => withAppended(doc, path, value)));
    });

    it("at the top, for append alone", async () => {
      await store(documents);
      expect(await outcome((d) => d.doc.append([], [1]))).toEqual(documents.map((doc) => withAppended(doc, [], [1])));
    });
  });

  it("one after the other", async () => {
    await store([{ a: { b: 1 }, tags: ["x"] }, { tags: [] }, 7]);
    expect(
      await outcome((d) =>
        d.doc
          .set(["c"], {})
          .set(["c", "d"], [])
          .append(["c", "d"], 1)
          .append(["c", "d"], true)
          .set(["c", "d", 0], "first")
          .unset(["a", "b"])
          .append(["tags"], "y")
          .unset(["tags", 0])
          .set(["e"], null),
      ),
    ).toEqual([{ a: {}, tags: ["y"], c: { d: ["first", true] }, e: null }, { tags: [], c: { d: ["first", true] }, e: null }, 7]);
  });

  it("stays NULL where there is no document, and keeps JSON's null", async () => {
    await Docs().bulkCreate([{ doc: null }, { doc: JsonNull }, { doc: { a: 1 } }]);
    expect(await outcome((d) => d.doc.set(["a"], 2))).toEqual([null, JsonNull, { a: 2 }]);
    expect(await outcome((d) => d.doc.unset(["a"]))).toEqual([null, JsonNull, {}]);
    expect(await outcome((d) => d.doc.append([], 2))).toEqual([null, JsonNull, { a: 1 }]);
    expect(await outcome((d) => d.doc.set(["a"], null))).toEqual([null, JsonNull, { a: null }]);
    expect(await outcome((d) => d.doc.set(["a"], JsonNull))).toEqual([null, JsonNull, { a: null }]);
    expect(await outcome((d) => d.doc.path("a"))).toEqual([null, null, 1]);
  });

  it("stores what columns and expressions hold, booleans as booleans", async () => {
    await Docs().bulkCreate([
      { doc: { old: true }, n: 3, label: 'it\'s "x" \\ 😀' },
      { doc: { old: "no" }, flag: false },
    ]);
    const [first, second] = await outcome((d) =>
      d.doc
        .set(["n"], d.n)
        .set(["twice"], d.n.mul(2))
        .set(["label"], d.label)
        .set(["ratio"], d.ratio)
        .set(["flag"], d.flag)
        .set(["big"], d.n.gt(2))
        .set(["kind"], d.kind)
        .set(["key"], d.key)
        .set(["copy"], d.doc)
        .set(["text"], d.doc.path("old").asText())
        .set(["truth"], d.doc.path("old").asBoolean())
        .set(["member"], d.doc.path("old"))
        .set(["none"], d.doc.path("none"))
        .set(["list"], [])
        .append(["list"], d.flag)
        .append(["list"], d.label),
    );
    const common = { ratio: 0.1 + 0.2, kind: "a", key: "3f2504e0-4f89-41d3-9a0c-0305e82c3301", none: null };
    const label = 'it\'s "x" \\ 😀';
    const text = { old: true, n: 3, twice: 6, label, flag: true, big: true, copy: { old: true }, text: "true", truth: true, member: true };
    expect(first).toEqual({ ...common, ...text, list: [true, label] });
    const other = { old: "no", n: null, twice: null, label: "label", flag: false, big: null, copy: { old: "no" } };
    expect(second).toEqual({ ...common, ...other, text: "no", truth: null, member: "no", list: [false, "label"] });
  });

  it("reaches a key whatever it is called, and leaves its neighbours as they were", async () => {
    const neighbours = { d: 0.1 + 0.2, t: true, z: null, i: 9007199254740991, 'q"': { x: [1.5, null] } };
    for (const key of keys) {
      await Docs().all().allRows().delete();
      const whole = { ...neighbours, o: one(key, { ...neighbours, l: [one(key, 1)] }) };
      await store([whole, one(key, "x"), {}]);
      const inner = one(key, { ...neighbours, l: [one(key, 1)] }) as Record<string, { l: unknown[] }>;
      const o = (change: (member: Record<string, unknown>) => void): unknown => {
        const copy = structuredClone(inner[key]) as Record<string, unknown>;
        change(copy);
        return { ...neighbours, o: one(key, copy) };
      };
      const hidden = (member: unknown): unknown => ({ ...neighbours, o: member });
      expect(await outcome((d) => d.doc.set(["o", key], false)), key).toEqual([hidden(one(key, false)), one(key, "x"), {}]);
      expect(await outcome((d) => d.doc.set([key], true)), key).toEqual([
        Object.fromEntries([...Object.entries(whole), [key, true]]),
        one(key, true),
        one(key, true),
      ]);
      expect(await outcome((d) => d.doc.set(["o", key, "t"], [null])), key).toEqual([
        o((member) => (member["t"] = [null])),
        one(key, "x"),
        {},
      ]);
      expect(await outcome((d) => d.doc.unset(["o", key])), key).toEqual([hidden({}), one(key, "x"), {}]);
      expect(await outcome((d) => d.doc.unset([key])), key).toEqual([whole, {}, {}]);
      expect(await outcome((d) => d.doc.unset(["o", key, "t"])), key).toEqual([o((member) => delete member["t"]), one(key, "x"), {}]);
      expect(await outcome((d) => d.doc.append(["o", key, "l"], false)), key).toEqual([
        o((member) => (member["l"] as unknown[]).push(false)),
        one(key, "x"),
        {},
      ]);
      expect(await outcome((d) => d.doc.set(["o", key, "l", 0], 5)), key).toEqual([o((member) => (member["l"] = [5])), one(key, "x"), {}]);
      expect(await outcome((d) => d.doc.unset(["o", key, "l", 0])), key).toEqual([o((member) => (member["l"] = [])), one(key, "x"), {}]);
      expect(await outcome((d) => d.doc.set(["o", key, "l", 0, key] as never, "deep")), key).toEqual([
        o((member) => (member["l"] = [one(key, "deep")])),
        one(key, "x"),
        {},
      ]);
      expect(await outcome((d) => d.doc.set(["o", key, key, key], 1)), key).toEqual([whole, one(key, "x"), {}]);
    }
  });

  it("sets hostile keys inside each other", async () => {
    await store([{ 'a"': { "": { "b\\": { x: 1, 'c"': [true] } } } }]);
    expect(await outcome((d) => d.doc.set(['a"', "", "b\\", 'c"'], { 'd"': null }))).toEqual([
      { 'a"': { "": { "b\\": { x: 1, 'c"': { 'd"': null } } } } },
    ]);
    expect(await outcome((d) => d.doc.append(['a"', "", "b\\"].concat('c"') as [string], false))).toEqual([
      { 'a"': { "": { "b\\": { x: 1, 'c"': [true, false] } } } },
    ]);
    expect(await outcome((d) => d.doc.unset(['a"', "", "b\\", 'c"']).set(['a"', "", "n"], 1))).toEqual([
      { 'a"': { "": { "b\\": { x: 1 }, n: 1 } } },
    ]);
  });

  it("serves several columns and a condition in one update", async () => {
    await store([
      { n: 1, tags: [] },
      { n: 2, tags: ["x"] },
    ]);
    const changed = await Docs()
      .where((d) => d.doc.path("tags").has("x"))
      .update((d) => ({ doc: d.doc.set(["n"], d.doc.path("n").asNumber().add(1)).append(["tags"], "y"), label: "changed" }));
    expect(changed).toBe(1);
    expect(await docs()).toEqual([
      { n: 1, tags: [] },
      { n: 3, tags: ["x", "y"] },
    ]);
  });

  it("takes the values of prepared queries, NULL for JSON's null", async () => {
    await store([{ a: 1, b: 2 }]);
    // biome-ignore lint/suspicious/noExplicitAny: a document of any shape
    const types = { doc: json<any>().nullable(), text: str().nullable(), flag: bool().nullable(), ratio: float().nullable() };
    const changed = prepare(types, ($) =>
      Docs()
        .all()
        .select((d) => ({ doc: d.doc.set(["a"], $.doc).set(["b"], $.text).set(["c"], $.flag).set(["d"], $.ratio) })),
    );
    expect(await changed.all({ doc: { x: [true] }, text: 'it\'s "x"', flag: false, ratio: 0.1 + 0.2 })).toEqual([
      { doc: { a: { x: [true] }, b: 'it\'s "x"', c: false, d: 0.1 + 0.2 } },
    ]);
    expect(await changed.all({ doc: null, text: null, flag: null, ratio: null })).toEqual([
      { doc: { a: null, b: null, c: null, d: null } },
    ]);
  });

  it("refuses what cannot be stored, and what is no path", async () => {
    const update = (change: Change) => () =>
      Docs()
        .all()
        .allRows()
        .update((d) => ({ doc: change(d as never) as never }));
    for (const value of [undefined, 5n, () => 1, Number.NaN, "a\0", { k: "\ud800" }, { big: 5n }, Symbol("s")])
      await refused(
        t.engine(),
        update((d) => d.doc.set(["a"], value as never)),
      );
    for (const path of [
      [],
      "a",
      null,
      undefined,
      [-1],
      [1.5],
      ["a\0"],
      ["\ud800"],
      [{}],
      Array.from({ length: 17 }, () => "a"),
      new Array(1),
    ]) {
      await refused(
        t.engine(),
        update((d) => d.doc.set(path as never, 1)),
      );
      await refused(
        t.engine(),
        update((d) => d.doc.unset(path as never)),
      );
      if (!Array.isArray(path) || path.length > 0)
        await refused(
          t.engine(),
          update((d) => d.doc.append(path as never, 1)),
        );
    }
    expect(
      (
        await refused(
          t.engine(),
          update((d) => d.doc.set(["a"], d.big as never)),
        )
      ).message,
    ).toMatch(/Doc.big, of the kind bigint/);
    await refused(
      t.engine(),
      update((d) => d.doc.set(["a"], "\0")),
      ValueError,
    );
    for (const use of [
      () => Lists.c.list.path(0),
      () => Lists.c.list.has(1),
      () => Lists.c.list.length(),
      () => Lists.c.list.append([], 1),
    ])
      expect(use).toThrow(UsageError);
  });
}
