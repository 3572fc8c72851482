/** ORDER BY from text that a user sent: an allow-list says what it may name. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import { InputError, UsageError } from "../errors.ts";
import { Expression, type OrderTerm } from "../expr/expression.ts";
import type { SourceMeta } from "./source.ts";

type Lambda = (...scopes: never[]) => unknown;
type Choice = (scopes: readonly never[]) => Expression;

const longestText = 1000;
const shownName = 40;

/**
 * The lambda of `orderBy` that the text stands for, or null where there is no text and no default.
 * @throws UsageError for an allow-list or a default that cannot be
 * @throws InputError for a text that names anything else
 */
export function orderFromInput(meta: SourceMeta, text: unknown, options: unknown): ((...scopes: never[]) => OrderTerm[]) | null {
  const { allow, default: fallback } = acceptOptions(meta, options);
  const choices = choicesOf(meta, allow);
  const usual = fallback === undefined ? null : acceptDefault(meta, fallback, choices);
  const terms = text === undefined || text === null ? usual : termsOf(text, choices);
  if (terms === null) return null;
  return (...scopes) =>
    terms.map(({ choice, descending }) => {
      const item = choice(scopes);
      return descending ? item.desc() : item.asc();
    });
}

function acceptOptions(meta: SourceMeta, options: unknown): { allow: unknown; default?: unknown } {
  const prototype: unknown = typeof options === "object" && options !== null ? Object.getPrototypeOf(options) : undefined;
  if (prototype === Object.prototype || prototype === null) {
    const unknown = Object.keys(options as object).find((key) => key !== "allow" && key !== "default");
    if (unknown === undefined) return options as { allow: unknown; default?: unknown };
    throw new UsageError(`${meta.name}.orderByInput: unknown option ${unknown}`, { hint: "it takes allow and default" });
  }
  throw new UsageError(`${meta.name}.orderByInput takes { allow } second, got ${kindOf(options)}`, {
    hint: 'write orderByInput(text, { allow: ["title", "views"] })',
  });
}

/** What each name stands for. A Map: a name from outside finds nothing that an object inherits. */
function choicesOf(meta: SourceMeta, allow: unknown): ReadonlyMap<string, Choice> {
  const choices = new Map<string, Choice>();
  if (Array.isArray(allow)) {
    for (const name of Array.from(allow as unknown[])) {
      if (typeof name !== "string") throw new UsageError(`${meta.name}.orderByInput: allow lists column names, got ${kindOf(name)}`);
      const { property } = meta.column(name);
      choices.set(name, ([root]) => (root as unknown as Record<string, Expression>)[property] as Expression);
    }
  } else if (typeof allow === "object" && allow !== null) {
    for (const [name, pick] of Object.entries(allow)) {
      if (name === "" || name.startsWith("-") || /[,\s]/.test(name))
        throw new UsageError(`${meta.name}.orderByInput: ${JSON.stringify(name)} cannot be told in a list such as "-views,title"`);
      if (typeof pick !== "function")
        throw new UsageError(`${meta.name}.orderByInput: ${name} takes a lambda, got ${kindOf(pick)}`, {
          hint: `write { ${name}: (p) => p.title }`,
        });
      choices.set(name, (scopes) => picked(meta, name, (pick as Lambda)(...scopes)));
    }
  }
  if (choices.size === 0)
    throw new UsageError(`${meta.name}.orderByInput needs the names that may be asked for`, { hint: 'allow: ["title"]' });
  return choices;
}

function picked(meta: SourceMeta, name: string, value: unknown): Expression {
  if (Expression.is(value)) return value;
  throw new UsageError(`${meta.name}.orderByInput: ${name} must be a column or an expression, got ${kindOf(value)}`, {
    hint: "the direction is told by the text: drop asc() and desc()",
  });
}

interface Term {
  readonly choice: Choice;
  readonly descending: boolean;
}

/** A default is written in the code: what is wrong with it is no user's fault. */
function acceptDefault(meta: SourceMeta, fallback: unknown, choices: ReadonlyMap<string, Choice>): Term[] {
  try {
    return termsOf(fallback, choices);
  } catch (error) {
    if (error instanceof InputError) throw new UsageError(`${meta.name}.orderByInput: the default is no order: ${error.message}`);
    throw error;
  }
}

function termsOf(text: unknown, choices: ReadonlyMap<string, Choice>): Term[] {
  const allowed = `allowed: ${[...choices.keys()].join(", ")}; a leading minus turns the order round`;
  const refuse = (message: string): never => {
    throw new InputError(message, { hint: allowed });
  };
  if (typeof text !== "string") return refuse(`an order is a text, got ${kindOf(text)}`);
  if (text.length > longestText) return refuse(`the order is longer than ${longestText} characters`);
  if (text === "") return refuse("the order is empty");
  const seen = new Set<string>();
  return text.split(",").map((part): Term => {
    const descending = part.startsWith("-");
    const name = descending ? part.slice(1) : part;
    const choice = choices.get(name);
    if (choice === undefined) return refuse(`there is no order by ${quoted(name)}`);
    if (seen.has(name)) return refuse(`the order names ${quoted(name)} twice`);
    seen.add(name);
    return { choice, descending };
  });
}

/** A name from outside, fit for a message. */
function quoted(name: string): string {
  const points = [...name.slice(0, 2 * shownName + 2).toWellFormed()];
  const shown = JSON.stringify(points.slice(0, shownName).join("")).replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    "\ufffd",
  );
  return points.length > shownName ? `${shown} ...` : shown;
}
