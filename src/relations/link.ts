/** To-one relations as links that a query's paths go over. Layer 6. */
import type { OrderNode } from "../ast/expr.ts";
import type { OneLink, PathToken } from "../ast/path.ts";
import type { Clause } from "../ast/select.ts";
import type { ColumnMeta } from "../model/meta.ts";
import type { QuerySource } from "../model/source.ts";
import type { RelationDefinition } from "./definition.ts";
import { leadsToOne } from "./unique.ts";

const links = new WeakMap<RelationDefinition, OneLink>();
const relations = new WeakMap<OneLink, RelationDefinition>();

/** The link of a to-one relation, whose getter has this name: the same object each time. */
export function linkOf(relation: RelationDefinition, name: string): OneLink {
  let link = links.get(relation);
  if (link === undefined) {
    const { meta, local, foreign, where } = relation;
    const keys = foreign.map((theirs, i) => ({ own: bare(local[i] as ColumnMeta), theirs: bare(theirs) }));
    link = { name, source: meta.source, keys, where, first: leadsToOne(relation) ? null : firstOf(relation) };
    links.set(relation, link);
    relations.set(link, relation);
  }
  return link;
}

/** The row at the end of a path, which may be missing, as something that rows are read from. */
export function rowBehind({ link }: PathToken): QuerySource {
  const { meta, model } = relations.get(link) as RelationDefinition;
  return { meta, model, node: link.source, outer: true };
}

function bare({ ref, codec }: ColumnMeta): OneLink["keys"][number]["own"] {
  return { column: ref, codec };
}

/** The order by which awaiting the relation on a row takes the first one; by key in the end, so that all columns are of one row. */
function firstOf({ meta, orderBy }: RelationDefinition): readonly Clause<OrderNode>[] {
  const tokens = [meta.token];
  const given = orderBy ?? meta.defaultOrder;
  const missing = meta.primaryKey.filter(({ ref }) => !given.some(({ node: { item } }) => item.kind === "column" && item.column === ref));
  const byKey = missing.map(
    (column): Clause<OrderNode> => ({ tokens, node: { item: meta.node(column, meta.token), direction: "asc", nulls: null } }),
  );
  return [...given, ...byKey];
}
