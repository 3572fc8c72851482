/** Where SQL text and parameters are collected. The only place that writes a placeholder. Layer 3. */

export interface Sink {
  text: string;
  readonly params: unknown[];
  /** Writes a placeholder for an encoded value. */
  param(encoded: unknown): void;
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
}
