/** Where SQL text and parameters are collected. The only place that writes a placeholder. Layer 3. */

export interface Mark {
  readonly text: string;
  readonly params: number;
}

export interface Sink {
  text: string;
  readonly params: unknown[];
  /** Writes a placeholder for an encoded value. */
  param(encoded: unknown): void;
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
