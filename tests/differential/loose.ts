/** The public builder without its types: a description is checked by what the database answers. */
import * as kaka from "kakaorm";

export type Method =
  | "eq"
  | "ne"
  | "gt"
  | "gte"
  | "lt"
  | "lte"
  | "in"
  | "notIn"
  | "between"
  | "isNull"
  | "isNotNull"
  | "asc"
  | "desc"
  | "and"
  | "or"
  | "not"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "like"
  | "ilike"
  | "contains"
  | "startsWith"
  | "endsWith"
  | "part"
  | "plus"
  | "minus"
  | "since"
  | "path"
  | "asText"
  | "asNumber"
  | "asBoolean"
  | "has"
  | "length"
  | "over"
  | "distinct"
  | "filter"
  | "some"
  | "none"
  | "every"
  | "count"
  | "sum"
  | "max";
export type Expression = Readonly<Record<Method, (...given: unknown[]) => Expression>>;
/** What a lambda sees of a source. */
export type Scope = Readonly<Record<string, Expression>>;

type QueryMethod =
  | "where"
  | "join"
  | "leftJoin"
  | "rightJoin"
  | "fullJoin"
  | "crossJoin"
  | "groupBy"
  | "having"
  | "orderBy"
  | "limit"
  | "offset"
  | "distinct"
  | "select"
  | "as"
  | "union"
  | "unionAll"
  | "intersect"
  | "except"
  | "using"
  | "allRows";
export type LooseQuery = Readonly<Record<QueryMethod, (...given: unknown[]) => LooseQuery>> & {
  execute(): Promise<Record<string, unknown>[]>;
  aggregate(pick: unknown): Promise<Record<string, unknown>>;
  update(values: unknown): Promise<number>;
  delete(): Promise<number>;
  toSQL(): { sql: string; params: unknown[] };
};

type FunctionName =
  | "abs"
  | "avg"
  | "cast"
  | "ceil"
  | "coalesce"
  | "concat"
  | "count"
  | "exists"
  | "floor"
  | "greatest"
  | "least"
  | "length"
  | "lower"
  | "max"
  | "min"
  | "mod"
  | "nullif"
  | "power"
  | "replace"
  | "round"
  | "scalar"
  | "substr"
  | "sum"
  | "trim"
  | "tuple"
  | "upper"
  | "value"
  | "when"
  | "anyOf"
  | "allOf"
  | "rows"
  | "range"
  | "groups"
  | "rowNumber"
  | "rank"
  | "denseRank"
  | "percentRank"
  | "cumeDist"
  | "ntile"
  | "lag"
  | "lead"
  | "firstValue"
  | "lastValue"
  | "nthValue";
export const fn = kaka as unknown as Readonly<Record<FunctionName, (...given: unknown[]) => Expression>>;
export const rowsets = kaka as unknown as {
  cte(name: string, query: LooseQuery): LooseQuery;
  from(rows: LooseQuery): LooseQuery;
};
/** The branches of CASE are a chain of their own. */
export function caseOf(condition: Expression, then: unknown, otherwise: unknown): Expression {
  return (kaka.when as unknown as (c: Expression, v: unknown) => { otherwise(v: unknown): Expression })(condition, then).otherwise(
    otherwise,
  );
}
