/** Text: what goes in comes out, to the last character. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Model, str, text, UniqueViolation, ValidationError, ValueError } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Note extends Model("v_note", {
  title: str({ length: 5 }).nullable(),
  body: text().nullable(),
}) {}
class Person extends Model("v_person", { name: str({ length: 100 }).unique() }) {}

const texts = [
  "",
  " ",
  "trailing  ",
  "it's",
  'say "hi"',
  "back\\slash \\n \\0 \\' \\",
  "line\nbreak\r\n\ttab\u0001\u007f",
  "100% _under_ !mark [set] *star? #hash --dash /*c*/ ; $1 ? :name @x %s",
  "$\u007binjected} {{x}} `tick`",
  "é (one) e\u0301 (two)",
  "😀👨‍👩‍👧‍👦🏳️‍🌈𠀀",
  "مرحبا שלום नमस्ते 日本語",
  "no bom \ufeff\u200b\u2028\u2029\uffff\ufffd",
  "null",
  "NULL",
  "0",
  "'; drop table v_note; --",
];

export function suite(t: TargetContext): void {
  const Notes = () => Note.using(t.engine());

  beforeAll(() => t.engine().createTable(Note, Person));
  afterAll(() => t.engine().dropTable(Note, Person));
  beforeEach(async () => void (await Notes().all().allRows().delete()));

  describe("text", () => {
    it("keeps every character, and finds the text again", async () => {
      await Notes().bulkCreate(texts.map((body) => ({ body })));
      expect(
        await Notes()
          .all()
          .orderBy((n) => n.id)
          .pluck((n) => n.body),
      ).toEqual(texts);
      for (const body of texts) {
        expect((await Notes().get({ body })).body).toBe(body);
        expect(
          await Notes()
            .where((n) => n.body.contains(body))
            .count(),
        ).toBeGreaterThan(0);
        expect(
          (
            await Notes()
              .where((n) => n.body.startsWith(body).and(n.body.endsWith(body)))
              .pluck((n) => n.body)
          ).includes(body),
        ).toBe(true);
      }
      expect(
        await Notes()
          .where((n) => n.body.in(texts))
          .count(),
      ).toBe(texts.length);
      const many = [...texts, ...Array.from({ length: 1200 }, (_, i) => `other ${i}`)];
      expect(
        await Notes()
          .where((n) => n.body.in(many))
          .count(),
      ).toBe(texts.length);
    });

    it("keeps a byte order mark at the start", async () => {
      const body = "\ufeffbom";
      const row = await (await Notes().create({ body })).refresh();
      // PGlite's own decoder takes it for a mark of the encoding; it is stored, and found, all the same.
      expect(row.body).toBe(t.name === "pglite" ? "bom" : body);
      expect(await Notes().where({ body }).count()).toBe(1);
      expect(await Notes().where({ body: "bom" }).count()).toBe(0);
    });

    it("takes the wildcards of contains literally", async () => {
      await Notes().bulkCreate(["50%", "500", "a_c", "abc", "x!y", "xy", "[ab]", "a", "*?", "zz"].map((body) => ({ body })));
      const found = async (part: string) =>
        Notes()
          .where((n) => n.body.contains(part))
          .orderBy((n) => n.id)
          .pluck((n) => n.body);
      expect(await found("%")).toEqual(["50%"]);
      expect(await found("_")).toEqual(["a_c"]);
      expect(await found("!")).toEqual(["x!y"]);
      expect(await found("[")).toEqual(["[ab]"]);
      expect(await found("*")).toEqual(["*?"]);
      expect(
        await Notes()
          .where((n) => n.body.like("a_c"))
          .count(),
      ).toBe(2);
      expect(
        await Notes()
          .where((n) => n.body.like("50%"))
          .count(),
      ).toBe(2);
    });

    it("tells case, accents and trailing blanks apart", async () => {
      const People = Person.using(t.engine());
      const names = ["Ann", "ann", "Ann ", "Änn"];
      await People.bulkCreate(names.map((name) => ({ name })));
      for (const name of names) expect((await People.get({ name })).name).toBe(name);
      expect(await People.where((p) => p.name.in(["ANN", "Ann"])).pluck((p) => p.name)).toEqual(["Ann"]);
      expect(await People.where((p) => p.name.startsWith("ann")).count()).toBe(1);
      expect(await People.where((p) => p.name.startsWith("ANN", { ignoreCase: true })).count()).toBe(3);
      await expect(People.create({ name: "Ann" })).rejects.toBeInstanceOf(UniqueViolation);
    });

    it("counts the length in characters, not in units or bytes", async () => {
      for (const title of ["12345", "ééééé", "日本語日本", "😀😀😀😀😀", "a😀b😀c"]) {
        expect((await (await Notes().create({ title })).refresh()).title).toBe(title);
      }
      for (const title of ["123456", "😀😀😀😀😀😀", "e\u0301e\u0301e\u0301"]) {
        await refused(t.engine(), () => Notes().create({ title }), ValidationError, title);
        await refused(t.engine(), () => Notes().all().allRows().update({ title }), ValidationError, title);
      }
    });

    it("keeps long texts", async () => {
      const body = `${"long 😀 ".repeat(120_000)}end`;
      const row = await Notes().create({ body });
      await row.refresh();
      expect(row.body === body).toBe(true);
    });

    it("refuses NUL and half a surrogate pair wherever a text can stand", async () => {
      for (const broken of ["a\0b", "\0", "\ud83d", "x\udc00", "\ud83d\ud83d\ude00"]) {
        const works = [
          () => Notes().create({ body: broken }),
          () => Notes().bulkCreate([{ body: "fine" }, { title: broken.slice(0, 5) }]),
          () => Notes().all().allRows().update({ body: broken }),
          () => Notes().where({ body: broken }).all(),
          () =>
            Notes()
              .where((n) => n.body.contains(broken))
              .all(),
          () =>
            Notes()
              .where((n) => n.body.like(broken))
              .all(),
          () =>
            Notes()
              .where((n) => n.body.in(["fine", broken]))
              .all(),
          () => t.engine().sql`select ${broken} as c`,
        ];
        for (const work of works) {
          // What is written is a row that breaks its rules.
          const writes = /\.(?:create|update|bulkCreate)\(/.test(String(work));
          await refused(t.engine(), work, writes ? ValidationError : ValueError, JSON.stringify(broken));
        }
      }
    });

    it("never lets a number or a boolean match a text", async () => {
      await Notes().bulkCreate([{ body: "abc" }, { body: "0" }]);
      for (const value of [0, 1, true, 0n, new Date(0), ["abc"], { length: 3 }]) {
        await refused(
          t.engine(),
          () =>
            Notes()
              .where({ body: value as never })
              .all(),
          ValueError,
        );
        await refused(t.engine(), () => Notes().create({ body: value as never }), ValidationError);
      }
    });
  });
}
