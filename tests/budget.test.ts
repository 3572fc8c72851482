/** What must not grow unnoticed: the compiler's work for a schema, a query and each public call, and what an import loads. */
import { describe, expect, it } from "vitest";
import { SIZE_BUDGET, sizes } from "../scripts/size.ts";
import { typeCosts } from "../scripts/type-budget.ts";

describe("budgets", () => {
  it("types: instantiations", () => {
    const over = typeCosts().filter(({ count, budget }) => !(count > 0 && count <= budget));
    expect(over).toEqual([]);
  }, 180_000);

  it("size and modules of what is loaded", async () => {
    const over = (await sizes()).filter(({ name, kilobytes, modules }) => {
      const budget = SIZE_BUDGET[name];
      return budget !== undefined && (kilobytes > budget.kilobytes || modules > budget.modules);
    });
    expect(over).toEqual([]);
  }, 60_000);
});
