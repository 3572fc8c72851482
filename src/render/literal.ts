/** Values as text, for DDL alone: it takes no parameters. Layer 3. */
import { UsageError, ValueError } from "../errors.ts";
import { type Encoder, type Mark, type Rows, type Sink, writeRows } from "./sink.ts";

/** How one dialect spells the two kinds of literal that differ. */
export interface LiteralWords {
  /** `text` holds no NUL and is well-formed. */
  readonly text: (text: string) => string;
  readonly bytes: (hexadecimal: string) => string;
}

/** The one place where a quote is doubled. Right wherever a backslash is an ordinary character. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * An encoded value as a literal.
 * @throws ValueError for text that no database can hold
 */
export function literal(value: unknown, words: LiteralWords): string {
  switch (typeof value) {
    case "string":
      if (value.includes("\0") || !value.isWellFormed()) {
        throw new ValueError("a text in a table definition holds a NUL character or half of a surrogate pair");
      }
      return words.text(value);
    case "number":
    case "bigint":
      if (typeof value === "number" && !Number.isFinite(value)) throw new ValueError("a number in a table definition is not finite");
      // A minus sign before a negative number would start a comment.
      return value < 0 ? `(${value})` : String(value);
    case "boolean":
      return String(value);
    default:
      if (value === null) return "null";
      if (value instanceof Uint8Array) {
        return words.bytes(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex"));
      }
      throw new UsageError("a table definition holds a value that has no literal");
  }
}

/** Writes values into the text. */
export class LiteralSink implements Sink {
  text = "";
  /** Stays empty. */
  readonly params: unknown[] = [];
  readonly #words: LiteralWords;

  constructor(words: LiteralWords) {
    this.#words = words;
  }

  param(encoded: unknown): void {
    this.text += literal(encoded, this.#words);
  }

  rows(rows: Rows, encoders: readonly Encoder[]): void {
    writeRows(this, rows, encoders);
  }

  mark(): Mark {
    return { text: this.text, params: 0 };
  }

  rewind({ text }: Mark): void {
    this.text = text;
  }
}
