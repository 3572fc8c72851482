/** Queries that are rendered once and run with other values. Layer 6. */
import type { SelectNode } from "../ast/select.ts";
import type { Codec } from "../codec/codec.ts";
import { Parameter } from "../codec/parameter.ts";
import { kindOf } from "../codec/refuse.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import type { Subquery } from "../expr/expr.types.ts";
import { expressionOf } from "../expr/expression-of.ts";
import type { RowReader } from "../hydrate/row-plan.ts";
import type { Run } from "../relations/prefetch.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { suggestion } from "../util/suggest.ts";
import { codecOfSpec } from "./columns.ts";
import { PerModel } from "./kept.ts";
import { limited } from "./limits.ts";
import type { SessionRef } from "./reading.ts";
import { assertLockHolds, compileFor, readRows, runMeta, sessionOf } from "./reading.ts";
import type { SourceMeta } from "./source.ts";
import type { AnySpec, Column, ValueOf } from "./types/spec.types.ts";

/** What a query runs, and what it makes of the rows. */
export interface QueryPlan {
  readonly meta: SourceMeta;
  readonly session: SessionRef;
  readonly never: boolean;
  readonly tree: SelectNode;
  readonly reader: (session: Session) => RowReader;
  /** Loads what belongs to the rows; null: nothing does, of these or of any. */
  readonly complete: ((rows: unknown[], run: Run) => Promise<void> | null) | null;
  /** The limits of each run. */
  readonly signal: AbortSignal | null;
  readonly timeoutMs: number | null;
}
interface Planned {
  plan(one: boolean): QueryPlan;
}

interface Declared {
  readonly codec: Codec;
  readonly nullable: boolean;
}
interface Made {
  readonly compiled: CompiledStatement;
  readonly read: RowReader;
  /** Which parameters of the statement come from the caller. */
  readonly open: boolean;
}

class PreparedQuery {
  readonly #declared: ReadonlyMap<string, Declared>;
  readonly #query: Planned;
  readonly #all: QueryPlan;
  #first: QueryPlan | null = null;
  readonly #made = new PerModel<Made>();

  constructor(declared: ReadonlyMap<string, Declared>, query: Planned) {
    this.#declared = declared;
    this.#query = query;
    this.#all = query.plan(false);
  }

  async all(values?: Readonly<Record<string, unknown>>): Promise<unknown[]> {
    return this.#run(this.#all, values);
  }

  async first(values?: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.#first ??= this.#query.plan(true);
    return (await this.#run(this.#first, values))[0] ?? null;
  }

  toSQL(): { sql: string } {
    return { sql: this.#statement(this.#all, sessionOf(this.#all.session)).compiled.sql };
  }

  #statement(plan: QueryPlan, session: Session): Made {
    const known = this.#made.get(plan, session);
    if (known !== undefined) return known;
    const compiled = compileFor(session, plan.tree);
    const open = compiled.params.some((param) => param instanceof Parameter);
    const made = { compiled, read: plan.reader(session), open };
    return compiled.changes === true ? made : this.#made.set(plan, session, made);
  }

  async #run(plan: QueryPlan, given: unknown): Promise<unknown[]> {
    const values = this.#accept(given);
    if (plan.never) return [];
    const session = sessionOf(plan.session);
    const { compiled, read, open } = this.#statement(plan, session);
    const bound = (one: CompiledStatement): CompiledStatement => ({ ...one, params: filled(one.params, values) });
    const statement = open ? bound(compiled) : compiled;
    assertLockHolds(plan.tree, session, plan.meta);
    return limited(plan, async ({ meta, complete, signal }) => {
      const answer = session.run(statement, runMeta(meta, signal));
      const { rows } = answer instanceof Promise ? await answer : answer;
      const result = readRows(rows, read);
      if (complete !== null && result.length > 0) await complete(result, { session, signal, filled: bound });
      return result;
    });
  }

  /** @throws UsageError for missing and unknown names; ValueError for values of another type */
  #accept(given: unknown): ReadonlyMap<string, unknown> {
    const object = given ?? {};
    if (typeof object !== "object") throw new UsageError(`a prepared query takes an object of its parameters, got ${kindOf(given)}`);
    const values = new Map<string, unknown>();
    for (const [name, { codec, nullable }] of this.#declared) {
      const value = (object as Record<string, unknown>)[name];
      if (value === undefined || (value === null && !nullable)) {
        throw new UsageError(`the parameter ${name} is ${value === null ? "null" : "missing"}`, {
          hint: value === null ? "declare it with .nullable(), or leave such rows to a query of their own" : undefined,
        });
      }
      values.set(name, value === null ? null : codec.accept(value, `the parameter ${name}`));
    }
    for (const name of Object.keys(object)) {
      if (!values.has(name))
        throw new UsageError(`there is no parameter ${JSON.stringify(name)}`, { hint: suggestion(name, [...values.keys()]) });
    }
    return values;
  }
}

function filled(params: readonly unknown[], values: ReadonlyMap<string, unknown>): unknown[] {
  return params.map((param) => (param instanceof Parameter ? param.encoded(values.get(param.name)) : param));
}

/** What the parameters are inside the query, and the values that they are run with. */
type Parameters<P> = { readonly [K in keyof P]: Column<P[K]> };
type Values<P> = { readonly [K in keyof P]: ValueOf<P[K]> };

/** A query with open values: rendered once per database, whoever runs it. */
export interface Prepared<P, Row> {
  /** @throws UsageError for missing and unknown parameters; ValueError for values of another type */
  all(values: Values<P>): Promise<Row[]>;
  /** The first row by the query's order (by primary key when it has none), or null. */
  first(values: Values<P>): Promise<Row | null>;
  toSQL(): { sql: string };
}

/**
 * A query that is rendered once and run with other values: the parameters are declared with the words of columns, and stand
 * wherever a value can.
 * @throws UsageError for a lambda that returns no query
 * @example
 * const popular = prepare({ author: int(), least: int() }, ($) =>
 *   Post.where((p) => p.authorId.eq($.author).and(p.views.gte($.least))));
 * await popular.all({ author: 1, least: 10 });
 * // select ... from "post" where "author_id" = $1 and "views" >= $2
 */
export function prepare<P extends Readonly<Record<string, AnySpec>>, Row>(
  parameters: P,
  query: ($: Parameters<P>) => Subquery<Row>,
): Prepared<P, Row> {
  const declared = new Map<string, Declared>();
  const scope: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(parameters)) {
    if (name === "__proto__") throw new UsageError("a parameter cannot be called __proto__");
    const codec = codecOfSpec(spec);
    declared.set(name, { codec, nullable: (spec as unknown as { declaration: { nullable: boolean } }).declaration.nullable });
    scope[name] = expressionOf({ kind: "value", value: new Parameter(name), codec }, codec, `the parameter ${name}`);
  }
  const built: unknown = query(scope as never);
  if (typeof built !== "object" || built === null || !("plan" in built))
    throw new UsageError(`prepare takes a lambda that returns a query, got ${kindOf(built)}`);
  return new PreparedQuery(declared, built as Planned) as never;
}
