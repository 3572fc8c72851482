/** What an operator or function of the builder is: what it takes and gives, how it is built, and what it means. */
import type { Expression } from "./loose.ts";
import type { Facts, Kind, Parameter, Value } from "./values.ts";

/** Draws random parameters. */
export interface Draw {
  whole(least: number, most: number): number;
  of<T>(...items: readonly T[]): T;
  literal(kind: Kind): number | bigint | string | boolean;
}
/** What an operator knows of its arguments beside their values. */
export interface Known {
  readonly facts: Facts;
  /** Digits of the result, where it is a decimal. */
  readonly scale: number;
}
export interface Operator {
  /** `K` is one kind for all that say so, out of `over`. */
  readonly takes: readonly (Kind | "K")[];
  readonly gives: Kind | "K";
  readonly over?: readonly Kind[];
  /** A literal stands as an expression of its own, not as a plain argument. */
  readonly typed?: boolean | readonly Kind[];
  readonly with?: (draw: Draw) => Parameter;
  /** Arguments that may not be a plain literal, by their place. */
  readonly expressions?: readonly number[];
  /** How often it is drawn; 1 unless said. */
  readonly weight?: number;
  build(args: readonly Expression[], given: never, kind: Kind): Expression;
  /** Digits of a decimal result. */
  readonly scale?: (scales: readonly number[], given: never) => number;
  /** `value` is called only where no argument is NULL. */
  readonly value?: (args: readonly NonNullable<Value>[], given: never, known: Known) => Value;
  /** Called whatever the arguments are. */
  readonly nullable?: (args: readonly Value[], given: never, known: Known) => Value;
}
/** Keeps the names of a table of operators. */
export function operators<N extends string>(table: Readonly<Record<N, Operator>>): Readonly<Record<N, Operator>> {
  return table;
}
export const most = (scales: readonly number[]): number => Math.max(...scales);
