/** Tables in SQLite. Comments of tables and columns have no place there and are left out. Layer 4. */
import type {
  ColumnDefinition,
  DdlStep,
  ForeignKeyDefinition,
  IndexDefinition,
  TableDefinition,
  TableRebuild,
  TableStep,
} from "../../ast/ddl.ts";
import type { ExprNode, InListNode } from "../../ast/expr.ts";
import type { TableRef } from "../../ast/select.ts";
import type { ColumnType } from "../../ast/type.ts";
import { UnsupportedError } from "../../errors.ts";
import type { DropContext, TablePlan, TypeTable } from "../../render/ddl.ts";
import { AlterWriter, type Of } from "../../render/ddl-alter.ts";
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

class SqliteTables extends AlterWriter {
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

  // What cannot be changed in place is done by making the table anew, once for all changes between two renamings.
  override alter(steps: readonly TableStep[]): DdlStep[] {
    const done: DdlStep[] = [];
    let pending: TableStep[] = [];
    const flush = (): void => {
      if (pending.every((step) => this.#inPlace(step))) done.push(...super.alter(pending));
      else done.push(this.#rebuild(pending));
      pending = [];
    };
    for (const step of steps) {
      if (step.change.kind !== "renameTable" && step.change.kind !== "renameColumn") {
        pending.push(step);
        continue;
      }
      flush();
      done.push(...super.alter([step]));
    }
    flush();
    return done;
  }

  #inPlace({ change, after }: TableStep): boolean {
    switch (change.kind) {
      case "comment":
      case "addIndex":
      case "dropIndex":
        return true;
      case "addUnique":
      case "dropUnique":
        return (change.unique.among ?? null) !== null && this.traits.partialIndexes;
      case "alterColumn":
        return this.#same(change.from.column, change.to.column) && this.#spelling(after, change.from) === this.#spelling(after, change.to);
      case "addColumn": {
        const { column, fill } = change;
        if (fill !== null || column.identity) return false;
        return column.default === null ? column.nullable : column.default.kind === "value" || column.default.kind === "constant";
      }
      default:
        return false;
    }
  }

  /** What the table's text says of a column. */
  #spelling(definition: TableDefinition, column: ColumnDefinition): string {
    const plan = this.plan(definition);
    const check = this.checkedTypes.some((word) => word === column.codec.type.word) ? this.typeCheck(column) : "";
    return `${this.column(plan, column)} ${check}`;
  }

  #rebuild(steps: readonly TableStep[]): DdlStep {
    const { before } = steps[0] as TableStep;
    const { after } = steps.at(-1) as TableStep;
    const { table } = after;
    const plan = this.plan(after);
    const temporary = { name: `kaka_new_${table.name}`, schema: table.schema };
    const keys = after.foreignKeys.map((key, i) => this.foreignKey(after, key, plan.names.foreignKeys[i] as string));
    const fills = new Map(
      steps.flatMap(({ change }): [string, ExprNode | null][] => {
        if (change.kind === "addColumn") return [[this.name(change.column.column), change.fill]];
        return change.kind === "alterColumn" ? [[this.name(change.to.column), change.fill]] : [];
      }),
    );
    const known = new Set(before.columns.map(({ column }) => this.name(column)));
    const copied = after.columns.flatMap((column): [string, string][] => {
      const name = this.name(column.column);
      const quoted = this.columns([column.column]);
      const fill = fills.get(name) ?? null;
      if (!known.has(name)) return fill === null ? [] : [[quoted, this.value(before, fill)]];
      return [[quoted, fill === null || column.nullable ? quoted : `coalesce(${quoted}, ${this.value(before, fill)})`]];
    });
    const [into, from] = [copied.map(([column]) => column).join(", "), copied.map(([, value]) => value).join(", ")];
    const partials = (definition: TableDefinition): (string | null)[] =>
      definition.uniques.filter(({ among = null }) => among !== null && this.traits.partialIndexes).map(({ name }) => name);
    const rebuild: TableRebuild = {
      table,
      temporary: temporary.name,
      columns: before.columns.map(({ column }) => this.name(column)),
      foreignKeys: before.foreignKeys.length,
      indexes: [...before.indexes.map(({ name }) => name), ...partials(before)].map((name) => name ?? ""),
      count: `select count(*) as n from ${this.table(before.table)}`,
      countNew: `select count(*) as n from ${this.table(temporary)}`,
      create: this.createTable(plan, keys, temporary),
      copy:
        copied.length === 0
          ? `insert into ${this.table(temporary)} default values`
          : `insert into ${this.table(temporary)} (${into}) select ${from} from ${this.table(table)}`,
      drop: `drop table ${this.table(table)}`,
      rename: `alter table ${this.table(temporary)} rename to ${this.quote(table.name)}`,
      counter: after.columns.some(({ identity }) => identity) ? this.#counter(table, temporary.name) : [],
      after: this.afterTable(plan),
    };
    const { create, copy, counter, drop, rename } = rebuild;
    return { sql: [create, copy, ...counter, drop, rename, ...rebuild.after].join(";\n"), rebuild, of: steps };
  }

  #counter(table: TableRef, temporary: string): string[] {
    const numbers = this.table({ name: "sqlite_sequence", schema: table.schema });
    const [old, next] = [this.literal(table.name), this.literal(temporary)];
    const last = `(select seq from ${numbers} where name = ${old})`;
    return [
      `insert into ${numbers} (name, seq) select ${next}, 0 where not exists (select 1 from ${numbers} where name = ${next})`,
      `update ${numbers} set seq = max(seq, coalesce(${last}, 0)) where name = ${next}`,
    ];
  }

  protected renameTable({ before, after }: TableStep): string[] {
    return [`${this.alterTable(before)} rename to ${this.quote(after.table.name)}`];
  }

  protected addColumn({ change: { column }, after }: Of<"addColumn">): string[] {
    const plan = this.plan(after);
    const check = this.typeCheckName(plan, column.column);
    const rule = check === null ? "" : ` ${this.constraint(check)} check (${this.typeCheck(column)})`;
    return [`${this.alterTable(after)} add column ${this.column(plan, column)}${rule}`];
  }

  // Comments have no place here.
  protected comment(): string[] {
    return [];
  }
  protected alterColumn(): string[] {
    return [];
  }

  protected dropIndex({ before: { table } }: TableStep, { name }: IndexDefinition): string[] {
    return [`drop index ${this.table({ name: name ?? "", schema: table.schema })}`];
  }

  protected primaryKey(): never {
    throw new UnsupportedError(`${this.traits.label} changes a key by making the table anew`);
  }
  protected dropUnique(): never {
    return this.primaryKey();
  }
  protected dropForeignKey(): never {
    return this.primaryKey();
  }
}

export const ddl: DdlWriter = {
  createTables: (tables, o) => new SqliteTables(o).create(tables),
  dropTables: (tables, o) => new SqliteTables(o).drop(tables, o),
  truncate: (table, o) => new SqliteTables(o).truncate(table),
  alterTable: (steps, o) => new SqliteTables(o).alter(steps),
  createTemporary: (definition, name, o) => new SqliteTables(o).temporary(definition, name),
  typeChecks: (definition, o) => new SqliteTables(o).typeChecks(definition),
  // A schema change and the note of it are one transaction.
  wasDone: () => false,
};
