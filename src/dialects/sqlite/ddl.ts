/** Tables in SQLite. Comments of tables and columns have no place there and are left out. Layer 4. */
import type { ColumnDefinition, ForeignKeyDefinition, TableDefinition } from "../../ast/ddl.ts";
import type { ExprNode, InListNode } from "../../ast/expr.ts";
import type { TableRef } from "../../ast/select.ts";
import type { ColumnType } from "../../ast/type.ts";
import { UnsupportedError } from "../../errors.ts";
import { type DropContext, type TablePlan, TableWriter, type TypeTable } from "../../render/ddl.ts";
import { quotedText } from "../../render/literal.ts";
import type { Sink } from "../../render/sink.ts";
import type { DdlWriter } from "../dialect.ts";
import { wire } from "./codecs.ts";
import { SqliteRenderer } from "./renderer.ts";

const types: TypeTable = {
  smallint: "integer",
  int: "integer",
  bigint: "integer",
  float: "real",
  decimal: "text",
  bool: "integer",
  string: "text",
  text: "text",
  datetime: "text",
  date: "text",
  time: "text",
  uuid: "text",
  json: "text",
  bytes: "blob",
  enum: "text",
  array: "",
};

/** A long list is a subquery in a statement, and a table's conditions cannot have one. */
const shortList = 32;

class ConditionRenderer extends SqliteRenderer {
  protected override inList(node: InListNode): void {
    this.write("(");
    for (let i = 0; i < node.values.length; i += shortList) {
      if (i > 0) this.write(node.negated ? " and " : " or ");
      super.inList({ ...node, values: node.values.slice(i, i + shortList) });
    }
    this.write(")");
  }
}

class SqliteTables extends TableWriter {
  protected readonly types = types;
  protected readonly words = { text: quotedText, bytes: (hexadecimal: string) => `X'${hexadecimal}'` };
  protected readonly sharedNames = ["indexes"] as const;
  protected readonly checkedTypes = ["enum", "bool"] as const;
  protected readonly forwardReferences = true;
  protected readonly identity = "";

  protected renderer(sink: Sink): SqliteRenderer {
    return new ConditionRenderer({ traits: this.traits, naming: this.naming, wire, sink });
  }

  protected wraps(node: ExprNode, _type: ColumnType): boolean {
    return !["value", "null", "constant"].includes(node.kind);
  }

  protected refuseName(name: string, what: string): string | null {
    return what !== "column" && /^sqlite_/i.test(name) ? "begins with sqlite_, which SQLite keeps for itself" : null;
  }

  // A sole `integer` key would be numbered when it is missing; an `int` one is an error then, as in other databases.
  protected override type(definition: TableDefinition, column: ColumnDefinition): string {
    const word = super.type(definition, column);
    const sole = definition.primaryKey.length === 1 && this.#same(column.column, definition.primaryKey[0]);
    return sole && word === "integer" ? "int" : word;
  }

  protected override options(): string {
    return this.traits.strictTables ? " strict" : "";
  }

  // Only this spelling is numbered by SQLite, and only with the last word is no number given out twice.
  protected override inlinePrimaryKey({ primaryKey, columns }: TableDefinition): boolean {
    return columns.some(({ column, identity }) => identity && primaryKey.length === 1 && this.#same(column, primaryKey[0]));
  }

  protected override column(plan: TablePlan, column: ColumnDefinition): string {
    const { table } = plan.definition;
    if (column.identity) {
      if (!this.inlinePrimaryKey(plan.definition)) {
        throw new UnsupportedError(
          `${this.traits.label} numbers only a column that is the whole primary key, unlike that of ${table.name}`,
        );
      }
      return `${this.columns([column.column])} integer not null ${this.constraint(plan.names.primaryKey)} primary key autoincrement`;
    }
    return super.column(plan, column);
  }

  // CURRENT_TIMESTAMP is written in a form that does not compare with what is sent from outside.
  protected override default(column: ColumnDefinition): string {
    const node = column.default;
    if (node?.kind !== "raw" || column.codec.type.word !== "datetime") return super.default(column);
    return ` default (${this.written((to) => (to as SqliteRenderer).instant(node))})`;
  }

  #same(one: ColumnDefinition["column"], other: ColumnDefinition["column"] | undefined): boolean {
    return other !== undefined && this.name(one) === this.name(other);
  }

  // The schema stands before the name of the index, and a key cannot leave its schema.
  protected override indexOn(table: TableRef, name: string): string {
    if (table.schema === null) return super.indexOn(table, name);
    return `${this.table({ name, schema: table.schema })} on ${this.quote(table.name)}`;
  }

  protected override reference(definition: TableDefinition, key: ForeignKeyDefinition): string {
    if (definition.table.schema !== key.target.schema) {
      throw new UnsupportedError(
        `a foreign key of ${definition.table.name} leaves its database, which ${this.traits.label} does not allow`,
      );
    }
    return super.reference(definition, { ...key, target: { ...key.target, schema: null } });
  }

  // Dropping a table deletes its rows first, and rows of tables that come later may still refer to them. The pragma
  // holds until the transaction ends; outside of one it does nothing, and the first DROP fails when there are such rows.
  protected dropCycle(tables: readonly TableDefinition[], o: DropContext): string[] {
    return ["pragma defer_foreign_keys = on", ...tables.map((table) => this.dropTable([table], o))];
  }

  truncate({ table, columns }: TableDefinition): string[] {
    const numbers = this.table({ name: "sqlite_sequence", schema: table.schema });
    const restart = columns.some(({ identity }) => identity) ? [`delete from ${numbers} where name = ${this.literal(table.name)}`] : [];
    return [`delete from ${this.table(table)}`, ...restart];
  }
}

export const ddl: DdlWriter = {
  createTables: (tables, o) => new SqliteTables(o).create(tables),
  dropTables: (tables, o) => new SqliteTables(o).drop(tables, o),
  truncate: (table, o) => new SqliteTables(o).truncate(table),
};
