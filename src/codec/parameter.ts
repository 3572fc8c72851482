/** A value that is given later, each time a prepared query runs. Layer 1. */

/** Stands where a value would: on its way to the client library it collects what the value has to go through. */
export class Parameter {
  readonly name: string;
  readonly #steps: readonly ((value: never) => unknown)[];

  constructor(name: string, steps: readonly ((value: never) => unknown)[] = []) {
    this.name = name;
    this.#steps = steps;
  }

  through(step: (value: never) => unknown): Parameter {
    return new Parameter(this.name, [...this.#steps, step]);
  }

  /** What is sent for this value; null is NULL. */
  encoded(value: unknown): unknown {
    if (value === null) return null;
    let result: unknown = value;
    for (const step of this.#steps) result = step(result as never);
    return result;
  }
}

/** The step's result, or a parameter that will go through it. */
export function through<T>(value: T, step: (value: never) => unknown): unknown {
  return value instanceof Parameter ? value.through(step) : step(value as never);
}
