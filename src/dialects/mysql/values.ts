/** Rows that a statement brings with it: one JSON document, read as a table, whatever their number. Layer 4. */
import type { InsertNode } from "../../ast/dml.ts";
import { type ValuesSource, valuesColumn } from "../../ast/select.ts";
import type { ColumnType, TypedCodec } from "../../ast/type.ts";
import type { WireCodec } from "../../codec/codec.ts";
import type { ExprRenderer } from "../../render/expr-renderer.ts";
import type { Encoder } from "../../render/sink.ts";
import type { Traits } from "../../render/traits.ts";

/** What JSON_TABLE is told to read; documents and bytes are texts on the way. */
const types: Readonly<Record<string, string | ((type: ColumnType) => string)>> = {
  smallint: "smallint",
  int: "int",
  bigint: "bigint",
  float: "double",
  decimal: ({ precision, scale }) => `decimal(${precision ?? 65}, ${scale ?? 0})`,
  bool: "tinyint",
  date: "date",
  datetime: "datetime(3)",
  time: "time(3)",
};
const text = "longtext character set utf8mb4";

export function writeValues(to: ExprRenderer, source: ValuesSource, alias: string): void {
  if (to.traits.listParameter === "json") {
    to.write("json_table(");
    to.sink.param(documentOf(source, to.wire));
    to.write(`, '$[*]' columns (${source.columns.map(jsonColumn).join(", ")})) as ${to.quote(alias)}`);
  } else {
    to.write("(");
    writeUnited(to, source);
    to.write(`) as ${to.quote(alias)}`);
  }
}

/** What is only assigned takes the type of its column: a typed integer would cost mysql2 more than all that stands beside it in its row. */
export function writeInserted(to: ExprRenderer, { columns, rows }: InsertNode): void {
  to.write("values ");
  to.sink.rows(
    rows,
    columns.map(({ codec }) => assigned(to.wire(codec).encode as Encoder)),
  );
}

/** Integers as texts, which an assignment reads exactly; -0 has its sign as a number only. */
function assigned(encode: Encoder): Encoder {
  return (value) => {
    const sent = encode === null ? value : encode(value);
    return typeof sent === "bigint" || (Number.isSafeInteger(sent) && !Object.is(sent, -0)) ? String(sent) : sent;
  };
}

/** Before JSON_TABLE: a SELECT for each row. */
function writeUnited(to: ExprRenderer, { columns, rows }: ValuesSource): void {
  rows.forEach((row, r) => {
    to.write(r === 0 ? "select " : " union all select ");
    columns.forEach((codec, c) => {
      if (c > 0) to.write(", ");
      to.value(row[c], codec);
      if (r === 0) to.write(` as ${valuesColumn(c).name}`);
    });
  });
}

function jsonColumn({ type }: TypedCodec, place: number): string {
  const word = types[type.word] ?? text;
  return `${valuesColumn(place).name} ${typeof word === "string" ? word : word(type)} path '$[${place}]' error on error`;
}

/** A row is an array. */
function documentOf({ columns, rows }: ValuesSource, wire: (codec: TypedCodec) => WireCodec): string {
  const writers = columns.map((codec) => jsonWriter(codec, wire(codec).encode as ((value: unknown) => unknown) | null));
  return `[${rows.map((row) => `[${row.map((value, c) => (value === null ? "null" : writers[c]?.(value))).join(",")}]`).join(",")}]`;
}

/** Numbers keep all their digits as texts; -0 has no sign as a JSON number. */
function jsonWriter({ type }: TypedCodec, encode: ((value: unknown) => unknown) | null): (value: unknown) => string {
  const encoded = (value: unknown): unknown => (encode === null ? value : encode(value));
  if (type.word === "bytes") {
    return (value) => {
      const bytes = encoded(value) as Uint8Array;
      return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}"`;
    };
  }
  return (value) => {
    const given = encoded(value);
    return typeof given === "number" && !Object.is(given, -0) ? String(given) : JSON.stringify(Object.is(given, -0) ? "-0" : String(given));
  };
}

/** The column as it is compared and assigned: said outright, a collation wins over whatever the other side has. */
export function valuesColumnText(written: string, { type }: TypedCodec, { listParameter, textCollation }: Traits): string {
  if (listParameter !== "json") return written;
  if (type.word === "bytes") return `from_base64(${written})`;
  return textCollation === null || type.word === "json" || types[type.word] !== undefined ? written : `${written} collate ${textCollation}`;
}
