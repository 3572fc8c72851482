/** Names of constraints: within every limit, the same for ever, and distinct. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intCodec } from "../../../src/codec/number.ts";
import { enumCodec } from "../../../src/codec/text.ts";
import { checkedName, generatedName, type NameRules, namesOf } from "../../../src/render/ddl-names.ts";
import { defaultNaming } from "../../../src/render/naming.ts";
import { column, exactly, index, ref, references, table, writers } from "../../support/tables.ts";

const bytes = { maxNameLength: 63, nameLengthUnit: "bytes" } as const;
const characters = { maxNameLength: 64, nameLengthUnit: "characters" } as const;
const rules: NameRules = { traits: { ...bytes, label: "Testbase 1" }, refuse: () => null };
const size = (name: string, unit: "bytes" | "characters") => (unit === "bytes" ? Buffer.byteLength(name) : [...name].length);

describe("generated names", () => {
  it.each([
    [["post", "author_id"], "fkey", "post_author_id_fkey"],
    [["BlogPost", "authorId"], "idx", "blog_post_author_id_idx"],
    [["post"], "check", "post_check"],
    // 58 + 5 = 63 fits, one more does not.
    [["a".repeat(58)], "pkey", `${"a".repeat(58)}_pkey`],
    [["a".repeat(59)], "pkey", `${"a".repeat(49)}_d3321278_pkey`],
  ])("%j %s", (parts, suffix, expected) => expect(generatedName(parts, suffix, bytes)).toBe(expected));

  it("cuts between characters, never inside one", () => {
    const name = generatedName(["x", "é".repeat(40)], "key", bytes);
    expect(name).toMatch(/^x_é+_[0-9a-f]{8}_key$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  });

  const part = fc.string({ minLength: 1, maxLength: 70, unit: "grapheme" });
  it("are within the limit and stable", () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.constantFrom("pk", "fkey", "check"), (parts, suffix) => {
        for (const limit of [bytes, characters]) {
          const name = generatedName(parts, suffix, limit);
          expect(size(name, limit.nameLengthUnit)).toBeLessThanOrEqual(limit.maxNameLength);
          expect(name.endsWith(`_${suffix}`)).toBe(true);
          expect(generatedName([...parts], suffix, limit)).toBe(name);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("of one table are distinct, whatever their columns are called", () => {
    const word = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom("a", "b", "_", "A", "é") });
    fc.assert(
      fc.property(word, fc.uniqueArray(word, { minLength: 2, maxLength: 6 }), (name, columns) => {
        const refs = columns.map(exactly);
        const pairs = refs.flatMap((one) => refs.map((other) => [one, other]));
        const definition = table(
          name,
          refs.map((own) => column(own, enumCodec(["x"]))),
          {
            primaryKey: refs,
            uniques: pairs.map((pair) => ({ name: null, columns: pair })),
            checks: pairs.map(() => ({ name: null, columns: [], condition: { kind: "constant", value: true } })),
            foreignKeys: pairs.map((pair) => references([], "other", { columns: pair, targetColumns: pair })),
            indexes: pairs
              .map(() => index([]))
              .map((one, i) => ({
                ...one,
                columns: (pairs[i] ?? []).map((own) => ({ column: own, direction: "asc" as const })),
              })),
          },
        );
        const { primaryKey, types, ...lists } = namesOf(definition, rules, defaultNaming, ["enum"]);
        const all = [primaryKey, ...types, ...Object.values(lists).flat()];
        expect(all).toHaveLength(1 + refs.length + 4 * pairs.length);
        expect(new Set(all.map((one) => one?.toLowerCase())).size).toBe(all.length);
        expect(all.every((one) => Buffer.byteLength(one ?? "") <= 63)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("give way to declared ones, without regard to case", () => {
    const definition = table("post", [column("id", intCodec)], {
      checks: [
        { name: null, columns: [ref("id")], condition: { kind: "constant", value: true } },
        { name: null, columns: [ref("id")], condition: { kind: "constant", value: true } },
      ],
      uniques: [{ name: "POST_ID_CHECK", columns: [ref("id")] }],
    });
    expect(namesOf(definition, rules, defaultNaming, []).checks).toEqual(["post_id_2_check", "post_id_3_check"]);
  });
});

describe("declared names", () => {
  it.each([
    ["a".repeat(64), /has 64 bytes, and Testbase 1 takes 63 at most/],
    ["é".repeat(32), /has 64 bytes/],
    ["", /empty/],
    ["a\nb", /control character/],
    ["a\u0000b", /control character/],
    ["a\ud800", /surrogate/],
    ["a ", /ends with a space/],
  ])("%j is refused", (name, message) => expect(() => checkedName(name, "index", rules)).toThrow(message));

  it.each(["a".repeat(63), "é".repeat(31), '"; drop table x; --', "a`b", " a", "select", "Größe 🙂"])("%j is taken", (name) => {
    expect(checkedName(name, "index", rules)).toBe(name);
  });

  it("are checked wherever they stand", () => {
    const long = "n".repeat(65);
    const id = column("id", intCodec);
    const bad = [
      table(long, [id]),
      table("t", [id], { table: { name: "t", schema: long } }),
      table("t", [column(exactly(long), intCodec)]),
      table("t", [id], { uniques: [{ name: long, columns: [ref("id")] }] }),
      table("t", [id], { indexes: [index(["id"], { name: long })] }),
      table("t", [id], { checks: [{ name: long, columns: [], condition: { kind: "constant", value: true } }] }),
      table("t", [id], { foreignKeys: [references(["id"], "u", { name: long })] }),
    ];
    for (const writer of Object.values(writers)) {
      for (const definition of bad)
        expect(() => writer.create([definition])).toThrow(/has 65 (bytes|characters), and .* takes 6[34] at most/);
    }
  });

  it("cannot be used twice in a table", () => {
    const definition = table("t", [column("id", intCodec)], {
      uniques: [{ name: "u", columns: [ref("id")] }],
      indexes: [index(["id"], { name: "U" })],
    });
    expect(() => writers.postgres.create([definition])).toThrow(/"U" is used twice in the table t/);
  });

  it("past U+FFFF are refused by MySQL, names of SQLite's own by SQLite", () => {
    expect(() => writers.mysql.create([table("a🙂", [column("id", intCodec)])])).toThrow(/past U\+FFFF/);
    expect(() => writers.sqlite.create([table("SQLite_a", [column("id", intCodec)])])).toThrow(/sqlite_/);
    expect(writers.sqlite.create([table("a", [column(exactly("sqlite_a"), intCodec)])])).toHaveLength(1);
  });
});
