/** A default of a live column: as a constant of its type where it is one, else as SQL. */
import type { InspectedColumn } from "../src/dialects/inspect.ts";
import type { DefaultData, TypeData } from "./state.ts";

export function plainDefault(live: InspectedColumn, type: TypeData): DefaultData | undefined {
  const { constant } = live;
  if (live.default === null) return undefined;
  // Whoever writes the default puts an expression in parentheses.
  if (constant === null) return { sql: /^\( (.*) \)$/s.exec(live.default)?.[1] ?? live.default };
  switch (type.type) {
    case "smallint":
    case "int":
    case "float":
      if (Number.isFinite(Number(constant))) return Number(constant);
      break;
    case "bool":
      return ["t", "true", "1"].includes(constant);
    case "bigint":
    case "decimal":
    case "string":
    case "text":
    case "enum":
      return constant;
    default:
      break;
  }
  return { sql: `'${constant.replaceAll("'", "''")}'` };
}
