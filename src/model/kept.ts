/** Statements that come again and again: the text is kept, the values are encoded anew. Layer 6. */
import type { Codec } from "../codec/codec.ts";
import type { Session } from "../engine/session.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import type { StatementNode } from "../render/renderer.ts";
import { compileFor } from "./reading.ts";

type Encode = ((value: unknown) => unknown) | null;

export interface KeptStatement {
  readonly compiled: CompiledStatement;
  readonly encoders: readonly Encode[];
}

/**
 * The statement of a node with a parameter for each of these values, in this order, nulls included. Null where the dialect
 * writes the values in another way: such a statement is rendered each time.
 */
export function keep(session: Session, node: StatementNode, codecs: readonly Codec[], values: readonly unknown[]): KeptStatement | null {
  const encoders = codecs.map((codec) => session.dialect.wire(codec).encode as Encode);
  const kept = { compiled: compileFor(session, node), encoders };
  if (kept.compiled.changes === true) return null;
  const expected = again(kept, values).params;
  const { params } = kept.compiled;
  return params.length === expected.length && params.every((param, i) => Object.is(param, expected[i])) ? kept : null;
}

/** The statement with other values, which have passed their codecs. */
export function again({ compiled, encoders }: KeptStatement, values: readonly unknown[]): CompiledStatement {
  const { sql, operation, rows, writes } = compiled;
  const params = new Array<unknown>(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const encode = encoders[i] ?? null;
    params[i] = value === null || encode === null ? value : encode(value);
  }
  return { sql, params, operation, rows, writes };
}

/** Something made once for each model and database. */
export class PerModel<T> {
  readonly #made = new WeakMap<object, WeakMap<object, T>>();

  get(meta: object, session: Session): T | undefined {
    return this.#made.get(meta)?.get(session.core);
  }

  set(meta: object, session: Session, value: T): T {
    let byCore = this.#made.get(meta);
    if (byCore === undefined) {
      byCore = new WeakMap();
      this.#made.set(meta, byCore);
    }
    byCore.set(session.core, value);
    return value;
  }
}
