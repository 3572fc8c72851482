/** CASE: the value of the first condition that holds. Layer 2. */
import type { CaseNode, ExprNode } from "../ast/expr.ts";
import type { Codec } from "../codec/codec.ts";
import { floatCodec, intCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { datetimeCodec } from "../codec/temporal.ts";
import { boolCodec, textCodec } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import type { Expr, ExprOf, WhereClause } from "./expr.types.ts";
import { Condition, Expression, expressionOf } from "./expression.ts";

type Literal = string | number | boolean | Date | null;

export interface Case<T> {
  when<const U extends Literal>(condition: WhereClause, then: U | Expr<U>): Case<T | U>;
  /** The value where no condition holds; without it (`end()`) that is NULL. */
  otherwise<const U extends Literal>(value: U | Expr<U>): ExprOf<T | U>;
  end(): ExprOf<T | null>;
}

interface BranchValue {
  readonly node: ExprNode;
  readonly codec: Codec | null;
}
interface Branch {
  readonly when: ExprNode;
  readonly value: BranchValue;
}

/** A literal's codec; null for NULL, which takes the type of the other branches. */
function literalCodec(value: unknown): Codec | null {
  if (value === null) return null;
  if (typeof value === "string") return textCodec;
  if (typeof value === "boolean") return boolCodec;
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? intCodec : floatCodec;
  if (value instanceof Date) return datetimeCodec;
  throw new UsageError(`a branch of when() is a text, number, boolean, Date, null or an expression, got ${kindOf(value)}`);
}

function branchValue(value: unknown): BranchValue {
  if (Expression.is(value)) return { node: value.node, codec: value.codec };
  const codec = literalCodec(value);
  return codec === null
    ? { node: { kind: "null" }, codec }
    : { node: { kind: "value", value: codec.accept(value, "a branch of when()"), codec }, codec };
}

/** One codec that reads every branch. @throws UsageError for branches of different kinds */
function commonCodec(all: readonly BranchValue[]): Codec {
  const codecs = all.flatMap(({ codec }) => (codec === null ? [] : [codec]));
  const first = codecs[0];
  if (first === undefined) throw new UsageError("every branch of when() is null");
  const families = new Set(codecs.map(({ family }) => family));
  if (families.size === 1)
    return first.family === "text" || first.family === "enum" ? textCodec : (codecs.find(({ type }) => type.word !== "int") ?? first);
  const numeric = [...families].every((family) => family === "int" || family === "float");
  const textual = [...families].every((family) => family === "text" || family === "enum");
  if (numeric || textual) return numeric ? floatCodec : textCodec;
  throw new UsageError(`the branches of when() are of different kinds: ${[...families].join(", ")}`);
}

class CaseBuilder {
  readonly #branches: readonly Branch[];
  constructor(branches: readonly Branch[]) {
    this.#branches = branches;
  }
  when(condition: unknown, then: unknown): CaseBuilder {
    if (!(condition instanceof Condition)) throw new UsageError(`when() takes a condition first, got ${kindOf(condition)}`);
    return new CaseBuilder([...this.#branches, { when: condition.node, value: branchValue(then) }]);
  }
  otherwise(value: unknown): Expression {
    return this.#make(branchValue(value));
  }
  end(): Expression {
    return this.#make(null);
  }
  #make(otherwise: BranchValue | null): Expression {
    const all = this.#branches.map(({ value }) => value);
    const codec = commonCodec(otherwise === null ? all : [...all, otherwise]);
    const branches = this.#branches.map(({ when, value }) => ({ when, value: value.node }));
    const node: CaseNode = { kind: "case", branches, otherwise: otherwise?.node ?? null, codec };
    return expressionOf(node, codec, "a case");
  }
}

/**
 * Starts a CASE: `when(p.views.gte(1000), "hit").when(p.views.gte(10), "fine").otherwise("quiet")`.
 * Yields `case when "views" >= $1 then $2 when ... else $5 end`.
 */
export function when<const T extends Literal>(condition: WhereClause, then: T | Expr<T>): Case<T> {
  return new CaseBuilder([]).when(condition, then) as never;
}
