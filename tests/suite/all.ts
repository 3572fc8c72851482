/** The suites that every target must pass, in the order they run. */
import type { Suite } from "../targets/target.ts";
import { suite as capabilities } from "./capabilities.ts";
import { suite as joins } from "./joins.ts";
import { suite as smoke } from "./smoke.ts";
import { suite as valuesDecimals } from "./values-decimals.ts";
import { suite as valuesNumbers } from "./values-numbers.ts";

export const suites: Readonly<Record<string, Suite>> = {
  smoke,
  capabilities,
  joins,
  "values: numbers": valuesNumbers,
  "values: decimals": valuesDecimals,
};
