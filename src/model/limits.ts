/** What `timeout` and `signal` were given, and how terminals keep to it. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import { within, withinEach } from "../engine/limits.ts";
import { UsageError } from "../errors.ts";

interface Limits {
  readonly signal: AbortSignal | null;
  readonly timeoutMs: number | null;
}

/** Timers of this platform cannot wait longer. */
const longest = 2_147_483_647;

/** @throws UsageError unless it is whole milliseconds from 1 */
export function timeoutOf(given: unknown, label: string): number {
  if (typeof given === "number" && Number.isSafeInteger(given) && given >= 1 && given <= longest) return given;
  throw new UsageError(
    `${label}.timeout takes whole milliseconds from 1 to ${longest}, got ${typeof given === "number" ? given : kindOf(given)}`,
  );
}

/** @throws UsageError for anything but an AbortSignal */
export function signalOf(given: unknown, label: string): AbortSignal {
  if (given instanceof AbortSignal) return given;
  throw new UsageError(`${label}.signal takes an AbortSignal, got ${kindOf(given)}`, {
    hint: "pass controller.signal, not the controller",
  });
}

function isFree({ signal, timeoutMs }: Limits): boolean {
  return signal === null && timeoutMs === null;
}

/** Runs the work with both limits as one signal, which has taken over from them. */
export function limited<S extends Limits, T>(state: S, work: (state: S) => Promise<T>, writes = false): Promise<T> {
  if (isFree(state)) return work(state);
  const { timeoutMs, signal } = state;
  return within({ milliseconds: timeoutMs, signal, writes }, (bound) => work({ ...state, signal: bound, timeoutMs: null }));
}

type Parts<T> = AsyncGenerator<T, void, undefined>;

export function limitedParts<S extends Limits, T>(state: S, work: (state: S) => Parts<T>): Parts<T> {
  if (isFree(state)) return work(state);
  const { timeoutMs, signal } = state;
  return withinEach({ milliseconds: timeoutMs, signal }, (bound) => work({ ...state, signal: bound, timeoutMs: null }));
}
