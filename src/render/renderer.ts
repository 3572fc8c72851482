/** Whole statements as text. Layer 3: knows nodes and traits, no dialect by name. */
import type { ConflictNode, DeleteNode, InsertNode, UpdateNode } from "../ast/dml.ts";
import type { ColumnRef, ExprNode, RawNode } from "../ast/expr.ts";
import type { Clause, SelectNode, SourceNode, TableRef } from "../ast/select.ts";
import type { TypedCodec } from "../ast/type.ts";
import { UnsupportedError } from "../errors.ts";
import { inTurn } from "./assignments.ts";
import type { CompiledStatement, Operation } from "./compiled.ts";
import { incoming } from "./frame.ts";
import { columnName } from "./naming.ts";
import { SelectRenderer } from "./select-renderer.ts";

export type StatementNode = SelectNode | InsertNode | UpdateNode | DeleteNode | RawNode;

const writesWith = { select: false, insert: true, update: true, delete: true } as const;

export abstract class Renderer extends SelectRenderer {
  /** The whole statement; `renew` comes before the next one. */
  statement(node: StatementNode): CompiledStatement {
    if (node.kind === "raw") {
      this.raw(node);
      return this.#compiled("raw", true, true);
    }
    const place = node.kind === "select" || (node.kind !== "insert" && this.traits.withBeforeWrites) ? "before" : "in selects";
    this.withCtes(place, () => this.#write(node));
    const rows = node.kind === "select" || (node.returning?.length ?? 0) > 0;
    return this.#compiled(node.kind, rows, writesWith[node.kind] || (node.kind === "select" && node.lock !== null));
  }

  #write(node: Exclude<StatementNode, RawNode>): void {
    switch (node.kind) {
      case "select":
        return this.outermost(node);
      case "insert":
        return this.#insert(node);
      case "update":
        return this.#update(node);
      case "delete":
        return this.#delete(node);
      default:
        node satisfies never;
    }
  }

  #compiled(operation: Operation, rows: boolean, writes: boolean): CompiledStatement {
    const statement = { sql: this.sink.text, params: this.sink.params, operation, rows, writes };
    if (!this.changes && this.unscoped.size === 0) return statement;
    return {
      ...statement,
      ...(this.changes ? { changes: true } : {}),
      ...(this.unscoped.size > 0 ? { unscoped: [...this.unscoped] } : {}),
    };
  }

  #insert(node: InsertNode): void {
    this.write(`insert into ${this.tableName(node.table)}`);
    if (node.columns.length === 0) {
      if (node.rows.length > 1)
        throw new UnsupportedError(`${this.traits.label} cannot insert several rows without any column in one statement`);
      this.write(` ${this.traits.emptyInsert}`);
    } else {
      this.write(` (${node.columns.map(({ column }) => this.#name(column)).join(", ")}) `);
      if (node.query !== undefined) this.select(node.query, null);
      else this.insertedRows(node);
    }
    if (node.conflict !== undefined) this.#conflict(node.table, node.conflict);
    if (node.returning.length > 0) {
      if (!this.traits.insertReturning) throw new UnsupportedError(`${this.traits.label} has no INSERT ... RETURNING`);
      const token = { kind: "table", table: node.table } as const;
      this.#returning(
        node.table,
        node.returning.map(({ column, codec }) => ({ tokens: [], node: { kind: "column", token, column, codec } })),
      );
    }
  }

  protected insertedRows({ columns, rows }: InsertNode): void {
    this.valueRows(
      columns.map(({ codec }) => codec),
      rows,
    );
  }

  #name(column: ColumnRef): string {
    return this.quote(columnName(column, this.naming));
  }

  #returning(table: TableRef, columns: readonly Clause[]): void {
    this.write(" returning ");
    this.changing([{ kind: "table", table }], () => {
      columns.forEach((column, i) => {
        if (i > 0) this.write(", ");
        this.clause(column, (item) => this.selected(item));
        if (this.traits.rowAliases) this.write(` as c${i}`);
      });
    });
  }

  #conflict(table: TableRef, { columns, among = null, update, counted = null, where }: ConflictNode): void {
    const names = (list: readonly ColumnRef[]): string[] => list.map((column) => this.#name(column));
    if (this.traits.conflict === "on conflict") {
      this.write(` on conflict (${names(columns).join(", ")})`);
      if (among !== null) this.changing([{ kind: "table", table }], () => this.where([among]));
      this.write(" do ");
      if (update.length === 0) return this.write("nothing");
      this.write("update set ");
      const set = names(update).map((name) => `${name} = excluded.${name}`);
      if (counted !== null) set.push(`${this.#name(counted)} = ${this.quote(table.name)}.${this.#name(counted)} + 1`);
      this.write(set.join(", "));
      this.changing([{ kind: "table", table }, incoming], () => this.where(where));
      return;
    }
    // Any unique key counts here. Setting a key column to itself is the way to say "nothing".
    const kept = names(columns.slice(0, 1)).map((name) => `${name} = ${name}`);
    this.write(" on duplicate key update ");
    if (where.length > 0 && update.length > 0)
      return this.changing([{ kind: "table", table }, incoming], () => this.conflictSet(update, counted, where));
    const set = names(update).map((name) => `${name} = values(${name})`);
    if (counted !== null && set.length > 0) set.push(`${this.#name(counted)} = ${this.#name(counted)} + 1`);
    this.write((set.length > 0 ? set : kept).join(", "));
  }

  /** ON DUPLICATE KEY UPDATE with a condition: there is no word for one. */
  protected conflictSet(_update: readonly ColumnRef[], _counted: ColumnRef | null, _where: readonly Clause[]): void {
    throw new UnsupportedError(`${this.traits.label} has no condition for an upsert`);
  }

  #update(node: UpdateNode): void {
    const { from, table, where, unscoped } = node;
    if (unscoped !== undefined) this.unscoped.add(unscoped);
    const sources: SourceNode[] = [{ kind: "table", table }, ...(from === undefined ? [] : [from.source])];
    this.write(`update ${this.tableName(table)}`);
    this.changing(sources, () => {
      if (from !== undefined && this.traits.updateFrom === "join") {
        this.write(" join ");
        this.source(1);
        this.write(" on ");
        this.clause(from.on, (on) => this.expr(on));
      }
      this.write(" set ");
      this.clause(node.set, () => {
        inTurn(node.set, this.traits).forEach(({ column, value, codec }, i) => {
          this.write(`${i > 0 ? ", " : ""}${this.#name(column)} = `);
          if (value.kind === "value") this.value(value.value, codec);
          else this.assigned(value, codec);
        });
      });
      if (from !== undefined && this.traits.updateFrom === "from") {
        this.write(" from ");
        this.source(1);
        this.where([from.on, ...where]);
      } else this.where(where);
    });
    this.#changed(table, node.returning, "update");
  }

  /** The computed value of a SET; `codec` is its column's. */
  protected assigned(value: ExprNode, _codec: TypedCodec): void {
    this.expr(value);
  }

  #delete(node: DeleteNode): void {
    if (node.unscoped !== undefined) this.unscoped.add(node.unscoped);
    this.write(`delete from ${this.tableName(node.table)}`);
    this.changing([{ kind: "table", table: node.table }], () => this.where(node.where));
    this.#changed(node.table, node.returning, "delete");
  }

  #changed(table: TableRef, returning: readonly Clause[] | undefined, verb: "update" | "delete"): void {
    if (returning === undefined || returning.length === 0) return;
    if (!this.traits.returning.includes(verb))
      throw new UnsupportedError(`${this.traits.label} has no ${verb.toUpperCase()} ... RETURNING`);
    this.#returning(table, returning);
  }
}
