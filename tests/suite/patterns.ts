/** Regular expressions, where the database has them. */
import { CheckViolation, Model, QueryError, str, text, UnsupportedError, UsageError, upper, ValueError } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class LineModel extends Model("pattern_line", { title: str(), note: text().nullable() }) {}

const titles = ["Alpha 12", "alpha", "BETA-7", "a+b", "naïve 😀", "tab\there"];

export function suite(t: TargetContext): void {
  let Line: typeof LineModel;
  const found = (pattern: string, o?: { ignoreCase?: boolean }) =>
    Line.where((l) => l.title.matches(pattern, o))
      .orderBy((l) => l.id)
      .pluck((l) => l.title);
  const able = () => t.engine().traits.regularExpressions !== null;

  beforeAll(async () => {
    Line = LineModel.using(t.engine());
    await t.engine().createTable(LineModel);
    await Line.bulkCreate(titles.map((title, i) => ({ title, note: i === 0 ? "x" : null })));
  });
  afterAll(() => t.engine().dropTable(LineModel));

  it("is refused before anything is sent where there are none", async () => {
    if (able()) return expect(["~", "regexp_like", "regexp", "taught"]).toContain(t.engine().traits.regularExpressions);
    expect(t.name).toBe("sqlite3");
    await expect(found("a")).rejects.toThrow(UnsupportedError);
    await expect(found("a")).rejects.toThrow(/regularExpressions/);
  });

  describe("matches", () => {
    it("finds what the same pattern finds in JavaScript", async () => {
      if (!able()) return;
      const patterns = [
        "^[Aa]",
        "a$",
        "[0-9]+",
        "\\d",
        "^\\w+$",
        "\\s",
        "b|7",
        "a\\+b",
        "(al)?pha",
        "a.b",
        "^.{3}$",
        "e 😀",
        "^[^a-z]+$",
        "o*",
      ];
      for (const pattern of patterns) {
        const expected = titles.filter((title) => new RegExp(pattern, "u").test(title));
        // What a letter is beyond ASCII differs, and so does \w.
        const same = (list: readonly string[]) => list.filter((title) => pattern !== "^\\w+$" || /^[ -~\t]*$/.test(title));
        expect([pattern, same(await found(pattern))]).toEqual([pattern, same(expected)]);
      }
    });

    it("minds case unless told otherwise", async () => {
      if (!able()) return;
      expect(await found("ALPHA")).toEqual([]);
      expect(await found("ALPHA", { ignoreCase: true })).toEqual(["Alpha 12", "alpha"]);
      expect(await found("beta", { ignoreCase: false })).toEqual([]);
      expect(await found("^beta", { ignoreCase: true })).toEqual(["BETA-7"]);
    });

    it("is unknown for NULL, can be negated, and takes expressions", async () => {
      if (!able()) return;
      expect(await Line.where((l) => l.note.matches("y")).count()).toBe(0);
      expect(await Line.where((l) => l.note.matches("y").not()).count()).toBe(1);
      expect(await Line.where((l) => l.title.matches("a").and(l.title.matches("^a").not())).count()).toBe(3);
      expect(await Line.where((l) => upper(l.title).matches("^ALPHA")).count()).toBe(2);
      const [row] = await Line.all()
        .orderBy((l) => l.id)
        .select((l) => ({ yes: l.title.matches("1"), no: l.title.matches("x"), none: l.note.matches("x") }))
        .limit(1);
      expect(row).toEqual({ yes: true, no: false, none: true });
    });

    it("binds its pattern", async () => {
      if (!able()) return;
      expect(await found("' or 1=1 --")).toEqual([]);
      expect(await found('"')).toEqual([]);
      const { sql, params } = Line.where((l) => l.title.matches("secret")).toSQL();
      expect(sql).not.toContain("secret");
      expect(params.join()).toContain("secret");
    });

    it("reports a pattern that is none, and works on", async () => {
      if (!able()) return;
      await expect(found("(")).rejects.toThrow(QueryError);
      expect(await found("^alpha$")).toEqual(["alpha"]);
    });

    it("stands in a check where the server itself has them", async () => {
      class Checked extends Model("pattern_checked", { code: str().check((code) => code.matches("^[A-Z]{3}$")) }) {}
      if (t.family === "sqlite") return expect(t.engine().createTable(Checked)).rejects.toThrow(UnsupportedError);
      await t.engine().createTable(Checked);
      const Here = Checked.using(t.engine());
      await Here.create({ code: "ABC" });
      await expect(Here.create({ code: "abc" })).rejects.toThrow(CheckViolation);
      await t.engine().dropTable(Checked);
    });

    it("refuses a RegExp, an empty pattern and what is no text", () => {
      const { title } = LineModel.c;
      expect(() => title.matches(/a/i as never)).toThrow(/source/);
      expect(() => title.matches("")).toThrow(UsageError);
      for (const bad of [null, undefined, 5, {}, ["a"], "\0"]) expect(() => title.matches(bad as never)).toThrow(ValueError);
    });
  });
}
