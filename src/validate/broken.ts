/** Entries of a ValidationError, gathered. Layer 5. */
import { kindOf, type Refusal, refusalOf } from "../codec/refuse.ts";
import { KakaError, UsageError, type ValidationDetail, ValidationError, type ValueError } from "../errors.ts";
import { messageFor } from "./messages.ts";
import type { Rule } from "./rule.ts";

/** What was found wrong so far. */
export interface Findings {
  readonly detail: ValidationDetail[];
  /** The same for whoever wrote the program: with the model's name, and with what was given. */
  readonly lines: string[];
  /** The next action for whoever wrote the program, of the first finding that has one. */
  hint: string | undefined;
}

/** Where a finding belongs: a property, of one row of several. */
export interface Place {
  readonly field: string;
  /** `Post.title` */
  readonly label: string;
  readonly index?: number | undefined;
}

export function noFindings(): Findings {
  return { detail: [], lines: [], hint: undefined };
}

/** What a value is, in one word: never the value. */
export function kindWord(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return value instanceof Date ? "Date" : typeof value;
}

function add(
  found: Findings,
  { field, label, index }: Place,
  { rule, received: _, ...expected }: Refusal,
  { message, received, line }: { readonly message: string; readonly received?: string | number; readonly line?: string },
): void {
  found.detail.push({
    ...(index === undefined ? {} : { index }),
    field,
    rule,
    message,
    ...(expected as Record<`expected${string}`, unknown>),
    ...(received === undefined ? {} : { received }),
  });
  found.lines.push(`${index === undefined ? "" : `row ${index}: `}${line ?? `${label}: ${message}`}`);
}

/** A NULL where there is none, a value that is missing, or a name that is none. */
export function addAbsence(found: Findings, place: Place, rule: "not_null" | "required" | "unknown", line: string): void {
  add(found, place, { rule }, { message: messageFor({ rule }), line, ...(rule === "not_null" ? { received: "null" } : {}) });
}

/** Something else than an object of values. */
export function addWrongInput(found: Findings, model: string, input: unknown): void {
  const facts = { rule: "type", expectedType: "object" };
  const line = `${model} takes an object of column values, got ${kindOf(input)}`;
  add(found, { field: "*", label: model }, facts, { message: messageFor(facts), received: kindWord(input), line });
}

/** A unique key that another row has: an entry for each of its columns. */
export function addTaken(found: Findings, model: string, fields: readonly string[]): void {
  for (const field of fields) {
    const others = fields.filter((other) => other !== field);
    const facts = { rule: "unique", ...(others.length === 0 ? {} : { expectedTogether: others }) };
    add(found, { field, label: `${model}.${field}` }, facts, { message: messageFor(facts) });
  }
}

/** What a codec said. */
export function addRefusal(found: Findings, place: Place, error: ValueError, value: unknown): void {
  const facts = refusalOf(error) ?? { rule: "type", expectedType: "custom" };
  const line = error.hint === undefined ? error.message : error.message.slice(0, -` (${error.hint})`.length);
  add(found, place, facts, { message: messageFor(facts), received: facts.received ?? kindWord(value), line });
  found.hint ??= error.hint;
}

export function addBroken(found: Findings, place: Place, { rule, expected, message, received }: Rule, value: unknown): void {
  const facts = { rule, ...expected };
  add(found, place, facts, { message: message ?? messageFor(facts), received: received?.(value as never) ?? kindWord(value) });
}

/** What a function that says no by throwing has thrown. @throws what is no answer, but a mistake in the program */
export function addThrown(found: Findings, place: Place, error: unknown, value: unknown): void {
  if (error instanceof KakaError && !(error instanceof ValidationError)) throw error;
  const messages = error instanceof ValidationError ? Object.values(error.errors).flat() : [error instanceof Error ? error.message : ""];
  for (const message of messages)
    add(
      found,
      place,
      { rule: "custom" },
      { message: message === "" ? messageFor({ rule: "custom" }) : message, received: kindWord(value) },
    );
}

/** What a ValidationError says of the fields of a row; a message alone is about none of them. */
export function addMessages(found: Findings, { detail, errors }: ValidationError, model: string, index: number | undefined): void {
  const entries = detail.length > 0 ? detail : (errors["*"] ?? []).map((message) => ({ field: "*", rule: "custom", message }));
  for (const { field, message, rule, received, ...rest } of entries as readonly ValidationDetail[]) {
    const label = field === "*" ? model : `${model}.${field}`;
    add(found, { field, label, index }, { rule, ...rest }, { message, ...(received === undefined ? {} : { received }) });
  }
}

const mostLines = 5;

/** All of it as one error; null where nothing was found. */
export function errorOf(found: Findings, model: string, columns: readonly string[] | undefined): ValidationError | null {
  const { detail, lines, hint } = found;
  if (lines.length === 0) return null;
  const more = lines.length > mostLines ? `; and ${lines.length - mostLines} more` : "";
  const message = lines.length === 1 ? (lines[0] as string) : `${model} is not valid: ${lines.slice(0, mostLines).join("; ")}${more}`;
  return new ValidationError(message, { detail, model, columns, hint });
}

/** @throws UsageError for an answer that comes later: it would be passed over */
export function assertNoPromise(answer: unknown, label: string): void {
  if (typeof (answer as PromiseLike<unknown> | null | undefined)?.then === "function")
    throw new UsageError(`${label}: a rule of a column answers at once`, {
      hint: "what must be looked up is for clean(), which may be async",
    });
}
