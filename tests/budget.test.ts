/** What must not grow unnoticed: the compiler's work for a schema, a query and each public call, what an import loads, and the processor's for a query. */
import { describe, expect, it } from "vitest";
import { hasValgrind, INSTRUCTION_BUDGET, instructions } from "../scripts/instructions.ts";
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

  it("machine instructions of a query", async ({ skip }) => {
    const budget = INSTRUCTION_BUDGET[process.versions.node.split(".")[0] ?? ""];
    if (budget === undefined) return skip("the count belongs to another version of Node");
    if (!hasValgrind()) return skip("valgrind is not installed: it counts the instructions");
    const count = await instructions();
    expect(count).toBeGreaterThan(budget / 4);
    expect(count).toBeLessThanOrEqual(budget);
  }, 240_000);
});
