/** CASE: the value of the first condition that holds. Layer 2. */
import type { CaseNode, ExprNode } from "../ast/expr.ts";
import type { Codec, Family } from "../codec/codec.ts";
import { canonicalDecimal, commonDecimal, decimalCodec, decimalOf, floatCodec, intCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { datetimeCodec } from "../codec/temporal.ts";
import { boolCodec, textCodec } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import type { Expr, ExprFor, ExprOf, FamilyOf, NumberOf, WhereClause } from "./expr.types.ts";
import { Condition, Expression } from "./expression.ts";
import { expressionOf } from "./expression-of.ts";

type Literal = string | number | bigint | boolean | Date | null;

/** An expression whose family nobody knows, such as a fragment of SQL, counts as what its values are in JavaScript. */
type Known<T, F extends Family> = Family extends F ? FamilyOf<T> : F;
/** The family of two branches: texts of a set are texts, numbers the wider kind. */
type Merged<F extends Family, G extends Family> = [F] extends [never]
  ? G
  : [G] extends [F]
    ? F
    : "text" extends F | G
      ? "text"
      : "float" extends F | G
        ? "float"
        : "decimal" extends F | G
          ? "decimal"
          : "bigint" extends F | G
            ? "bigint"
            : G;
type NumberFamily = "int" | "bigint" | "float" | "decimal";
/** The values of branches that are numbers are those of the widest kind. */
type ValueIn<F extends Family, T> = [F] extends [NumberFamily] ? NumberOf<F> | Extract<T, null> : T;
/** T the values of expressions, F their family, L the literals. */
type Result<T, F extends Family, L> = [F] extends [never] ? ExprOf<T | L> : ExprFor<F, ValueIn<F, T | L>>;

export interface Case<T, F extends Family = never, L = never> {
  when<U, G extends Family>(condition: WhereClause, then: Expr<U, G>): Case<T | U, Merged<F, Known<U, G>>, L>;
  when<const U extends Literal>(condition: WhereClause, then: U): Case<T, F, L | U>;
  /** The value where no condition holds; without it (`end()`) that is NULL. */
  otherwise<U, G extends Family>(value: Expr<U, G>): Result<T | U, Merged<F, Known<U, G>>, L>;
  otherwise<const U extends Literal>(value: U): Result<T, F, L | U>;
  end(): Result<T, F, L | null>;
}

interface Branch {
  readonly when: ExprNode;
  /** An expression, or a literal that takes the type of the others. */
  readonly value: unknown;
}

/** A literal's own codec. */
function literalCodec(value: unknown): Codec {
  if (typeof value === "string") return textCodec;
  if (typeof value === "boolean") return boolCodec;
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? intCodec : floatCodec;
  if (value instanceof Date) return datetimeCodec;
  throw new UsageError(`a branch of when() is a text, number, boolean, Date, null or an expression, got ${kindOf(value)}`, {
    hint: "for another constant use value(constant, type)",
  });
}

/** A literal beside expressions of this codec: `0` and `"0.00"` are decimals beside one, and `"2024-01-01"` is a date. */
function literalBeside(value: unknown, codec: Codec): Codec {
  const { family } = codec;
  if (family === "decimal" && (typeof value === "number" || typeof value === "string")) {
    const fraction = canonicalDecimal(decimalText(value), 0)?.fraction ?? 0;
    return fraction > (codec.type.scale ?? 0) ? decimalCodec(1000, fraction) : codec;
  }
  if (family === "bigint" && (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value)))) return codec;
  if (typeof value === "string" && (family === "date" || family === "time" || family === "uuid")) return codec;
  return literalCodec(value);
}

function decimalText(value: string | number): string {
  return typeof value === "number" && Number.isFinite(value) ? decimalOf(value) : String(value);
}

function literalNode(value: unknown, codec: Codec): ExprNode {
  const given =
    codec.family === "decimal" ? decimalText(value as string | number) : codec.family === "bigint" ? BigInt(value as number) : value;
  return { kind: "value", value: codec.accept(given, "a branch of when()"), codec };
}

/** One codec that reads every branch. @throws UsageError for branches of different kinds */
function commonCodec(codecs: readonly Codec[]): Codec {
  const first = codecs[0];
  if (first === undefined) throw new UsageError("every branch of when() is null", { hint: "say its type: value(null, int())" });
  const families = new Set<Family>(codecs.map(({ family }) => family));
  const among = (...all: Family[]): boolean => [...families].every((family) => all.includes(family));
  if (among("text", "enum")) return textCodec;
  if (families.size === 1 && first.family === "decimal") return commonDecimal(codecs);
  if (families.size === 1) return codecs.find(({ type }) => type.word !== "int") ?? first;
  if (among("int", "float")) return floatCodec;
  if (among("int", "bigint")) return codecs.find(({ family }) => family === "bigint") as Codec;
  if (among("int", "bigint", "decimal")) return commonDecimal(codecs);
  throw new UsageError(`the branches of when() are of different kinds: ${[...families].join(", ")}`, { hint: "cast() some of them" });
}

class CaseBuilder {
  readonly #branches: readonly Branch[];
  constructor(branches: readonly Branch[]) {
    this.#branches = branches;
  }
  when(condition: unknown, value: unknown): CaseBuilder {
    if (!(condition instanceof Condition)) throw new UsageError(`when() takes a condition first, got ${kindOf(condition)}`);
    if (value !== null && typeof value !== "bigint" && !Expression.is(value)) literalCodec(value);
    return new CaseBuilder([...this.#branches, { when: condition.node, value }]);
  }
  otherwise(value: unknown): Expression {
    return this.#make([...this.#branches.map((branch) => branch.value), value]);
  }
  end(): Expression {
    return this.#make(this.#branches.map((branch) => branch.value));
  }
  /** One value more than there are branches is what holds otherwise. */
  #make(values: readonly unknown[]): Expression {
    const expressions = values.filter(Expression.is).map(({ codec }) => codec);
    const beside = expressions.length === 0 ? null : commonCodec(expressions);
    const codecs = values.map((value) => {
      if (value === null) return null;
      if (Expression.is(value)) return value.codec;
      return beside === null ? literalCodec(value) : literalBeside(value, beside);
    });
    const codec = commonCodec(codecs.filter((one) => one !== null));
    const nodes = values.map((value, i): ExprNode => {
      if (value === null) return { kind: "null" };
      return Expression.is(value) ? value.node : literalNode(value, codecs[i] as Codec);
    });
    const branches = this.#branches.map(({ when }, i) => ({ when, value: nodes[i] as ExprNode }));
    const node: CaseNode = { kind: "case", branches, otherwise: nodes[branches.length] ?? null, codec };
    return expressionOf(node, codec, "a case");
  }
}

/**
 * Starts a CASE: `when(p.views.gte(1000), "hit").when(p.views.gte(10), "fine").otherwise("quiet")`.
 * Yields `case when "views" >= $1 then $2 when ... else $5 end`. Literals take the type of the expressions beside them.
 */
export function when<T, F extends Family>(condition: WhereClause, then: Expr<T, F>): Case<T, Known<T, F>>;
export function when<const T extends Literal>(condition: WhereClause, then: T): Case<never, never, T>;
export function when(condition: unknown, then: unknown): never {
  return new CaseBuilder([]).when(condition, then) as never;
}
