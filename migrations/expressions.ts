/** Between expression trees and plain data, so that a file can hold a condition for every database. */
import type { ExprNode, InListNode } from "../src/ast/expr.ts";
import type { TableRef } from "../src/ast/select.ts";
import type { Codec } from "../src/codec/codec.ts";
import { UsageError } from "../src/errors.ts";
import { columnName, type Naming } from "../src/render/naming.ts";
import type { ExpressionData, PlainValue, TypeData } from "./state.ts";
import { codecOf, plainOf, storedValue, typeOf } from "./types.ts";

type Part = Readonly<Record<string, unknown>>;

/** @throws UsageError for a query, which no table definition can hold */
export function expressionData(node: ExprNode, naming: Naming): ExpressionData {
  return partData(node as unknown as Part, naming) as ExpressionData;
}

function partData(part: unknown, naming: Naming): unknown {
  if (Array.isArray(part)) return part.map((item) => partData(item, naming));
  if (typeof part !== "object" || part === null) return part;
  const node = part as Part & { readonly kind?: string };
  switch (node.kind) {
    case "select":
    case "compound":
      throw new UsageError("a table's rules cannot hold a query");
    case "column":
      return { kind: "column", column: columnName(node["column"] as never, naming), codec: typeOf(node["codec"] as Codec) };
    case "value":
      return { kind: "value", value: plainOf(node["value"], node["codec"] as Codec), codec: typeOf(node["codec"] as Codec) };
    case "inList": {
      const { item, values, of, negated } = node as unknown as InListNode;
      const plain = values.map((value) => plainOf(value, of as Codec));
      return { kind: "inList", item: partData(item, naming), values: plain, negated, codec: typeOf(of as Codec) };
    }
    case "plain":
      return { kind: "plain", value: plainItem(node["value"]) };
    default: {
      const entries = Object.entries(node).map(([key, value]): [string, unknown] =>
        key === "codec" ? ["codec", value === null ? null : typeOf(value as Codec)] : [key, partData(value, naming)],
      );
      return Object.fromEntries(entries);
    }
  }
}

/** A value of hand-written SQL has no codec: what JSON lacks is tagged. */
function plainItem(value: unknown): unknown {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (value instanceof Date) return { datetime: value.toISOString() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  return value;
}

function itemOf(plain: unknown): unknown {
  if (typeof plain !== "object" || plain === null) return plain;
  const { bigint, datetime, bytes } = plain as { bigint?: string; datetime?: string; bytes?: string };
  if (bigint !== undefined) return BigInt(bigint);
  if (datetime !== undefined) return new Date(datetime);
  return new Uint8Array(Buffer.from(bytes ?? "", "hex"));
}

export function expressionNode(data: ExpressionData, table: TableRef): ExprNode {
  return nodeOf(data, table) as ExprNode;
}

function nodeOf(part: unknown, table: TableRef): unknown {
  if (Array.isArray(part)) return part.map((item) => nodeOf(item, table));
  if (typeof part !== "object" || part === null) return part;
  const data = part as Part & { readonly kind?: string };
  const codec = (): Codec => codecOf(data["codec"] as TypeData, `a rule of ${table.name}`);
  switch (data.kind) {
    case "column": {
      const name = String(data["column"]);
      return { kind: "column", token: { kind: "table", table }, column: { property: name, name, explicit: true }, codec: codec() };
    }
    case "value":
      return { kind: "value", value: storedValue(data["value"] as PlainValue, codec(), `a rule of ${table.name}`), codec: codec() };
    case "inList": {
      const of = codec();
      const values = (data["values"] as readonly PlainValue[]).map((value) => storedValue(value, of, `a rule of ${table.name}`));
      return {
        kind: "inList",
        item: nodeOf(data["item"], table) as ExprNode,
        values,
        negated: data["negated"] === true,
        of,
      } satisfies InListNode;
    }
    case "plain":
      return { kind: "plain", value: itemOf(data["value"]) };
    default: {
      const entries = Object.entries(data).map(([key, value]): [string, unknown] =>
        key === "codec"
          ? ["codec", value === null ? null : codecOf(value as TypeData, `a rule of ${table.name}`)]
          : [key, nodeOf(value, table)],
      );
      return Object.fromEntries(entries);
    }
  }
}

/** The same tree after a column got another name or type. */
export function mapColumns(data: ExpressionData, map: (column: ExpressionData) => ExpressionData): ExpressionData {
  const visit = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(visit);
    if (typeof part !== "object" || part === null) return part;
    if ((part as ExpressionData).kind === "column") return map(part as ExpressionData);
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, visit(value)]));
  };
  return visit(data) as ExpressionData;
}

/** The columns that a tree names. */
export function columnsIn(data: ExpressionData): Set<string> {
  const found = new Set<string>();
  mapColumns(data, (column) => {
    found.add(String(column["column"]));
    return column;
  });
  return found;
}
