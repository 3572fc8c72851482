import { describe, expect, it } from "vitest";
import { suggest, suggestion } from "../../../src/util/suggest.ts";

describe("suggest", () => {
  it.each([
    ["titel", "title"],
    ["titlee", "title"],
    ["ttle", "title"],
    ["TITLE", "title"],
    ["poll", "pool"],
    ["createdat", "createdAt"],
  ])("takes %s for %s", (word, expected) => {
    expect(suggest(word, ["views", "title", "pool", "createdAt"])).toBe(expected);
  });

  it("stays silent when nothing is near", () => {
    expect(suggest("zebra", ["title", "views"])).toBeNull();
    expect(suggest("x", [])).toBeNull();
    expect(suggest("ab", ["yz"])).toBeNull();
  });

  it("prefers the nearest, and the first among equals", () => {
    expect(suggest("authr", ["auth", "author", "autho"])).toBe("auth");
    expect(suggest("auhtor", ["other", "author"])).toBe("author");
  });

  it("lists the candidates when none is near", () => {
    expect(suggestion("zebra", ["views", "title"])).toBe("known: title, views");
    expect(suggestion("titel", ["views", "title"])).toBe("did you mean title?");
  });
});
