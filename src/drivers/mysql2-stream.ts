/**
 * Rows of one MySQL statement as they arrive: the socket is paused while the reader is busy. Layer 4.
 */

import type { RawRow } from "./driver.ts";
import type { Line, LineCommand } from "./mysql2-line.ts";

/** How long an abandoned result may take to arrive before its statement is killed instead. */
const DRAIN_MS = 30;

export class RowStream {
  readonly #line: Line;
  readonly #size: number;
  readonly #batches: RawRow[][] = [];
  #batch: RawRow[] = [];
  #rowsExpected = true;
  #discard = false;
  #ended = false;
  #error: unknown = null;
  #wake: () => void = () => {};

  constructor(line: Line, command: LineCommand, size: number) {
    this.#line = line;
    this.#size = size;
    // A statement without rows tells its OK packet as "result" after "fields" without a value.
    command.on("fields", (fields) => {
      this.#rowsExpected = fields !== undefined;
    });
    command.on("result", (row) => {
      if (this.#rowsExpected && !this.#discard) this.#add(row as RawRow);
    });
    command.on("error", (error) => {
      this.#error ??= error;
      this.#end();
    });
    command.on("end", () => this.#end());
  }

  /** The next batch, or null after the last. */
  async next(): Promise<readonly RawRow[] | null> {
    for (;;) {
      const batch = this.#batches.shift();
      if (batch) return batch;
      if (this.#ended) break;
      // Packets that waited may be told within this very call: listen before.
      const changed = this.#change();
      this.#line.resume();
      await changed;
    }
    if (this.#error !== null) throw this.#error;
    const last = this.#batch;
    this.#batch = [];
    return last.length > 0 ? last : null;
  }

  /** Frees the line before the end: reads on for a moment, then has the statement killed. */
  async abandon(kill: () => Promise<void>): Promise<void> {
    if (this.#ended) return;
    this.#discard = true;
    this.#line.resume();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), DRAIN_MS);
    });
    const first = await Promise.race([this.#finished(), late]);
    clearTimeout(timer);
    if (first !== "late") return;
    await kill();
    await this.#finished();
  }

  /** The line broke: mysql2 does not tell a command that has no callback. */
  fail(error: unknown): void {
    this.#error ??= error;
    this.#end();
  }

  async #finished(): Promise<void> {
    while (!this.#ended) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }

  #add(row: RawRow): void {
    this.#batch.push(row);
    if (this.#batch.length < this.#size) return;
    this.#batches.push(this.#batch);
    this.#batch = [];
    this.#line.pause();
    this.#tell();
  }

  #end(): void {
    this.#ended = true;
    this.#tell();
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }
}
