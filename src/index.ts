/** The public surface of kakaorm. */

// Values
export { JsonNull } from "./codec/json.ts";
export type { PlanNode } from "./dialects/plan.ts";
// Connecting
export { connect } from "./engine/connect.ts";
export type { Engine } from "./engine/engine.ts";
export type { EngineEvents } from "./engine/events.ts";
export type { ConnectOptions } from "./engine/options.ts";
export { defaultEngine, engineByName } from "./engine/registry.ts";
export type { AnyRow, TransactionHandle } from "./engine/session.ts";
export type { RowOperation, SignalName, Subscription } from "./engine/signals.ts";
export type { TransactionOptions } from "./engine/transaction.ts";
// Errors
export {
  CheckViolation,
  CommitOutcomeUnknown,
  ConnectionError,
  ConnectionLost,
  ConstraintError,
  DeadlockError,
  type FieldErrors,
  ForeignKeyViolation,
  HookAborted,
  InputError,
  KakaError,
  LockTimeout,
  MigrationError,
  MultipleResultsError,
  NotFoundError,
  NotLoadedError,
  NotNullViolation,
  PoolTimeout,
  ProtectedError,
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
  type ValidationDetail,
  ValidationError,
  ValueError,
} from "./errors.ts";
export type { Aggregate, ListAggregate, Statistic } from "./expr/aggregate.types.ts";
export { type Case, when } from "./expr/case.ts";
export type { Expr, JsonExpr, NumberExpr, OrderedExpr, Ordering, TemporalExpr, TextExpr, WhereClause } from "./expr/expr.types.ts";
// Expressions
export { avg, count, max, min, stddev, stddevPop, sum, variance, variancePop } from "./expr/functions/aggregate.ts";
export { grouping } from "./expr/functions/grouping.ts";
export { jsonAgg, stringAgg } from "./expr/functions/list-aggregate.ts";
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
export { allOf, anyOf, exists, scalar } from "./expr/functions/subquery.ts";
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
export { type Tuple, tuple } from "./expr/tuple.ts";
export { cast, value } from "./model/cast.ts";
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
  version,
} from "./model/columns.ts";
// Models and columns
export { ArchiveModel, Model, SoftDeleteModel, VersionedModel } from "./model/factory.ts";
// Rows of queries
export { cte, from, recursiveCte } from "./model/from.ts";
export { type Prepared, prepare } from "./model/prepared.ts";
export { on } from "./model/signals.ts";
export { shapeOf } from "./model/standard-shape.ts";
export type { Deletable, FactoryOptions, ModelClass, ModelFactory } from "./model/types/factory.types.ts";
export type { HookContext } from "./model/types/hooks.types.ts";
export type { AnyModel, DictOptions, HooksOption, Instance, JsonOf, ModelOptions, PrimaryKeyOf } from "./model/types/model.types.ts";
export type {
  Cursor,
  ExplainedQuery,
  KeysetPage,
  LockOptions,
  OrderInput,
  Page,
  QuerySet,
  Rowset,
  Scope,
} from "./model/types/query.types.ts";
export type { Many, ManyToMany, One } from "./model/types/relation.types.ts";
export type { InsertInput, Issue, JsonRowOf, Shape, ShapeOptions, UpdateInput } from "./model/types/shape.types.ts";
export type {
  Column,
  ColumnSpec,
  Columns,
  InsertOf,
  OnDelete,
  OrderedSpec,
  RowOf,
  TextSpec,
  TimestampSpec,
  UpdateOf,
  Validator,
} from "./model/types/spec.types.ts";
// Rules of values
export { type Locale, SUPPORTED_LOCALES, translateDetail } from "./validate/messages.ts";
