/** The model and the shape of the cases of wrong use. */
import {
  bigint,
  bool,
  bytes,
  date,
  datetime,
  decimal,
  type Engine,
  float,
  int,
  json,
  Model,
  oneOf,
  smallint,
  str,
  time,
  uuid,
} from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

export class Bad extends Model("b_bad", {
  id: int().primaryKey(),
  name: str({ length: 60 }).unique(),
  views: int()
    .default(0)
    .check((views) => views.gte(0)),
  small: smallint().nullable(),
  big: bigint().nullable(),
  real: float().nullable(),
  price: decimal({ precision: 8, scale: 2 }).nullable(),
  flag: bool().nullable(),
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
  token: uuid().nullable(),
  word: oneOf("low", "high").nullable(),
  doc: json<unknown>().nullable(),
  blob: bytes().nullable(),
  role: str().default("none").serverOnly(),
}) {}

/** Stands in for a value that must not be printed anywhere. */
export const secret = "hunter2-never-print-me";

export interface BadKit {
  readonly t: TargetContext;
  readonly engine: Engine;
  /** The calls are wrong on purpose, which the types would say before the test could. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly model: any;
}

export interface BadCase {
  readonly name: string;
  readonly run: (kit: BadKit) => unknown;
  readonly error: abstract new (...args: never[]) => Error;
  readonly message: RegExp;
  /** Statements that reach the database; none unless said. */
  readonly sent?: number;
}

/** A row of a table of cases. */
export function bad(name: string, run: BadCase["run"], error: BadCase["error"], message: RegExp, sent = 0): BadCase {
  return { name, run, error, message, sent };
}
