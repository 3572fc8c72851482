/** Values turned into other types in SQLite; decimals are in `decimal.ts`. Layer 4. */
import type { CastNode } from "../../ast/expr.ts";
import { codecOf, type ExprRenderer, isInteger } from "../../render/expr-renderer.ts";
import { writeTemplate } from "../../render/json-items.ts";

/** The digits of a text that spells a number, without its sign. */
const unsigned = "ltrim(@, '+-')";
/** The part before the point. */
const wholePart = `substr(${unsigned}, 1, instr(${unsigned} || '.', '.') - 1)`;
/** True where the text spells a number of at most 18 digits before the point. */
const spellsNumber = [
  `length(@) - length(${unsigned}) <= 1`,
  `${unsigned} glob '[0-9]*'`,
  `${unsigned} not glob '*[^0-9.]*'`,
  `${unsigned} not glob '*.*.*'`,
  `${unsigned} not glob '*.'`,
  `length(${wholePart}) <= 18`,
].join(" and ");
const fraction = `substr(${unsigned}, instr(${unsigned} || '.', '.') + 1)`;
/** The number that a text spells times 10^scale, as an integer, rounded half away from zero; NULL where it spells none. */
export function spelledInteger(scale: number): string {
  const digits = scale === 0 ? wholePart : `${wholePart} || substr(${fraction} || '${"0".repeat(scale)}', 1, ${scale})`;
  // As an integer it would be cut to 64 bits without a word; the double that it becomes here is found out later.
  const number = `(cast(${digits} as numeric) + (substr(${fraction}, ${scale + 1}, 1) >= '5'))`;
  return `(case when ${spellsNumber} then ${number} * (case when @ glob '-*' then -1 else 1 end) end)`;
}

const untyped = {
  float: "cast(@ as real)",
  bool: "(@ <> 0)",
  text: "cast(@ as text)",
  string: "cast(@ as text)",
  bytes: "cast(@ as blob)",
} as const;
const own: Readonly<Partial<Record<string, string>>> = untyped;

/** Everything but decimals. */
export function writeCast(to: ExprRenderer, { item, codec }: CastNode): void {
  const { word, length } = codec.type;
  const as = (template: string): void => writeTemplate(to, template, item);
  if (item.kind === "null") return as("@");
  // A value brings its type along, but clients bind some integers as reals and some reals as integers.
  if (item.kind === "value") return as(isInteger(codec) ? "cast(@ as integer)" : word === "float" ? untyped.float : "@");
  const from = item.kind === "raw" ? null : (codecOf(item)?.family ?? "bool");
  if (isInteger(codec)) {
    if (from === "text") return as(spelledInteger(0));
    if (from === "int" || from === "bigint" || from === "bool") return as("@");
    return as(from === "float" ? "cast(round(@) as integer)" : "cast(@ as integer)");
  }
  if (word === "float" && from === "text") return as(`(case when ${spellsNumber} then cast(@ as real) end)`);
  if (word === "float" || (word === "bool" && from !== "bool")) return as(own[word] as string);
  if (word === "date" && from === "timestamp") return as("substr(@, 1, 10)");
  if (word === "time" && from === "timestamp") return as("rtrim(rtrim(substr(@, 12, 12), '0'), '.')");
  if (word === "datetime" && from === "date") return as("(@ || 'T00:00:00.000Z')");
  if (word === "datetime" && from === null) return as("strftime('%Y-%m-%dT%H:%M:%fZ', @)");
  if (word !== "string" && word !== "text") return as(own[word] === undefined || from !== null ? "@" : (own[word] as string));
  if (length !== undefined) to.write("substr(");
  if (from === "bool") as("(case @ when 1 then 'true' when 0 then 'false' end)");
  else as(untyped.text);
  if (length !== undefined) to.write(`, 1, ${length})`);
}
