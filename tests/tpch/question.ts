/** One of the 22 questions: the query that asks it, and what its rows are made of. */
import type { Engine } from "kakaorm";
import type { Kinds } from "./compare.ts";

/** A query of the builder, as far as the comparison needs to know it. */
export interface AnyQuery {
  using(engine: Engine): PromiseLike<readonly object[]>;
  limit(n: number): unknown;
}

export interface Question {
  readonly title: string;
  readonly query: AnyQuery;
  readonly columns: Kinds;
}
