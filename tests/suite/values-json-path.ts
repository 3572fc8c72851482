/** Paths into JSON documents: keys are bound, never text. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Expr, JsonNull, json, Model, type Scope, str, UnsupportedError } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents of every shape
class Doc extends Model("v_doc_path", { label: str().default(""), doc: json<any>().nullable() }) {}

export function suite(t: TargetContext): void {
  const Docs = () => Doc.using(t.engine());
  const pluck = (pick: (d: Scope<typeof Doc>) => Expr<unknown>) =>
    Docs()
      .all()
      .orderBy((d) => d.id)
      .pluck(pick);

  beforeAll(() => t.engine().createTable(Doc));
  afterAll(() => t.engine().dropTable(Doc));
  beforeEach(async () => void (await Docs().all().allRows().delete()));

  const keys = [
    "plain",
    "with.dot",
    'quo"te',
    "apo'strophe",
    "back\\slash",
    "$",
    "[0]",
    "",
    " ",
    "*",
    "日本",
    "😀",
    "a\nb",
    "%",
    "x--",
    "0",
    "null",
  ];

  it("reaches a key whatever it is called", async () => {
    const doc = Object.fromEntries(keys.map((key, i) => [key, { n: i, t: `text ${i}`, [key]: i }]));
    await Docs().create({ doc });
    for (const [i, key] of keys.entries()) {
      expect(await pluck((d) => d.doc.path(key).path("n").asNumber()), key).toEqual([i]);
      expect(await pluck((d) => d.doc.path(key).path(key).asNumber()), key).toEqual([i]);
      expect(await pluck((d) => d.doc.path(key).path("t").asText()), key).toEqual([`text ${i}`]);
      expect(await pluck((d) => d.doc.path(key)), key).toEqual([doc[key]]);
      expect(
        await Docs()
          .where((d) => d.doc.path(key).path("n").asNumber().eq(i))
          .count(),
        key,
      ).toBe(1);
      expect(
        await Docs()
          .where((d) => d.doc.path(`${key}x`).isNull())
          .count(),
        key,
      ).toBe(1);
    }
  });

  it("reaches every sign of ASCII, alone, first and last in a key", async () => {
    const signs = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1));
    const names = signs.flatMap((sign) => [sign, `${sign}x`, `x${sign}`]).filter((key, i, all) => all.indexOf(key) === i);
    const unreachable = (key: string) => t.name === "mariadb" && key.startsWith("-");
    await Docs().create({ doc: Object.fromEntries(names.map((key, i) => [key, i])) });
    for (let i = 0; i < names.length; i += 50) {
      const some = names.slice(i, i + 50).filter((key) => !unreachable(key));
      const [row] = await Docs()
        .all()
        .select((d) => Object.fromEntries(some.map((key) => [`k${names.indexOf(key)}`, d.doc.path(key).asNumber()])));
      expect(row).toEqual(Object.fromEntries(some.map((key) => [`k${names.indexOf(key)}`, names.indexOf(key)])));
    }
    for (const key of names.filter(unreachable))
      await refused(
        t.engine(),
        () =>
          Docs()
            .where((d) => d.doc.path(key).isNull())
            .all(),
        UnsupportedError,
        key,
      );
  });

  it("reads each kind of value", async () => {
    await Docs().create({ doc: { s: "0.1", n: 0.1, i: 7, t: true, f: false, z: null, a: [1, "two", { three: 3 }], e: "" } });
    const texts: Record<string, unknown> = { s: "0.1", n: "0.1", i: "7", t: "true", f: "false", z: null, e: "", missing: null };
    const numbers: Record<string, unknown> = { s: null, n: 0.1, i: 7, t: null, f: null, z: null, a: null, missing: null };
    const values: Record<string, unknown> = {
      s: "0.1",
      n: 0.1,
      i: 7,
      t: true,
      f: false,
      z: JsonNull,
      a: [1, "two", { three: 3 }],
      e: "",
      missing: null,
    };
    for (const [key, value] of Object.entries(texts))
      expect(await pluck((d) => d.doc.path(key).asText()), `text of ${key}`).toEqual([value]);
    for (const [key, value] of Object.entries(numbers))
      expect(await pluck((d) => d.doc.path(key).asNumber()), `number of ${key}`).toEqual([value]);
    for (const [key, value] of Object.entries(values)) expect(await pluck((d) => d.doc.path(key)), `value of ${key}`).toEqual([value]);
    expect(await pluck((d) => d.doc.path("a").path(1).asText())).toEqual(["two"]);
    expect(await pluck((d) => d.doc.path("a").path(2).path("three").asNumber())).toEqual([3]);
    expect(await pluck((d) => d.doc.path("a").path(9))).toEqual([null]);
  });

  it("filters and orders by what it reaches", async () => {
    await Docs().bulkCreate([10, 9, 100].map((n) => ({ label: `n${n}`, doc: { n, s: `s${n}`, o: { k: [n] } } })));
    const labels = (rows: { label: string }[]) => rows.map((row) => row.label);
    expect(
      labels(
        await Docs()
          .all()
          .orderBy((d) => d.doc.path("n").asNumber()),
      ),
    ).toEqual(["n9", "n10", "n100"]);
    expect(
      labels(
        await Docs()
          .where((d) => d.doc.path("n").asNumber().gt(9))
          .orderBy((d) => d.id),
      ),
    ).toEqual(["n10", "n100"]);
    expect(
      labels(
        await Docs()
          .where((d) => d.doc.path("s").asText().like("s1%"))
          .orderBy((d) => d.id),
      ),
    ).toEqual(["n10", "n100"]);
    expect(labels(await Docs().where((d) => d.doc.path("n").eq(9)))).toEqual(["n9"]);
    expect(labels(await Docs().where((d) => d.doc.path("s").eq("s100")))).toEqual(["n100"]);
    expect(labels(await Docs().where((d) => d.doc.path("o").eq({ k: [10] })))).toEqual(["n10"]);
    expect(
      labels(
        await Docs()
          .where((d) => d.doc.path("o").path("k").path(0).asNumber().in([9, 100]))
          .orderBy((d) => d.id),
      ),
    ).toEqual(["n9", "n100"]);
  });

  it("refuses keys that no document can have", async () => {
    for (const key of ["a\0", "\ud800", -1, 1.5, Number.NaN, null, undefined, {}, ["a"]]) {
      await refused(t.engine(), () =>
        Docs()
          .where((d) => d.doc.path(key as never).isNull())
          .all(),
      );
    }
  });
}
