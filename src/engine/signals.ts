/** Who wants to be told what happens to rows: of one engine, or of all. What a row is, is not known here. Layer 5. */
import { UsageError } from "../errors.ts";
import { suggestion } from "../util/suggest.ts";

/** Everything that happens to a row; a model's methods of these names are its hooks. */
export const signalNames = [
  "beforeSave",
  "beforeInsert",
  "beforeUpdate",
  "afterInsert",
  "afterUpdate",
  "afterSave",
  "beforeDelete",
  "afterDelete",
  "beforeRestore",
  "afterRestore",
  "beforePurge",
  "afterPurge",
  "afterLoad",
  "afterCommit",
  "afterRollback",
] as const;
export type SignalName = (typeof signalNames)[number];

/** What is being done to a row. */
export type RowOperation = "insert" | "update" | "upsert" | "delete" | "restore" | "purge" | "load";

/** What a hook or a receiver is told beside the row. S: where statements go; K: the columns. */
export interface HookContext<S, K extends PropertyKey> {
  readonly operation: RowOperation;
  /** `[before, after]` of the columns that are about to be written, or were; empty where none are. */
  readonly changes: { readonly [P in K]?: readonly [before: unknown, after: unknown] };
  /** The transaction of the write, or the engine where there is none: `Log.using(context.engine).create(...)`. */
  readonly engine: S;
}

/** What may be answered: `false` of a before-event says no; of others nothing is asked. */
export type SignalAnswer<E extends SignalName> = E extends `before${string}`
  ? // biome-ignore lint/suspicious/noConfusingVoidType: what a function without a return gives
    boolean | void | Promise<boolean | void>
  : // biome-ignore lint/suspicious/noConfusingVoidType: the same
    void | Promise<unknown>;

/** Ends what was begun, called or at the end of a `using` block. */
export interface Subscription {
  (): void;
  [Symbol.dispose](): void;
}

type AnyClass = abstract new (...args: never[]) => object;
export type Receive = (row: object, context: unknown) => unknown;

interface Receiver {
  readonly model: AnyClass | null;
  readonly receive: Receive;
}

export function isSignal(name: unknown): name is SignalName {
  return signalNames.includes(name as SignalName);
}

/** How many receivers wait for rows to be read, anywhere: looked at for every row that is. */
export const loadReceivers = { count: 0 };

const nobody: readonly Receiver[] = [];

export class Signals {
  /** Nobody listening costs one comparison. */
  count = 0;
  readonly #receivers = new Map<SignalName, readonly Receiver[]>();

  /** `given`: a class and a receiver, or a receiver alone. @throws UsageError */
  on(name: string, given: readonly unknown[]): Subscription {
    if (!isSignal(name)) throw new UsageError(`unknown event "${name}"`, { hint: suggestion(name, signalNames) });
    const [model, receive] = given.length > 1 ? given : [null, given[0]];
    if ((model !== null && typeof model !== "function") || typeof receive !== "function")
      throw new UsageError(`on("${name}") takes a model class, if only its rows are meant, and a function`);
    // Lists are replaced, never changed: one that is being walked stays as it was.
    const receiver: Receiver = { model: model as AnyClass | null, receive: receive as Receive };
    this.#receivers.set(name, [...this.#listOf(name), receiver]);
    this.#counted(name, 1);
    const off = (): void => {
      const list = this.#listOf(name);
      if (!list.includes(receiver)) return;
      this.#receivers.set(
        name,
        list.filter((other) => other !== receiver),
      );
      this.#counted(name, -1);
    };
    return Object.assign(off, { [Symbol.dispose]: off });
  }

  /** In the order in which they came. */
  of(name: SignalName, row: object): readonly Receive[] {
    if (this.count === 0) return [];
    return this.#listOf(name)
      .filter(({ model }) => model === null || row instanceof model)
      .map(({ receive }) => receive);
  }

  hears(name: SignalName, row: object): boolean {
    return this.count > 0 && this.#listOf(name).some(({ model }) => model === null || row instanceof model);
  }

  #listOf(name: SignalName): readonly Receiver[] {
    return this.#receivers.get(name) ?? nobody;
  }

  #counted(name: SignalName, change: 1 | -1): void {
    this.count += change;
    if (name === "afterLoad") loadReceivers.count += change;
  }
}
