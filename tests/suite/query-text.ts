/** Matching text: every needle is taken literally, whatever signs of LIKE, GLOB or regular expressions it holds. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { int, Model, type TextExpr, text, type WhereClause } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

class Line extends Model("q_line", { id: int().primaryKey(), body: text().nullable() }) {}

const signs = ["%", "_", "!", "\\", "[", "]", "*", "?", "^", "-", "'", '"', "`", ".", "$", "a", "A", "b", "B", " "];
// Every sign alone, doubled, in front, behind, and in the neighbourhood that would change its meaning.
const bodies = [
  ...signs.flatMap((sign) => [sign, sign + sign, `${sign}ab`, `ab${sign}`, `a${sign}b`]),
  ...[
    "",
    "%_!",
    "!%",
    "!_",
    "!!%",
    "\\%",
    "\\_",
    "[a]",
    "[!a]",
    "[^a]",
    "[a-b]",
    "[[]",
    "[]]",
    "*?",
    "a*b?",
    "AB",
    "aB",
    "é",
    "😀b",
    "a😀",
    "ab\nba",
    "\n",
  ],
];
const rows = [...bodies.map((body, i) => ({ id: i + 1, body })), { id: 9_999, body: null }];

/** LIKE as a regular expression: `%` any text, `_` one character. */
function likePattern(pattern: string, flags: string): RegExp {
  const source = [...pattern]
    .map((sign) => (sign === "%" ? "[^]*" : sign === "_" ? "[^]" : sign.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&")))
    .join("");
  return new RegExp(`^${source}$`, `u${flags}`);
}

const needle = fc.array(fc.constantFrom(...signs, "😀", "é", "\n"), { maxLength: 4 }).map((parts) => parts.join(""));
const ascii = fc.array(fc.constantFrom(...signs), { maxLength: 4 }).map((parts) => parts.join(""));
const lower = (body: string): string => body.toLowerCase();

export function suite(t: TargetContext): void {
  const ids = (condition: (body: TextExpr<string | null>) => WhereClause) =>
    Line.using(t.engine())
      .where((line) => condition(line.body))
      .orderBy((line) => line.id)
      .pluck((line) => line.id);
  const expected = (test: (body: string) => boolean) => rows.filter(({ body }) => body !== null && test(body)).map(({ id }) => id);

  beforeAll(async () => {
    await t.engine().createTable(Line);
    await Line.using(t.engine()).bulkCreate(rows);
  });
  afterAll(() => t.engine().dropTable(Line));

  it("finds every single sign where it is, and nowhere else", async () => {
    for (const sign of signs) expect(await ids((body) => body.contains(sign)), sign).toEqual(expected((body) => body.includes(sign)));
  });

  it("takes any needle of contains, startsWith and endsWith literally", async () => {
    await fc.assert(
      fc.asyncProperty(needle, async (part) => {
        expect(await ids((body) => body.contains(part))).toEqual(expected((body) => body.includes(part)));
        expect(await ids((body) => body.startsWith(part))).toEqual(expected((body) => body.startsWith(part)));
        expect(await ids((body) => body.endsWith(part))).toEqual(expected((body) => body.endsWith(part)));
      }),
      { numRuns: 40 },
    );
  });

  it("ignores case when told so, and takes the needle no less literally", async () => {
    const o = { ignoreCase: true };
    await fc.assert(
      fc.asyncProperty(ascii, async (part) => {
        const wanted = lower(part);
        expect(await ids((body) => body.contains(part, o))).toEqual(expected((body) => lower(body).includes(wanted)));
        expect(await ids((body) => body.startsWith(part, o))).toEqual(expected((body) => lower(body).startsWith(wanted)));
        expect(await ids((body) => body.endsWith(part, o))).toEqual(expected((body) => lower(body).endsWith(wanted)));
      }),
      { numRuns: 25 },
    );
  });

  it("reads % and _ in like and ilike, and has no escape sign", async () => {
    await fc.assert(
      fc.asyncProperty(ascii, async (pattern) => {
        expect(await ids((body) => body.like(pattern))).toEqual(expected((body) => likePattern(pattern, "").test(body)));
        expect(await ids((body) => body.ilike(pattern))).toEqual(expected((body) => likePattern(pattern, "i").test(body)));
      }),
      { numRuns: 40, examples: [["%"], ["_"], ["__"], ["%!%"], ["!%"], ["\\%"], ["[a]%"], ["%*%"], ["_[%"], [""]] },
    );
  });

  it("counts an astral character as one", async () => {
    expect(await ids((body) => body.like("_b"))).toEqual(expected((body) => likePattern("_b", "").test(body)));
    expect(expected((body) => likePattern("_b", "").test(body))).toContain(bodies.indexOf("😀b") + 1);
  });
}
