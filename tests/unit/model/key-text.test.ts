import { describe, expect, it } from "vitest";
import { keyText } from "../../../src/model/key-text.ts";

describe("keys as texts", () => {
  it.each([
    [[new Date(5)], [new Date(5)]],
    [[new Uint8Array([1, 2])], [new Uint8Array([1, 2])]],
    [[{ x: 1n }], [{ x: 1n }]],
    [
      [1, "a"],
      [1, "a"],
    ],
  ])("are equal for equal keys: %#", (a, b) => expect(keyText(a)).toBe(keyText(b)));

  it.each([
    [
      ["a\u0000", "b"],
      ["a", "\u0000b"],
    ],
    [
      ["a", '"b'],
      ['a"', "b"],
    ],
    [[{ x: 1 }], [{ x: 2 }]],
    [[new Uint8Array([1])], [new Uint8Array([1, 0])]],
  ])("differ for others: %#", (a, b) => expect(keyText(a)).not.toBe(keyText(b)));
});
