/** Queries that start from, or are built on, the rows of other queries. Layer 6. */
import type { Subquery } from "../expr/expr.types.ts";
import { ModelQuery } from "./query-set.ts";
import { type CteOptions, cteRows, queryOf, type RecursiveOptions, recursiveRows } from "./rowset.ts";
import type { QuerySet, Rowset, Selected } from "./types/query.types.ts";

/**
 * A query with a name, to be joined or selected from; written once in front of the statement that uses it:
 * `with "rich" ("author_id", "views") as (select ...) select ...`.
 * @throws UsageError for whole rows among the selected values
 * @example
 * const rich = cte("rich", Post.where((p) => p.views.gte(1000)).select((p) => ({ authorId: p.authorId })));
 * await Author.all().join(rich, (a, r) => r.authorId.eq(a.id));
 */
export function cte<R>(name: string, query: Subquery<unknown, R>, o?: CteOptions): Rowset<R> {
  return cteRows(name, query, o) as never;
}

/**
 * A query that reads its own rows: the seed's first, then what the step makes of the rows found last, until it finds none.
 * The step selects the same names as the seed. Against cycles: `{ distinct: true }` drops rows that were found before.
 * MySQL and MariaDB stop after 1,000 rounds (`cte_max_recursion_depth`, `max_recursive_iterations`), MariaDB silently.
 * @example
 * const thread = recursiveCte(
 *   "thread",
 *   Comment.where({ parentId: null }).select((c) => ({ id: c.id, text: c.text })),
 *   (self) => Comment.all().join(self, (c, up) => c.parentId.eq(up.id)).select((c) => ({ id: c.id, text: c.text })),
 * );
 * await from(thread);
 */
export function recursiveCte<Row, R>(
  name: string,
  seed: Subquery<Row, R>,
  step: (self: Rowset<R>) => Subquery<NoInfer<Row>>,
  o?: RecursiveOptions,
): Rowset<R> {
  return recursiveRows(name, seed, step, o) as never;
}

/** A query of the rows of another one: plain objects, or whatever `select()` picks. */
export function from<R>(rows: Rowset<R>): QuerySet<[Rowset<R>], Selected<R>, R> {
  return new ModelQuery(queryOf(rows)) as never;
}
