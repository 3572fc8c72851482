/** Queries inside of others, and WITH: those that are written once and read by name. Layer 3. */
import type { ColumnRef, ExprNode } from "../ast/expr.ts";
import type { CteNode, QueryNode, SelectNode, SourceNode } from "../ast/select.ts";
import { aggregates, childrenOf } from "../ast/shape.ts";
import { UsageError } from "../errors.ts";
import { ExprRenderer, type SubqueryPlace } from "./expr-renderer.ts";
import { columnName } from "./naming.ts";
import { OuterJoins, withOuterConstants } from "./outer-joins.ts";
import { wrappedIn } from "./set-operations.ts";

/** What the columns of a query are called: `c0 c1 ...`, these names, or whatever they are called anyway. */
export type Names = "numbered" | readonly ColumnRef[] | null;

/** What matters of a query: not its order and, where it is asked for rows, not what these hold. */
function asked(query: SelectNode, as: "exists" | "list" | "quantified"): SelectNode {
  const { columns, groupBy, having, orderBy, limit, offset } = query;
  if (as !== "exists") return orderBy.length > 0 && limit === null && offset === null ? { ...query, orderBy: [] } : query;
  // A set operation needs no select around it.
  if (wrappedIn(query) !== null) return query;
  const rows = groupBy.length === 0 && having.length === 0 && columns.every(({ node }) => !aggregates(node) && !isWritten(node));
  if (!rows || (query.distinct && offset !== null)) return orderBy.length > 0 ? { ...query, orderBy: [] } : query;
  return columns.length > 0 || orderBy.length > 0 ? { ...query, columns: [], orderBy: [], distinct: false } : query;
}
function isWritten(node: ExprNode): boolean {
  return node.kind === "raw" || childrenOf(node).some(isWritten);
}

export abstract class WithRenderer extends ExprRenderer {
  /** Queries that are read by name, those first that others lean on. */
  readonly #ctes = new Map<CteNode, boolean>();
  readonly #ordered: CteNode[] = [];
  readonly #tables = new Set<string>();
  /** Where a WITH is still to be written: before the next select that is not inside another one. */
  #pending = false;

  override renew(): void {
    super.renew();
    this.#ctes.clear();
    this.#ordered.length = 0;
    this.#tables.clear();
    this.#pending = false;
  }

  abstract query(node: QueryNode, names: Names): void;

  protected readonly outerJoins = new OuterJoins(() => this.traits);

  protected override subquery(query: SelectNode, as: SubqueryPlace): void {
    this.outerJoins.subquery(as !== "scalar", () => this.subqueryText(as === "scalar" ? query : asked(query, as), as));
  }
  protected subqueryText(query: SelectNode, as: SubqueryPlace): void {
    const counted = as === "exists" && query.distinct && query.offset !== null && !this.traits.distinctExists;
    this.write(counted ? "(select 1 from (" : "(");
    if (counted) this.walled(() => this.select(query, "numbered"));
    else this.select(query, null);
    this.write(counted ? `) as ${this.quote("made")})` : ")");
  }

  /** Writes a query in FROM. */
  protected abstract walled(write: () => void): void;

  /**
   * Writes a statement with the queries it reads by name in front. What those are is known once it was written: a
   * statement that has any is written a second time.
   */
  protected withCtes(place: "before" | "in selects", write: () => void): void {
    const start = this.sink.mark();
    write();
    if (this.#ordered.length === 0) return;
    for (const cte of this.#ordered) {
      if (this.#tables.has(cte.name) || this.#ordered.some((other) => other !== cte && other.name === cte.name)) {
        throw new UsageError(`the query named ${JSON.stringify(cte.name)} shares its name with another one or a table of this statement`, {
          hint: "give the cte another name",
        });
      }
    }
    this.sink.rewind(start);
    if (place === "before") this.#with();
    else this.#pending = true;
    write();
  }

  #with(): void {
    this.write(this.#ordered.some((cte) => cte.recursive) ? "with recursive " : "with ");
    this.#ordered.forEach((cte, i) => {
      const hint =
        cte.materialized === null || !this.traits.materializedHints ? "" : cte.materialized ? "materialized " : "not materialized ";
      this.write(`${i > 0 ? ", " : ""}${this.quote(cte.name)} (${this.#columnList(cte.columns)}) as ${hint}(`);
      // It may be read from an outer join somewhere.
      this.apart(() => this.query(withOuterConstants(cte.query, this.traits), null));
      this.write(")");
    });
    this.write(" ");
  }

  /** Remembers a query that is read by name, after those that it reads itself. */
  protected meet(cte: CteNode): void {
    if (this.#ctes.has(cte)) return;
    this.#ctes.set(cte, true);
    this.apart(() => this.query(cte.query, null));
    this.#ordered.push(cte);
  }

  /** In no query's sight. */
  protected apart(write: () => void): void {
    const { frame } = this;
    this.frame = null;
    write();
    this.frame = frame;
  }

  #columnList(columns: readonly ColumnRef[]): string {
    return columns.map((column) => this.quote(columnName(column, this.naming))).join(", ");
  }

  protected override tableReference(source: SourceNode & { kind: "table" }): string {
    this.#tables.add(source.table.name);
    return this.tableName(source.table);
  }

  /** A select: the first one that is not inside another has the WITH, where a statement cannot. */
  protected underWith(write: () => void): void {
    if (!this.#pending) return write();
    this.#pending = false;
    this.#with();
    write();
    this.#pending = true;
  }
}
