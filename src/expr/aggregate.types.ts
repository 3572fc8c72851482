/** What aggregates can be told. Types only. */
import type { Family } from "../codec/codec.ts";
import type { Expr, LateExpr, Ordering, WhereClause } from "./expr.types.ts";
import type { Windowed } from "./functions/window.ts";

/** An aggregate is an expression over a group, and by `over` one over a window. */
export type Statistic<T, F extends Family> = LateExpr<F, T> &
  Windowed<T, F> & {
    /** Looks only at rows that meet the condition: FILTER, or CASE where there is none. Several calls are joined by AND. */
    filter(condition: WhereClause): Statistic<T, F>;
  };
export type Aggregate<T, F extends Family> = LateExpr<F, T> &
  Windowed<T, F> & {
    /** Looks only at rows that meet the condition: FILTER, or CASE where there is none. Several calls are joined by AND. */
    filter(condition: WhereClause): Aggregate<T, F>;
    /** Equal values count once. @throws UsageError for `count()` of rows, and when `over` follows */
    distinct(): Aggregate<T, F>;
  };
/** One item of an order inside an aggregate. */
export type ListOrder = Ordering | Expr<any> | readonly (Ordering | Expr<any>)[];
/** Values put together to one; E is what it is as an expression. */
export type ListAggregate<T, E> = E & {
  filter(condition: WhereClause): ListAggregate<T, E>;
  /** Equal values once. With an order it must be that of the value itself. */
  distinct(): ListAggregate<T, E>;
  /** How the values follow one another; without it that is the database's choice. */
  orderBy(order: ListOrder): ListAggregate<T, E>;
  /** Over a window: PostgreSQL and SQLite only, without distinct and order. */
  over: Windowed<T, Family>["over"];
};
