/** CREATE TABLE and its relatives as text: what the dialects share. Layer 3: knows no dialect by name. */
import type { ColumnDefinition, ForeignKeyDefinition, IndexDefinition, TableDefinition } from "../ast/ddl.ts";
import type { ColumnRef, ExprNode } from "../ast/expr.ts";
import type { TableRef } from "../ast/select.ts";
import type { ColumnType, TypeWord } from "../ast/type.ts";
import { UnsupportedError, UsageError } from "../errors.ts";
import { type CheckedTypes, type NameRules, namesOf, type TableNames } from "./ddl-names.ts";
import { checkTable } from "./ddl-rules.ts";
import type { ExprRenderer } from "./expr-renderer.ts";
import { frameOf } from "./frame.ts";
import { LiteralSink, type LiteralWords } from "./literal.ts";
import { columnName, type Naming } from "./naming.ts";
import type { Sink } from "./sink.ts";
import { orderTables, tableKey } from "./table-order.ts";
import type { Traits } from "./traits.ts";

/** How a dialect spells each column type; a function where the word depends on the length. */
export type TypeTable = Readonly<Record<TypeWord, string | ((type: ColumnType) => string)>>;

export interface TableContext {
  readonly traits: Traits;
  readonly naming: Naming;
  readonly ifNotExists?: boolean;
}

export interface DropContext extends TableContext {
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

/** A definition with the names of its parts. */
export interface TablePlan {
  readonly definition: TableDefinition;
  readonly names: TableNames;
}

/** The length that a column of these words needs. */
export const longestOf = (values: readonly string[] = []): number => Math.max(1, ...values.map((value) => [...value].length));

/** `a`, `b`: the indented lines between the parentheses of CREATE TABLE. */
const body = (lines: readonly string[]): string => lines.map((line) => `\n  ${line}`).join(",");

export abstract class TableWriter {
  protected readonly traits: Traits;
  protected readonly naming: Naming;
  protected readonly ifNotExists: boolean;
  #quoter: ExprRenderer | null = null;

  constructor(context: TableContext) {
    // No row is read from here: columns need no protection from the aliases of a select list.
    this.traits = { ...context.traits, rowAliases: false };
    this.naming = context.naming;
    this.ifNotExists = context.ifNotExists === true;
  }

  protected abstract readonly types: TypeTable;
  protected abstract readonly words: LiteralWords;
  protected abstract readonly checkedTypes: CheckedTypes;
  /** The names that must differ between tables as well. */
  protected abstract readonly sharedNames: readonly (keyof TableNames)[];
  /** A table may refer to one that does not exist yet. */
  protected abstract readonly forwardReferences: boolean;
  protected abstract renderer(sink: Sink): ExprRenderer;
  /** What makes the database number a column. */
  protected abstract readonly identity: string;
  /** The default needs parentheses. */
  protected abstract wraps(node: ExprNode, type: ColumnType): boolean;
  /** The end of a sentence about a name that this dialect cannot have; else null. */
  protected abstract refuseName(name: string, what: string): string | null;

  create(tables: readonly TableDefinition[]): string[] {
    const groups = orderTables(tables);
    const plans = new Map(tables.map((definition) => [definition, this.plan(definition)]));
    this.#refuseClashes([...plans.values()]);
    const statements: string[] = [];
    const closing: string[] = [];
    for (const group of groups) {
      const missing = new Set(this.forwardReferences ? [] : group.map(({ table }) => tableKey(table)));
      for (const definition of group) {
        const plan = plans.get(definition) as TablePlan;
        missing.delete(tableKey(definition.table));
        const inline: string[] = [];
        definition.foreignKeys.forEach((key, i) => {
          const name = plan.names.foreignKeys[i] as string;
          if (missing.has(tableKey(key.target))) closing.push(...this.addForeignKey(definition, key, name));
          else inline.push(this.foreignKey(definition, key, name));
        });
        statements.push(this.createTable(plan, inline), ...this.afterTable(plan));
      }
    }
    return [...statements, ...closing];
  }

  drop(tables: readonly TableDefinition[], o: DropContext): string[] {
    return orderTables(tables)
      .reverse()
      .flatMap((group) => (group.length > 1 ? this.dropCycle(group.toReversed(), o) : [this.dropTable(group, o)]));
  }

  protected dropTable(tables: readonly TableDefinition[], o: DropContext): string {
    return `drop table ${o.ifExists ? "if exists " : ""}${tables.map(({ table }) => this.table(table)).join(", ")}`;
  }

  /** Tables that refer to each other. */
  protected abstract dropCycle(tables: readonly TableDefinition[], o: DropContext): string[];

  /** Checked and named. */
  protected plan(definition: TableDefinition): TablePlan {
    const rules: NameRules = { traits: this.traits, refuse: (name, what) => this.refuseName(name, what) };
    checkTable(definition, rules, this.naming);
    return { definition, names: namesOf(definition, rules, this.naming, this.checkedTypes) };
  }

  /** `table` has another name where the definition's is taken for the time being. */
  protected createTable(plan: TablePlan, foreignKeys: readonly string[], table = plan.definition.table, how = ""): string {
    const { definition, names } = plan;
    const lines = definition.columns.map((column) => this.column(plan, column));
    if (definition.primaryKey.length > 0 && !this.inlinePrimaryKey(definition)) {
      lines.push(`${this.constraint(names.primaryKey)} primary key (${this.columns(definition.primaryKey)})`);
    }
    definition.uniques.forEach(({ columns, among = null }, i) => {
      if (among !== null && this.traits.partialIndexes) return;
      lines.push(`${this.constraint(names.uniques[i] as string)} unique (${this.columns(columns)})`);
    });
    definition.columns.forEach((column, i) => {
      const name = names.types[i] ?? null;
      if (name !== null) lines.push(`${this.constraint(name)} check (${this.typeCheck(column)})`);
    });
    definition.checks.forEach(({ condition }, i) => {
      lines.push(`${this.constraint(names.checks[i] as string)} check (${this.condition(definition, condition)})`);
    });
    lines.push(...foreignKeys, ...this.inlineIndexes(plan));
    return `create ${how}table ${this.ifNotExists ? "if not exists " : ""}${this.table(table)} (${body(lines)}\n)${this.options(plan)}`;
  }

  /** What follows the closing parenthesis. */
  protected options(_plan: TablePlan): string {
    return "";
  }

  protected inlinePrimaryKey(_definition: TableDefinition): boolean {
    return false;
  }

  protected inlineIndexes(_plan: TablePlan): string[] {
    return [];
  }

  protected afterTable(plan: TablePlan): string[] {
    const { definition, names } = plan;
    const partial = definition.uniques.flatMap(({ columns, among = null }, i) => {
      if (among === null || !this.traits.partialIndexes) return [];
      const index: IndexDefinition = {
        name: null,
        columns: columns.map((column) => ({ column, direction: "asc" })),
        unique: true,
        where: among,
      };
      return [this.createIndex(definition, index, names.uniques[i] as string)];
    });
    return [...partial, ...definition.indexes.map((index, i) => this.createIndex(definition, index, names.indexes[i] as string))];
  }

  /** `how` stands before the name. */
  protected createIndex(definition: TableDefinition, index: IndexDefinition, name: string, how = ""): string {
    const where = index.where === null ? "" : ` where ${this.condition(definition, index.where)}`;
    const create = `create ${index.unique ? "unique " : ""}index ${how}${this.ifNotExists ? "if not exists " : ""}`;
    return `${create}${this.indexOn(definition.table, name)} (${this.indexColumns(index)})${where}`;
  }

  protected indexOn(table: TableRef, name: string): string {
    return `${this.quote(name)} on ${this.table(table)}`;
  }

  protected indexColumns(index: IndexDefinition): string {
    return index.columns.map(({ column, direction }) => this.columns([column]) + (direction === "desc" ? " desc" : "")).join(", ");
  }

  protected column({ definition }: TablePlan, column: ColumnDefinition): string {
    const key = definition.primaryKey.some((ref) => this.name(ref) === this.name(column.column));
    const required = !column.nullable || key ? " not null" : "";
    return `${this.columns([column.column])} ${this.type(definition, column)}${required}${this.default(column)}${column.identity ? ` ${this.identity}` : ""}`;
  }

  protected type({ table }: TableDefinition, { column, codec: { type } }: ColumnDefinition): string {
    if (type.word === "array" && !this.traits.arrays) {
      const message = `${table.name}.${this.name(column)} is an array, and ${this.traits.label} has none (trait arrays)`;
      throw new UnsupportedError(message, { hint: "use json(), or a table of its own" });
    }
    if (type.native !== undefined) return type.native;
    const word = this.types[type.word];
    return typeof word === "string" ? word : word(type);
  }

  protected default(column: ColumnDefinition): string {
    const node = column.default;
    if (node === null) return "";
    const text = this.written((to) => (node.kind === "value" ? to.value(node.value, node.codec) : to.expr(node)));
    return ` default ${this.wraps(node, column.codec.type) ? `(${text})` : text}`;
  }

  /** For `checkedTypes`: the column's word in SQL takes more than its type does. */
  protected typeCheck({ column, codec: { type } }: ColumnDefinition): string {
    const values = type.word === "bool" ? "0, 1" : (type.values ?? []).map((value) => this.literal(value)).join(", ");
    return `${this.columns([column])} in (${values})`;
  }

  protected foreignKey(definition: TableDefinition, key: ForeignKeyDefinition, name: string): string {
    return `${this.constraint(name)} foreign key ${this.reference(definition, key)}`;
  }

  protected reference(_definition: TableDefinition, key: ForeignKeyDefinition): string {
    const actions = [
      ["delete", key.onDelete],
      ["update", key.onUpdate],
    ].filter(([, action]) => action !== "no action");
    const words = actions.map(([event, action]) => ` on ${event} ${action}`).join("");
    return `(${this.columns(key.columns)}) references ${this.table(key.target)} (${this.columns(key.targetColumns)})${words}`;
  }

  /** Closes a cycle, once all its tables are there. */
  protected addForeignKey(definition: TableDefinition, key: ForeignKeyDefinition, name: string): string[] {
    return [`alter table ${this.table(definition.table)} add ${this.foreignKey(definition, key, name)}`];
  }

  /** A condition over the columns of one table. */
  protected condition({ table }: TableDefinition, condition: ExprNode): string {
    return this.written((to) => {
      to.frame = frameOf([{ source: { kind: "table", table }, alias: table.name }], false, null);
      to.expr(condition);
    });
  }

  /** What is written, with literals for its values. */
  protected written(write: (to: ExprRenderer) => void): string {
    const sink = new LiteralSink(this.words);
    write(this.renderer(sink));
    return sink.text;
  }

  protected literal(text: string): string {
    return this.written((to) => to.sink.param(text));
  }

  protected constraint(name: string): string {
    return `constraint ${this.quote(name)}`;
  }

  protected quote(name: string): string {
    this.#quoter ??= this.renderer(new LiteralSink(this.words));
    return this.#quoter.quote(name);
  }

  protected table(table: TableRef): string {
    this.#quoter ??= this.renderer(new LiteralSink(this.words));
    return this.#quoter.tableName(table);
  }

  protected name(column: ColumnRef): string {
    return columnName(column, this.naming);
  }

  protected columns(refs: readonly ColumnRef[]): string {
    return refs.map((ref) => this.quote(this.name(ref))).join(", ");
  }

  /** `a_b` + `c` and `a` + `b_c` have the same generated names: better said here than by the second CREATE. */
  #refuseClashes(plans: readonly TablePlan[]): void {
    const owners = new Map<string, string>();
    for (const { definition, names } of plans) {
      const { table } = definition;
      for (const name of this.sharedNames.flatMap((kind) => names[kind])) {
        if (name === null) continue;
        const key = JSON.stringify([table.schema, name.toLowerCase()]);
        const owner = owners.get(key);
        if (owner !== undefined) {
          throw new UsageError(`the tables ${owner} and ${table.name} both have a constraint or index ${name}`, {
            hint: `names are shared between tables in ${this.traits.label}; declare another name for one of them`,
          });
        }
        owners.set(key, table.name);
      }
    }
  }
}
