/** The catalogues: the same keys and placeholders in every language, and translation that loses nobody's words. */
import { describe, expect, it } from "vitest";
import { ConstraintError, UniqueViolation, UsageError, ValidationError } from "../../../src/errors.ts";
import { en, enTypes } from "../../../src/validate/locales/en.ts";
import { ja, jaTypes } from "../../../src/validate/locales/ja.ts";
import { messageFor, SUPPORTED_LOCALES, translateDetail } from "../../../src/validate/messages.ts";

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string).sort();

describe("the catalogues", () => {
  it("have the same keys, placeholders and words of types", () => {
    expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort());
    expect(Object.keys(jaTypes).sort()).toEqual(Object.keys(enTypes).sort());
    for (const [key, text] of Object.entries(en)) expect(placeholders(ja[key as keyof typeof en]), key).toEqual(placeholders(text));
    for (const text of [...Object.values(en), ...Object.values(ja)]) expect(text.trim()).toBe(text);
    expect(SUPPORTED_LOCALES).toEqual(["en", "ja"]);
    expect(Object.isFrozen(SUPPORTED_LOCALES)).toBe(true);
  });

  it("say what is expected", () => {
    expect(messageFor({ rule: "min_length", expectedMin: 3 })).toBe("must be 3 or more characters long");
    expect(messageFor({ rule: "type", expectedType: "integer" })).toBe("must be a whole number");
    expect(messageFor({ rule: "one_of", expectedValues: ["a", 2] })).toBe("must be one of: a, 2");
    expect(messageFor({ rule: "min_length" })).toBe("is not valid");
    expect(messageFor({ rule: "toString" })).toBe("is not valid");
  });
});

describe("translateDetail", () => {
  const detail = [
    { field: "title", rule: "min_length", message: "must be 3 or more characters long", expectedMin: 3, received: 1 },
    { field: "title", rule: "regex", message: "no digits, please", expectedPattern: "^\\D*$", received: "string" },
    { field: "price", rule: "type", message: "must be a decimal number as text", expectedType: "decimal", received: "number" },
    { field: "size", rule: "even", message: "must be even", received: "number" },
    { field: "size", rule: "custom", message: "is not valid" },
    { field: "at", rule: "later", message: "is not valid" },
  ];

  it("gives new entries, and keeps messages that are somebody's own and rules that it does not know", () => {
    const before = structuredClone(detail);
    const translated = translateDetail(detail, "ja");
    expect(detail).toEqual(before);
    expect(translated.map(({ message }) => message)).toEqual([
      "3 文字以上にしてください",
      "no digits, please",
      "十進数の文字列を指定してください",
      "must be even",
      "正しくありません",
      "is not valid",
    ]);
    expect(translated.map(({ message, ...rest }) => rest)).toEqual(detail.map(({ message, ...rest }) => rest));
    expect(translateDetail(translated, "en")).toEqual(detail);
    expect(translateDetail(translated, "ja")).toEqual(translated);
  });

  it("translates what the database said", () => {
    const one = new UniqueViolation("x", { columns: ["slug"] });
    const two = new UniqueViolation("x", { columns: ["day", "room"] });
    expect(translateDetail(one.detail, "ja")[0]?.message).toBe("既に使われています");
    expect(translateDetail(two.detail, "ja")[0]?.message).toBe("room の組み合わせは既に使われています");
    expect(translateDetail(new ConstraintError("x").detail, "ja")).toEqual([
      { field: "*", rule: "constraint", message: "データベースの規則に反しています" },
    ]);
  });

  it("refuses other languages", () => {
    for (const locale of ["de", "", "__proto__", "toString", undefined])
      expect(() => translateDetail([], locale as never)).toThrow(UsageError);
  });
});

describe("a ValidationError of one's own", () => {
  it("is made of messages by field, or of one message", () => {
    const error = new ValidationError({ endsAt: "is before the start", title: ["is dull", "is long"] }, { model: "Event" });
    expect(error.errors).toEqual({ endsAt: ["is before the start"], title: ["is dull", "is long"] });
    expect(error.detail).toEqual([
      { field: "endsAt", rule: "custom", message: "is before the start" },
      { field: "title", rule: "custom", message: "is dull" },
      { field: "title", rule: "custom", message: "is long" },
    ]);
    expect(error.message).toBe("not valid: endsAt: is before the start; title: is dull; title: is long");
    const plain = new ValidationError("nothing fits", { hint: "try again" });
    expect(plain.detail).toEqual([]);
    expect(plain.errors).toEqual({ "*": ["nothing fits (try again)"] });
  });

  it("keeps hostile names of fields as keys of its own", () => {
    const error = new ValidationError(JSON.parse('{"__proto__":"no","constructor":"no"}') as Record<string, string>);
    expect(Object.keys(error.errors)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(error.errors)).toBe(Object.prototype);
    expect(JSON.stringify(error)).toContain('"__proto__":["no"]');
  });
});
