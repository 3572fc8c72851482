/** Each rule by itself: what it takes, what it refuses, and how long hostile text keeps it busy. */
import { describe, expect, it } from "vitest";
import { bigintCodec, decimalCodec, intCodec } from "../../../src/codec/number.ts";
import { dateCodec, datetimeCodec, timeCodec } from "../../../src/codec/temporal.ts";
import { textCodec } from "../../../src/codec/text.ts";
import type { Rule } from "../../../src/validate/rule.ts";
import * as rules from "../../../src/validate/rules.ts";

const cases: [string, Rule, passes: unknown[], fails: unknown[]][] = [
  ["minLength", rules.minLength(3, null), ["abc", "abcd", "😀😀😀"], ["", "ab", "😀😀"]],
  ["minLength 0", rules.minLength(0, null), [""], []],
  ["maxLength", rules.maxLength(3, null), ["", "abc", "😀😀😀"], ["abcd", "😀😀😀😀"]],
  ["minValue of int", rules.minValue(intCodec, 3, null), [3, 4], [2, -3]],
  ["maxValue of int", rules.maxValue(intCodec, 3, null), [3, 2], [4]],
  ["minValue of bigint", rules.minValue(bigintCodec, 2n ** 60n, null), [2n ** 60n], [2n ** 60n - 1n]],
  [
    "minValue of decimal",
    rules.minValue(decimalCodec(30, 20), "0.10000000000000000001", null),
    ["0.10000000000000000001", "10.00000000000000000000"],
    ["0.10000000000000000000", "-9.00000000000000000000", "0.00000000000000000000"],
  ],
  ["maxValue of decimal", rules.maxValue(decimalCodec(10, 2), "-1.5", null), ["-1.50", "-20.00"], ["-1.49", "0.00", "3.00"]],
  ["minValue of date", rules.minValue(dateCodec, "2020-02-29", null), ["2020-02-29", "2020-10-01"], ["2019-12-31"]],
  ["maxValue of time", rules.maxValue(timeCodec, "10:00", null), ["10:00:00", "09:59:59.999"], ["10:00:00.001"]],
  ["minValue of datetime", rules.minValue(datetimeCodec, new Date(5), null), [new Date(5), new Date(6)], [new Date(4)]],
  ["regex searches", rules.regex(/b+/, null), ["abc"], ["ac"]],
  ["regex without memory", rules.regex(/b/g, null), ["b", "b", "b"], ["a"]],
  ["oneOf text", rules.oneOf(textCodec, ["a", "b"], null), ["a", "b"], ["A", ""]],
  ["oneOf decimal", rules.oneOf(decimalCodec(10, 2), ["1.5", "2"], null), ["1.50", "2.00"], ["2.01"]],
  [
    "email",
    rules.email(null),
    ["a@b.co", "ada.lovelace+x@example.co.uk", "o'neill@xn--bcher-kva.example", `${"a".repeat(64)}@example.com`],
    ["", "@", "a@b", "a@", "@b.co", "a b@c.de", ".a@b.co", "a.@b.co", "a..b@c.de", "a@b..co", "a@-b.co", "a@b-.co", "a@1.2.3.4"].concat([
      "a@b.co\n",
      "a@b@",
      "ä@b.co",
      `${"a".repeat(65)}@example.com`,
      `a@${"b".repeat(64)}.co`,
      `a@${"b.".repeat(130)}co`,
    ]),
  ],
  [
    "url",
    rules.url(null),
    ["http://a", "https://a.example/b?c#d", "HTTPS://a.example", "http://[::1]:80/", "https://例え.jp/", "https://u:p@h.example"],
    [
      "",
      "a.example",
      "http:a",
      "http:/a",
      "http:///a",
      "ftp://a",
      "javascript:alert(1)",
      " http://a",
      "http://a\n",
      "http://a b/",
      "http://",
      "http://a\\b",
    ],
  ],
  ["url of a protocol", rules.url(null, ["ssh"]), ["ssh://git@host/x"], ["http://a"]],
  ["slug", rules.slug(null), ["a", "a-b", "a1_b2"], ["", "-a", "a-", "a--b", "A", "a b", "ä", "a\n"]],
  ["ip", rules.ip(null), ["127.0.0.1", "::1", "2001:db8::1"], ["", "1.2.3", "256.1.1.1", "01.2.3.4", "fe80::1%eth0", "127.0.0.1\n", "::g"]],
  ["ip of version 4", rules.ip(null, 4), ["10.0.0.1"], ["::1"]],
  ["ip of version 6", rules.ip(null, 6), ["::1"], ["10.0.0.1"]],
  ["a named rule", rules.named("even", (n: number) => n % 2 === 0, null), [2], [3]],
];

describe("a rule", () => {
  for (const [name, rule, passes, fails] of cases)
    it(name, () => {
      expect(passes.filter((value) => !rule.test(value))).toEqual([]);
      expect(fails.filter((value) => rule.test(value))).toEqual([]);
      expect(JSON.parse(JSON.stringify(rule.expected))).toEqual(rule.expected);
    });

  it("says what it expects, and the same in JSON Schema", () => {
    expect(rules.minLength(3, "too short")).toMatchObject({
      rule: "min_length",
      expected: { expectedMin: 3 },
      message: "too short",
      schema: { minLength: 3 },
    });
    expect(rules.minValue(bigintCodec, 5n, null)).toMatchObject({ expected: { expectedMin: "5" }, schema: null });
    expect(rules.regex(/^a$/i, null)).toMatchObject({ expected: { expectedPattern: "^a$" }, schema: null });
    expect(rules.regex(/^a$/, null).schema).toEqual({ pattern: "^a$" });
  });

  it("takes no time for text made to keep it busy", () => {
    const hostile = [
      "a",
      "a.",
      "a-",
      "@",
      "a@",
      "a@a.",
      "-",
      "1.",
      ":",
      "::",
      "http://",
      "http://a.",
      "%",
      " ",
      "/",
      "\\",
      "[",
      "😀",
      "\t",
    ];
    const tests = [rules.email(null), rules.url(null), rules.slug(null), rules.ip(null), rules.minLength(2_000_000, null)];
    const took = (length: number): number => {
      const start = performance.now();
      for (const part of hostile)
        for (const end of ["", "!", "@", " "]) {
          const text = part.repeat(length / part.length) + end;
          for (const rule of tests) rule.test(text);
        }
      return performance.now() - start;
    };
    took(1000);
    // Four hundred texts: time that grows with the square of the length would be hours.
    expect(took(500_000)).toBeLessThan(20_000);
  });

  it("is refused when it is declared wrongly", () => {
    for (const wrong of [
      () => rules.minLength(-1, null),
      () => rules.minLength(1.5, null),
      () => rules.maxLength(0, null),
      () => rules.minValue(intCodec, "3", null),
      () => rules.minValue(decimalCodec(5, 2), 3, null),
      () => rules.regex("a", null),
      () => rules.oneOf(textCodec, [], null),
      () => rules.oneOf(textCodec, [1], null),
      () => rules.url(null, []),
      () => rules.ip(null, 5),
      () => rules.named("", () => true, null),
      () => rules.named("x", true, null),
    ])
      expect(wrong).toThrow();
    expect(() => rules.named("later", async () => true, null).test(1)).toThrow("true or false");
  });
});
