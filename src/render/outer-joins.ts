/** What servers get wrong inside of outer joins, and how it is kept from them. Layer 3. */
import type { ExprNode } from "../ast/expr.ts";
import type { JoinNode, QueryNode } from "../ast/select.ts";
import { childrenOf, columnsOf } from "../ast/shape.ts";
import type { Traits } from "./traits.ts";

/** True where the source at this position of FROM has no row for some rows of the others. */
function mayLack(joins: readonly JoinNode[], position: number): boolean {
  const own = joins[position - 1]?.kind;
  return own === "left" || own === "full" || joins.slice(position).some(({ kind }) => kind === "right" || kind === "full");
}

/** True for the condition of a join that has rows without a match. */
export function isOuter(joins: readonly JoinNode[], position: number): boolean {
  return joins[position - 1]?.kind !== "inner" || mayLack(joins, position);
}

const decided: ReadonlySet<ExprNode["kind"]> = new Set(["isNull", "constant", "exists", "scalar"]);
/** What a server knows without a row: no column is in it, or what it tests of one may be decided by the column's definition. */
export function mayBeConstant(node: ExprNode): boolean {
  const among = (each: ExprNode): boolean => decided.has(each.kind) || childrenOf(each).some(among);
  return columnsOf(node).length === 0 || among(node);
}
const falling: ReadonlySet<ExprNode["kind"]> = new Set([...decided, "case", "logic", "raw"]);
/** What may be something else than NULL where its columns are NULL. */
function mayBeDefault(node: ExprNode): boolean {
  const falls = (each: ExprNode): boolean =>
    falling.has(each.kind) || (each.kind === "call" && each.name === "coalesce") || childrenOf(each).some(falls);
  return columnsOf(node).length === 0 || falls(node);
}

/**
 * The query with a limit that keeps a server from making one query of it and the one around, where that would take its
 * constants for those of every row: MySQL 9.7 answers `select c.v from p left join (select round(3.2) as v from o) as c on
 * p.id is null where c.v > 0` with a row for each of `p`.
 */
export function withOuterConstants(query: QueryNode, traits: Traits): QueryNode {
  if (traits.outlives === "nothing" || query.kind !== "select" || query.limit !== null || query.offset !== null) return query;
  const outlives = traits.outlives === "constants" ? mayBeConstant : mayBeDefault;
  return query.columns.some(({ node }) => outlives(node)) ? { ...query, limit: Number.MAX_SAFE_INTEGER } : query;
}

/** Where in the outer joins the writer is. */
export class OuterJoins {
  readonly #traits: () => Traits;
  /** Of the source that is written, or one around it, there may be no row. */
  #lacks = false;
  /** Subqueries here would become a part of the outer join. */
  #joins = false;
  /** The subquery that is written must not. */
  #test = false;
  constructor(traits: () => Traits) {
    this.#traits = traits;
  }

  #during(lacks: boolean, joins: boolean, test: boolean, write: () => void): void {
    const before = [this.#lacks, this.#joins, this.#test] as const;
    [this.#lacks, this.#joins, this.#test] = [lacks, joins, test];
    write();
    [this.#lacks, this.#joins, this.#test] = before;
  }

  source(joins: readonly JoinNode[], position: number, write: () => void): void {
    this.#during(this.#lacks || mayLack(joins, position), false, false, write);
  }

  /** The condition of a join; those of the paths have none. */
  on(joins: readonly JoinNode[], position: number, write: () => void): void {
    this.#during(this.#lacks, isOuter(joins, position), false, write);
  }

  /** The rows of a query in FROM; a lateral one reads what the join around it joins. */
  derived(query: QueryNode, lateral: boolean, write: (rows: QueryNode) => void): void {
    const rows = this.#lacks ? withOuterConstants(query, this.#traits()) : query;
    this.#during(this.#lacks, lateral && this.#lacks, false, () => write(rows));
  }

  subquery(isTest: boolean, write: () => void): void {
    this.#during(false, false, this.#joins && isTest, write);
  }

  get select(): string {
    return this.#test ? `select ${this.#traits().keepsTest}` : "select ";
  }
}
