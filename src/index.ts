/** The public surface of kakaorm. */

// Values
export { JsonNull } from "./codec/json.ts";
// Connecting
export { connect } from "./engine/connect.ts";
export type { Engine } from "./engine/engine.ts";
export type { EngineEvents } from "./engine/events.ts";
export type { ConnectOptions } from "./engine/options.ts";
export { defaultEngine, engineByName } from "./engine/registry.ts";
export type { TransactionHandle } from "./engine/session.ts";
export type { TransactionOptions } from "./engine/transaction.ts";
// Errors
export {
  CheckViolation,
  CommitOutcomeUnknown,
  ConnectionError,
  ConnectionLost,
  ConstraintError,
  DeadlockError,
  ForeignKeyViolation,
  KakaError,
  LockTimeout,
  MultipleResultsError,
  NotFoundError,
  NotLoadedError,
  NotNullViolation,
  PoolTimeout,
  QueryError,
  RetryableError,
  SerializationFailure,
  StaleObjectError,
  TimeoutError,
  TransactionLost,
  TransactionRolledBack,
  UniqueViolation,
  UnsupportedError,
  UsageError,
  ValidationError,
  ValueError,
} from "./errors.ts";
export { type Case, when } from "./expr/case.ts";
export type { Expr, JsonExpr, NumberExpr, OrderedExpr, Ordering, TemporalExpr, TextExpr, WhereClause } from "./expr/expr.types.ts";
// Expressions
export { avg, count, max, min, sum } from "./expr/functions/aggregate.ts";
export {
  abs,
  ceil,
  coalesce,
  concat,
  floor,
  greatest,
  least,
  length,
  lower,
  mod,
  now,
  nullif,
  power,
  replace,
  round,
  substr,
  trim,
  upper,
} from "./expr/functions/scalar.ts";
export { exists } from "./expr/functions/subquery.ts";
export {
  cumeDist,
  denseRank,
  type Frame,
  firstValue,
  groups,
  lag,
  lastValue,
  lead,
  nthValue,
  ntile,
  percentRank,
  range,
  rank,
  rowNumber,
  rows,
  type Window,
  type Windowed,
} from "./expr/functions/window.ts";
export { sql } from "./expr/sql-tag.ts";
export {
  array,
  bigint,
  bool,
  bytes,
  custom,
  date,
  datetime,
  decimal,
  float,
  foreignKey,
  int,
  json,
  oneOf,
  smallint,
  str,
  text,
  time,
  uuid,
} from "./model/columns.ts";
// Models and columns
export { Model } from "./model/model.ts";
export type {
  AnyModel,
  Instance,
  Many,
  ManyToMany,
  ModelClass,
  ModelOptions,
  One,
  Page,
  PrimaryKeyOf,
  QuerySet,
  Scope,
} from "./model/types/model.types.ts";
export type {
  Column,
  ColumnSpec,
  Columns,
  InsertOf,
  OnDelete,
  RowOf,
  TimestampSpec,
  UpdateOf,
  Validator,
} from "./model/types/spec.types.ts";
