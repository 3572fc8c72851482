/** Rows that a statement brings with it: one JSON document, read as a table, whatever their number. Layer 4. */
import { type ValuesSource, valuesColumn } from "../../ast/select.ts";
import type { ColumnType, TypedCodec } from "../../ast/type.ts";
import type { WireCodec } from "../../codec/codec.ts";

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

export interface Values {
  /** The document: a row is an array. */
  readonly document: string;
  /** The columns of JSON_TABLE. */
  readonly columns: string;
}

export function valuesOf({ columns, rows }: ValuesSource, wire: (codec: TypedCodec) => WireCodec): Values {
  const writers = columns.map((codec) => jsonWriter(codec, wire(codec).encode as ((value: unknown) => unknown) | null));
  return {
    document: `[${rows.map((row) => `[${row.map((value, c) => (value === null ? "null" : writers[c]?.(value))).join(",")}]`).join(",")}]`,
    columns: columns
      .map(({ type }, c) => {
        const word = types[type.word] ?? text;
        return `${valuesColumn(c).name} ${typeof word === "string" ? word : word(type)} path '$[${c}]' error on error`;
      })
      .join(", "),
  };
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
export function valuesColumnText(written: string, { type }: TypedCodec, collation: string | null): string {
  if (type.word === "bytes") return `from_base64(${written})`;
  return collation === null || type.word === "json" || types[type.word] !== undefined ? written : `${written} collate ${collation}`;
}
