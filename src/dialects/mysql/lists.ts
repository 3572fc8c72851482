/** IN with many values: one parameter that holds them as JSON, where that pays. Layer 4. */
import type { InListNode } from "../../ast/expr.ts";
import type { Renderer } from "../../render/renderer.ts";

/** The types that JSON_TABLE reads the values as. */
const types: Readonly<Record<string, string>> = {
  smallint: "int",
  int: "int",
  bigint: "bigint",
  string: "longtext",
  text: "longtext",
  uuid: "char(36)",
  enum: "longtext",
  date: "date",
};
/** As many parameters are bound one by one. */
const longest = 1000;
/**
 * Of integers that every row must be among, both servers join the list: one text for lists of any length, which is prepared once.
 * In a change, or beside OR, they would ask the list for every row of the table; a lock would hold rows that are only looked at.
 */
const longestJoined = 16;

/** Null: the values are written one by one. */
export function listType({ values, of, negated }: InListNode, required: boolean): string | null {
  const type = types[of.type.word];
  if (type === undefined) return null;
  const joined = required && !negated && (type === "int" || type === "bigint");
  return values.length > (joined ? longestJoined : longest) ? type : null;
}

/** `item in (select v from json_table(?, ...))` */
export function writeListAsJson(to: Renderer, node: InListNode, type: string): void {
  const text = type === "longtext" || type === "char(36)";
  to.expr(node.item, 4);
  to.write(node.negated ? " not in " : " in ");
  // Said outright, the collation wins over whatever the column has.
  to.write(text ? `(select v collate ${to.traits.textCollation} from json_table(` : "(select v from json_table(");
  const { encode } = to.wire(node.of);
  const texts = node.values.map((value) => (encode === null ? value : encode(value as never)));
  to.sink.param(`[${texts.map((value) => (typeof value === "string" ? JSON.stringify(value) : String(value))).join(",")}]`);
  to.write(`, '$[*]' columns (v ${type}${text ? " character set utf8mb4" : ""} path '$')) as list)`);
}
