/** Statements as text: frames, aliases, clauses. Layer 3: knows nodes and traits, no dialect by name. */
import type { ConflictNode, DeleteNode, InsertNode, UpdateNode } from "../ast/dml.ts";
import type { ColumnRef, ExprNode, OrderNode, RawNode } from "../ast/expr.ts";
import {
  type Clause,
  type JoinKind,
  type JoinNode,
  type SelectNode,
  type SourceNode,
  type WrappedSelectNode,
  wrappedTable,
} from "../ast/select.ts";
import { sameExpression } from "../ast/shape.ts";
import { safeIntCodec } from "../codec/number.ts";
import { UnsupportedError } from "../errors.ts";
import type { CompiledStatement, Operation } from "./compiled.ts";
import { ExprRenderer } from "./expr-renderer.ts";
import type { Frame } from "./frame.ts";
import { columnName } from "./naming.ts";

const joinWords: Readonly<Record<JoinKind, string>> = {
  inner: " join ",
  left: " left join ",
  right: " right join ",
  full: " full join ",
  cross: " cross join ",
};

export type StatementNode = SelectNode | WrappedSelectNode | InsertNode | UpdateNode | DeleteNode | RawNode;

export abstract class Renderer extends ExprRenderer {
  /** The outermost select list is read by the client, not by a query around it. */
  #readable = false;

  /** The whole statement; the renderer is used once. */
  statement(node: StatementNode): CompiledStatement {
    switch (node.kind) {
      case "select":
        this.#readable = true;
        this.select(node, this.traits.rowAliases);
        return this.#compiled("select", true, node.lock !== null);
      case "wrapped":
        this.#wrapped(node);
        return this.#compiled("select", true, false);
      case "insert":
        this.#insert(node);
        return this.#compiled("insert", node.returning.length > 0, true);
      case "update":
        this.#update(node);
        return this.#compiled("update", false, true);
      case "delete":
        this.#delete(node);
        return this.#compiled("delete", false, true);
      case "raw":
        this.raw(node);
        return this.#compiled("raw", true, true);
      default:
        return node satisfies never;
    }
  }

  #compiled(operation: Operation, rows: boolean, writes: boolean): CompiledStatement {
    return { sql: this.sink.text, params: this.sink.params, operation, rows, writes };
  }

  /** `aliased`: the columns are named `c0 c1 ...`, for clients that read by name and for queries around this one. */
  select(node: SelectNode, aliased: boolean): void {
    this.#framed([node.source, ...node.joins.map((join) => join.source)], () => {
      this.write(node.distinct ? "select distinct " : "select ");
      if (node.columns.length === 0) this.write("1");
      const outermost = this.#readable && this.frame?.parent === null;
      this.#columns(node.columns, outermost, aliased);
      this.#from(node.joins);
      this.#where(node.where);
      this.#grouping(node);
      if (node.orderBy.length > 0) {
        this.write(" order by ");
        this.#orderTerms(node.orderBy);
      }
      this.#limit(node.limit, node.offset);
      if (node.lock !== null && this.traits.rowLocks === "clause") this.write(" for update");
    });
  }

  #columns(columns: readonly Clause[], outermost: boolean, aliased: boolean): void {
    const frame = this.frame as Frame;
    const before = frame.tokens;
    for (let i = 0; i < columns.length; i++) {
      const { tokens, node } = columns[i] as Clause;
      if (i > 0) this.write(", ");
      frame.tokens = tokens;
      if (outermost) this.selected(node);
      else this.expr(node);
      if (aliased) this.write(` as c${i}`);
    }
    frame.tokens = before;
  }

  /** An item of the outermost select list: the place to ask for a form that the client reads exactly. */
  protected selected(item: ExprNode): void {
    this.expr(item);
  }

  #orderTerms(terms: readonly Clause<OrderNode>[]): void {
    terms.forEach((term, i) => {
      if (i > 0) this.write(", ");
      this.#clause(term, (order) => this.order(order));
    });
  }

  #limit(limit: number | null, offset: number | null): void {
    if (limit !== null) {
      this.write(" limit ");
      this.limitValue(limit);
    } else if (offset !== null && this.traits.limitForOffset !== null) this.write(` limit ${this.traits.limitForOffset}`);
    if (offset !== null) {
      this.write(" offset ");
      this.value(offset, safeIntCodec);
    }
  }

  protected limitValue(limit: number): void {
    this.value(limit, safeIntCodec);
  }

  #wrapped(node: WrappedSelectNode): void {
    this.write("select ");
    this.#framed([{ kind: "table", table: wrappedTable }], () => {
      node.columns.forEach((item, i) => {
        if (i > 0) this.write(", ");
        this.selected(item);
        if (this.traits.rowAliases) this.write(` as c${i}`);
      });
    });
    this.write(" from (");
    this.select(node.query, true);
    this.write(`) as ${this.quote(wrappedTable.name)}`);
  }

  #insert(node: InsertNode): void {
    this.write(`insert into ${this.tableName(node.table)}`);
    if (node.columns.length === 0) {
      if (node.rows.length > 1)
        throw new UnsupportedError(`${this.traits.label} cannot insert several rows without any column in one statement`);
      this.write(` ${this.traits.emptyInsert}`);
    } else {
      this.write(` (${node.columns.map(({ column }) => this.quote(columnName(column, this.naming))).join(", ")}) values `);
      this.#rows(node);
    }
    if (node.conflict !== undefined) this.#conflict(node.conflict);
    if (node.returning.length > 0) {
      if (!this.traits.insertReturning) throw new UnsupportedError(`${this.traits.label} has no INSERT ... RETURNING`);
      this.write(" returning ");
      this.#framed([{ kind: "table", table: node.table }], () => {
        node.returning.forEach(({ column, codec }, i) => {
          if (i > 0) this.write(", ");
          this.selected({ kind: "column", token: { kind: "table", table: node.table }, column, codec });
          if (this.traits.rowAliases) this.write(` as c${i}`);
        });
      });
    }
  }

  // Up to all parameters that a statement can have: encoders are looked up once, not once per value.
  #rows({ columns, rows }: InsertNode): void {
    const encoders = columns.map(({ codec }) => this.wire(codec).encode as ((value: unknown) => unknown) | null);
    for (let r = 0; r < rows.length; r++) {
      const row = rows[r] as readonly unknown[];
      this.write(r === 0 ? "(" : ", (");
      for (let c = 0; c < encoders.length; c++) {
        const value = row[c];
        const encode = encoders[c] ?? null;
        if (c > 0) this.write(", ");
        this.sink.param(value === null || encode === null ? value : encode(value));
      }
      this.write(")");
    }
  }

  #conflict({ columns, update }: ConflictNode): void {
    const names = (list: readonly ColumnRef[]): string[] => list.map((column) => this.quote(columnName(column, this.naming)));
    if (this.traits.conflict === "on conflict") {
      this.write(` on conflict (${names(columns).join(", ")}) do `);
      if (update.length === 0) return this.write("nothing");
      return this.write(
        `update set ${names(update)
          .map((name) => `${name} = excluded.${name}`)
          .join(", ")}`,
      );
    }
    // Any unique key counts here. Setting a key column to itself is the way to say "nothing".
    const kept = names(columns.slice(0, 1)).map((name) => `${name} = ${name}`);
    const set = names(update).map((name) => `${name} = values(${name})`);
    this.write(` on duplicate key update ${(set.length > 0 ? set : kept).join(", ")}`);
  }

  #update(node: UpdateNode): void {
    this.write(`update ${this.tableName(node.table)}`);
    this.#framed([{ kind: "table", table: node.table }], () => {
      this.write(" set ");
      this.#clause(node.set, (assignments) => {
        assignments.forEach(({ column, value, codec }, i) => {
          this.write(`${i > 0 ? ", " : ""}${this.quote(columnName(column, this.naming))} = `);
          if (value.kind === "value") this.value(value.value, codec);
          else this.assigned(value, codec);
        });
      });
      this.#where(node.where);
    });
  }

  /** The computed value of a SET; `codec` is its column's. */
  protected assigned(value: ExprNode, _codec: UpdateNode["set"]["node"][number]["codec"]): void {
    this.expr(value);
  }

  #delete(node: DeleteNode): void {
    this.write(`delete from ${this.tableName(node.table)}`);
    this.#framed([{ kind: "table", table: node.table }], () => this.#where(node.where));
  }

  /** By its number where the same is selected: written out again, its parameters would make it another expression. */
  #selectedOr(clause: Clause, columns: readonly Clause[], write: (item: ExprNode) => void): void {
    const at = clause.node.kind === "column" ? -1 : columns.findIndex((column) => sameExpression(column, clause));
    if (at === -1) this.#clause(clause, write);
    else this.write(String(at + 1));
  }

  #grouping(node: SelectNode): void {
    node.groupBy.forEach((key, i) => {
      this.write(i === 0 ? " group by " : ", ");
      this.#selectedOr(key, node.columns, (item) => this.expr(item));
    });
    node.having.forEach((clause, i) => {
      this.write(i === 0 ? " having " : " and ");
      this.#clause(clause, (condition) => this.expr(condition, node.having.length > 1 ? 2 : 0));
    });
  }

  #from(joins: readonly JoinNode[]): void {
    const { sources } = this.frame as Frame;
    sources.forEach(({ source, alias }, i) => {
      const join = joins[i - 1];
      if (join?.kind === "full" && !this.traits.fullJoin) {
        throw new UnsupportedError(`${this.traits.label} has no FULL JOIN (trait fullJoin)`, {
          hint: "take a left join, and the other side's rows without a match with exists() in a second query",
        });
      }
      this.write(i === 0 ? " from " : join === undefined ? ", " : joinWords[join.kind]);
      this.write(this.tableName(source.table));
      if (alias !== source.table.name) this.write(` as ${this.quote(alias)}`);
      if (join?.on) {
        this.write(" on ");
        this.#clause(join.on, (condition) => this.expr(condition));
      }
    });
  }

  #where(clauses: readonly Clause[]): void {
    clauses.forEach((clause, i) => {
      this.write(i === 0 ? " where " : " and ");
      this.#clause(clause, (condition) => this.expr(condition, clauses.length > 1 ? 2 : 0));
    });
  }

  #clause<N>(clause: Clause<N>, write: (node: N) => void): void {
    const frame = this.frame as Frame;
    const before = frame.tokens;
    frame.tokens = clause.tokens;
    write(clause.node);
    frame.tokens = before;
  }

  /** Opens a FROM inside the current one: gives each source an alias that no enclosing source has. */
  #framed(sources: readonly SourceNode[], write: () => void): void {
    const parent = this.frame;
    const taken = new Set<string>();
    for (let frame = parent; frame !== null; frame = frame.parent) for (const { alias } of frame.sources) taken.add(alias);
    const named = sources.map((source) => {
      let alias = source.table.name;
      for (let n = 2; taken.has(alias); n++) alias = `${source.table.name}_${n}`;
      taken.add(alias);
      return { source, alias };
    });
    this.frame = { sources: named, qualify: parent !== null || sources.length > 1, parent, tokens: [] };
    write();
    this.frame = parent;
  }
}
