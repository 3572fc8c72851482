/** Tables of one name in several schemas: each has its own model, and is found by its own name. */
import { describe, expect, it } from "vitest";
import { foreignKey, int, Model } from "../../../src/index.ts";
import { metaOf, targetOf } from "../../../src/model/meta.ts";
import { reachOf } from "../../../src/model/referrers.ts";

class Owner extends Model("named_owner", { rank: int() }) {}
class Bare extends Model("named_thing", { ownerId: foreignKey(() => Owner, { onDelete: "protect" }) }) {}
class Far extends Model(
  "named_thing",
  { ownerId: foreignKey(() => Owner, { onDelete: "protect" }), thingId: foreignKey("named_thing", { onDelete: "protect" }) },
  { schema: "far" },
) {}
class Farther extends Model("named_only", { thingId: foreignKey("far.named_thing", { onDelete: "protect" }) }, { schema: "farther" }) {}

describe("models of tables of one name", () => {
  it("are all asked before a row goes that they refer to", () => {
    expect(reachOf(metaOf(Owner), true).protects.map(({ meta }) => meta)).toEqual([metaOf(Bare), metaOf(Far)]);
  });

  it("are found by their names: the own table first, then the one without a schema", () => {
    const from = (target: string, model: unknown) => targetOf(target, metaOf(model), "this");
    expect(from("named_thing", Far)).toBe(metaOf(Far));
    expect(from("named_thing", Owner)).toBe(metaOf(Bare));
    expect(from("far.named_thing", Owner)).toBe(metaOf(Far));
    expect(from("named_only", Owner)).toBe(metaOf(Farther));
    expect(() => from("far.named_only", Owner)).toThrow(/no model declares it/);
  });

  it("are referred to by those only that mean them", () => {
    expect(reachOf(metaOf(Bare), true).protects).toEqual([]);
    expect(reachOf(metaOf(Far), true).protects.map(({ meta }) => meta)).toEqual([metaOf(Far), metaOf(Farther)]);
  });
});
