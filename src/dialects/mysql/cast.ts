/** Values turned into other types in MySQL and MariaDB. Layer 4. */
import type { CastNode, ExprNode } from "../../ast/expr.ts";
import { childrenOf } from "../../ast/shape.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { Family } from "../../codec/codec.ts";
import { codecOf, type ExprRenderer, isInteger } from "../../render/expr-renderer.ts";

/** What the value is; null for parameters, NULL and fragments. */
function sourceFamily(item: ExprNode): Family | null {
  if (item.kind === "value" || item.kind === "null" || item.kind === "raw") return null;
  return codecOf(item)?.family ?? "bool";
}

/** The server's own CAST; a text gets the collation that columns have. */
function typing({ type }: TypedCodec, collation: string | null): string {
  switch (type.word) {
    case "smallint":
    case "int":
    case "bigint":
      return "cast(@ as signed)";
    case "bool":
      return "(@ <> 0)";
    case "float":
      return "(@ + 0e0)";
    case "decimal":
      return `cast(@ as decimal(65, ${type.scale ?? 0}))`;
    case "datetime":
      return "cast(@ as datetime(3))";
    case "date":
      return "cast(@ as date)";
    case "time":
      return "cast(@ as time(3))";
    case "bytes":
      return "cast(@ as binary)";
    case "json":
      return "json_extract(@, '$')";
    default:
      return `(cast(@ as char character set utf8mb4)${collation === null ? "" : ` collate ${collation}`})`;
  }
}

const instant = "concat(left(date_format(@, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')";
const timeOfDay = "trim(trailing '.' from trim(trailing '0' from time_format(@, '%H:%i:%s.%f')))";

export function writeCast(to: ExprRenderer, { item, codec }: CastNode): void {
  const from = sourceFamily(item);
  const { word, scale, length } = codec.type;
  /** `@` stands for the value. */
  const as = (template: string): void => {
    template.split("@").forEach((text, i) => {
      if (i > 0) to.expr(item, 6);
      to.write(text);
    });
  };
  const own = typing(codec, to.traits.textCollation);
  if (from === null) {
    // MySQL takes a parameter's type from its first value, and a decimal has one already.
    if (item.kind === "value" && word === "decimal") return to.expr(item);
    // Inside CASE and an aggregate a parameter would be cut to 65,535 bytes.
    const long = item.kind === "value" && typeof item.value === "string" && item.value.length > 16_000;
    return as(long ? own.replace("as char ", `as char(${(item.value as string).length}) `) : own);
  }
  const numeric = (text: string): string => {
    if (from !== "text") return text;
    return spelled(comparesTexts(item) ? text.replace("@", "concat(@, '')") : text);
  };
  // A double is rounded to even when it is cast, a decimal half away from zero.
  const exact = from === "float" || from === "text" ? "cast(@ as decimal(65, 30))" : "@";
  if (isInteger(codec)) return as(numeric(from === "bool" ? own : `cast(round(${exact}) as signed)`));
  if (word === "decimal") return as(numeric(from === "int" || from === "bigint" ? own : `round(${exact}, ${scale ?? 0})`));
  if (word === "float") return as(numeric(own));
  if (word === "bool") return as(from === "bool" ? "(@)" : own);
  if (word !== "string" && word !== "text") return as(own);
  if (length !== undefined) to.write("left(");
  if (from === "timestamp") as(own.replace("@", instant));
  else if (from === "time") as(own.replace("@", timeOfDay));
  else if (from === "bool") as(own.replace("@", "case @ when 1 then 'true' when 0 then 'false' end"));
  else if (from === "decimal") as(own.replace("@", `cast(@ as decimal(65, ${codecOf(item)?.type.scale ?? 0}))`));
  else as(own);
  if (length !== undefined) to.write(`, ${length})`);
}

/** As a number MariaDB 10.11 takes the lesser of two texts for that of two numbers: `cast(least('12', 'x') as decimal)` */
function comparesTexts(item: ExprNode): boolean {
  return (item.kind === "call" && (item.name === "greatest" || item.name === "least")) || childrenOf(item).some(comparesTexts);
}

/** NULL where the text is no number. The second test sees the line break that `$` overlooks. */
function spelled(text: string): string {
  return `(case when @ regexp '^[+-]?[0-9]{1,18}([.][0-9]+)?$' and @ not regexp '[^0-9.+-]' then ${text} end)`;
}
