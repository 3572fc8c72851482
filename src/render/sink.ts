/** Where SQL text and parameters are collected. The only place that writes a placeholder. Layer 3. */

export interface Mark {
  readonly text: string;
  readonly params: number;
}

export type Encoder = ((value: unknown) => unknown) | null;
export type Rows = readonly (readonly unknown[])[];

export function encodedBy(encode: Encoder | undefined, value: unknown): unknown {
  return value === null || encode === null || encode === undefined ? value : encode(value);
}

export function writeRows(sink: Sink, rows: Rows, encoders: readonly Encoder[]): void {
  rows.forEach((row, r) => {
    sink.text += r === 0 ? "(" : ", (";
    encoders.forEach((encode, c) => {
      if (c > 0) sink.text += ", ";
      sink.param(encodedBy(encode, row[c]));
    });
    sink.text += ")";
  });
}

export interface Sink {
  text: string;
  readonly params: unknown[];
  /** Writes a placeholder for an encoded value. */
  param(encoded: unknown): void;
  /** Writes rows of such values in parentheses. */
  rows(rows: Rows, encoders: readonly Encoder[]): void;
  /** How much was written so far. */
  mark(): Mark;
  /** Forgets what was written after a mark. */
  rewind(to: Mark): void;
}

/** Collects a statement with numbered parameters. */
export class ParameterSink implements Sink {
  text = "";
  readonly params: unknown[] = [];
  readonly #placeholder: (n: number) => string;

  constructor(placeholder: (n: number) => string) {
    this.#placeholder = placeholder;
  }

  rows(rows: Rows, encoders: readonly Encoder[]): void {
    const any = this.#placeholder(0);
    if (any !== this.#placeholder(1)) return writeRows(this, rows, encoders);
    // Where all placeholders are alike, all rows are: of thousands, no text is put together piece by piece.
    const { params } = this;
    for (const row of rows) for (let c = 0; c < encoders.length; c++) params.push(encodedBy(encoders[c], row[c]));
    const text = `(${encoders.map(() => any).join(", ")})`;
    this.text += text + `, ${text}`.repeat(rows.length - 1);
  }

  param(encoded: unknown): void {
    this.text += this.#placeholder(this.params.push(encoded));
  }

  mark(): Mark {
    return { text: this.text, params: this.params.length };
  }

  rewind({ text, params }: Mark): void {
    this.text = text;
    this.params.length = params;
  }
}
