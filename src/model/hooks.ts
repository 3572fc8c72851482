/** Which hooks a class has: methods of its own or of what it extends, looked up once. Layer 6. */
import { type SignalName, signalNames } from "../engine/signals.ts";
import { UsageError } from "../errors.ts";
import { hydrating, ModelBase } from "./base.ts";

type Names = ReadonlySet<SignalName>;

const known = new WeakMap<object, Names | null>();

/** The names of a class's hooks; null: it has none. @throws UsageError for a field or a getter of such a name */
export function hooksOf(model: object): Names | null {
  let names = known.get(model);
  if (names === undefined) {
    names = findHooks(model as { readonly prototype: object; readonly name: string });
    known.set(model, names);
  }
  return names;
}

function findHooks(model: { readonly prototype: object; readonly name: string }): Names | null {
  const found = new Set<SignalName>();
  for (const name of signalNames) {
    const descriptor = descriptorOf(model.prototype, name);
    if (descriptor === undefined) continue;
    if (typeof descriptor.value !== "function") throw refusal(model.name, name);
    found.add(name);
  }
  refuseFields(model);
  return found.size === 0 ? null : found;
}

function descriptorOf(prototype: object, name: string): PropertyDescriptor | undefined {
  for (let proto = prototype; proto !== null && proto !== ModelBase.prototype; proto = Object.getPrototypeOf(proto)) {
    const own = Object.getOwnPropertyDescriptor(proto, name);
    if (own !== undefined) return own;
  }
  return undefined;
}

/** A function in a class field belongs to each row, and nobody would call it: a row made as a reader makes them shows the fields. */
function refuseFields(model: object): void {
  let row: object;
  try {
    row = new (model as new (mark: unknown) => object)(hydrating);
  } catch {
    // A constructor of its own that wants values: whoever reads such rows will be told.
    return;
  }
  for (const name of signalNames) if (Object.hasOwn(row, name)) throw refusal((model as { readonly name: string }).name, name);
}

function refusal(model: string, name: string): UsageError {
  return new UsageError(`${model}: ${name} is a hook, and hooks are methods`, { hint: `write async ${name}() { ... }` });
}
