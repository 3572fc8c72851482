/** Tables in MySQL and MariaDB. Layer 4. */
import type { ColumnDefinition, ForeignKeyDefinition, IndexDefinition, TableDefinition, TableStep } from "../../ast/ddl.ts";
import type { ColumnRef, ExprNode, InListNode } from "../../ast/expr.ts";
import type { ColumnType } from "../../ast/type.ts";
import { type KakaError, UnsupportedError } from "../../errors.ts";
import { type DropContext, longestOf, type TablePlan, type TypeTable } from "../../render/ddl.ts";
import { AlterWriter, type Of } from "../../render/ddl-alter.ts";
import { quotedText } from "../../render/literal.ts";
import type { Sink } from "../../render/sink.ts";
import { tableKey } from "../../render/table-order.ts";
import type { DdlWriter } from "../dialect.ts";
import { wire } from "./codecs.ts";
import { checkKeys, checkSize } from "./ddl-keys.ts";
import { MysqlRenderer } from "./renderer.ts";

const types: TypeTable = {
  smallint: "smallint",
  int: "int",
  bigint: "bigint",
  float: "double",
  decimal: ({ precision, scale }) => `decimal(${precision}, ${scale})`,
  bool: "boolean",
  string: ({ length }) => `varchar(${length ?? 255})`,
  text: "longtext",
  datetime: "datetime(3)",
  date: "date",
  time: "time(3)",
  uuid: "char(36)",
  json: "json",
  bytes: "longblob",
  enum: ({ values }) => `varchar(${longestOf(values)})`,
  array: "",
};

/** A longer list is a subquery in a statement, and a table's conditions cannot have one. */
const shortList = 1000;

class ConditionRenderer extends MysqlRenderer {
  protected override inList(node: InListNode): void {
    this.write("(");
    for (let i = 0; i < node.values.length; i += shortList) {
      if (i > 0) this.write(node.negated ? " and " : " or ");
      super.inList({ ...node, values: node.values.slice(i, i + shortList) });
    }
    this.write(")");
  }
}

/** The expression names the column. */
function names(part: unknown, column: string): boolean {
  if (typeof part !== "object" || part === null) return false;
  const node = part as { readonly kind?: string; readonly column?: ColumnRef };
  if (node.kind === "column") return node.column?.name === column;
  return Object.values(part).some((item) => names(item, column));
}

class MysqlTables extends AlterWriter {
  protected readonly types = types;
  // The sessions pin NO_BACKSLASH_ESCAPES off: a backslash has a meaning and is doubled.
  protected readonly words = {
    text: (text: string) => quotedText(text.replaceAll("\\", "\\\\")),
    bytes: (hexadecimal: string) => `X'${hexadecimal}'`,
  };
  protected readonly sharedNames = ["foreignKeys", "checks", "types"] as const;
  protected readonly checkedTypes = ["enum"] as const;
  protected readonly forwardReferences = false;
  protected readonly identity = "auto_increment";

  protected renderer(sink: Sink): MysqlRenderer {
    return new ConditionRenderer({ traits: this.traits, naming: this.naming, wire, sink });
  }

  // Columns of these types take expressions only.
  protected wraps(node: ExprNode, { word }: ColumnType): boolean {
    if (node.kind === "null") return false;
    return word === "text" || word === "json" || word === "bytes" || (node.kind !== "value" && node.kind !== "constant");
  }

  protected refuseName(name: string): string | null {
    return /[\u{10000}-\u{10ffff}]/u.test(name) ? "holds a character past U+FFFF, which MySQL cannot have in a name" : null;
  }

  protected override plan(definition: TableDefinition): TablePlan {
    const plan = super.plan(definition);
    checkKeys(definition, this.naming, this.traits.label);
    return plan;
  }

  protected override type(definition: TableDefinition, column: ColumnDefinition): string {
    checkSize(column.codec.type, `${definition.table.name}.${this.name(column.column)}`);
    return super.type(definition, column);
  }

  // The server keeps comments in three bytes a character: whatever is past U+FFFF becomes a question mark there.
  protected override column(plan: TablePlan, column: ColumnDefinition): string {
    return super.column(plan, column) + (column.comment === null ? "" : ` comment ${this.literal(column.comment)}`);
  }

  protected override options({ definition: { comment } }: TablePlan): string {
    const collation = this.traits.textCollation === null ? "" : ` collate ${this.traits.textCollation}`;
    return ` engine=InnoDB default charset utf8mb4${collation}${comment === null ? "" : ` comment ${this.literal(comment)}`}`;
  }

  // CREATE INDEX has no IF NOT EXISTS: indexes come with their table.
  protected override inlineIndexes({ definition, names }: TablePlan): string[] {
    return definition.indexes.map((index, i) => this.#inlineIndex(definition, index, names.indexes[i] as string));
  }

  #inlineIndex({ table }: TableDefinition, index: IndexDefinition, name: string): string {
    if (index.where !== null) {
      throw new UnsupportedError(`${this.traits.label} has no partial index (trait partialIndexes), as ${table.name} declares`, {
        hint: "index the condition's columns as well and leave the condition out; a unique rule over some rows needs a column that is null for the others",
      });
    }
    return `${index.unique ? "unique " : ""}index ${this.quote(name)} (${this.indexColumns(index)})`;
  }

  protected override afterTable(): string[] {
    return [];
  }

  protected override reference(definition: TableDefinition, key: ForeignKeyDefinition): string {
    if (key.onDelete === "set default" || key.onUpdate === "set default") {
      throw new UnsupportedError(`${this.traits.label} has no SET DEFAULT for foreign keys, as ${definition.table.name} declares`, {
        hint: 'use "set null" or "restrict"',
      });
    }
    // A bare name is looked for beside the table, not in the database that the session is in.
    if (definition.table.schema !== null && key.target.schema === null) {
      throw new UnsupportedError(
        `a foreign key of ${definition.table.schema}.${definition.table.name} refers to ${key.target.name}, whose database is not named`,
        { hint: "declare the schema of that model as well: its bare name would mean another table" },
      );
    }
    return super.reference(definition, key);
  }

  // MySQL cannot add a key conditionally, so the server is asked and runs what its answer says. These statements share a
  // variable of the session: on several connections the PREPARE fails, it never runs anything else.
  protected override addForeignKey(definition: TableDefinition, key: ForeignKeyDefinition, name: string): string[] {
    const { table } = definition;
    const add = super.addForeignKey(definition, key, name);
    if (!this.ifNotExists) return add;
    if (this.traits.conditionalKeys) {
      const added = `foreign key if not exists ${this.quote(name)} ${this.reference(definition, key)}`;
      return [`alter table ${this.table(table)} add constraint ${added}`];
    }
    const schema = table.schema === null ? "database()" : this.literal(table.schema);
    const known = `constraint_schema = ${schema} and table_name = ${this.literal(table.name)} and constraint_name = ${this.literal(name)}`;
    return [
      `set @kaka_ddl = (select if(count(*) = 0, ${this.literal(add.join(""))}, 'do 0') from information_schema.table_constraints where ${known})`,
      "prepare kaka_ddl from @kaka_ddl",
      "execute kaka_ddl",
      "deallocate prepare kaka_ddl",
      "set @kaka_ddl = null",
    ];
  }

  // MySQL drops tables that refer to each other in one statement, MariaDB only once the keys between them are gone.
  protected dropCycle(tables: readonly TableDefinition[], o: DropContext): string[] {
    if (!this.traits.conditionalKeys) return [this.dropTable(tables, o)];
    const exists = o.ifExists ? "if exists " : "";
    const members = new Set(tables.map(({ table }) => tableKey(table)));
    const keys = tables.flatMap((definition) => {
      const { names } = this.plan(definition);
      return definition.foreignKeys.flatMap((key, i) => {
        const own = tableKey(key.target) === tableKey(definition.table);
        if (own || !members.has(tableKey(key.target))) return [];
        return [
          `alter table ${exists}${this.table(definition.table)} drop foreign key ${exists}${this.quote(names.foreignKeys[i] as string)}`,
        ];
      });
    });
    return [...keys, ...tables.map((table) => this.dropTable([table], o))];
  }

  truncate({ table }: TableDefinition): string[] {
    return [`truncate table ${this.table(table)}`];
  }

  protected renameTable({ before, after }: TableStep): string[] {
    return [`${this.alterTable(before)} rename to ${this.table(after.table)}`, ...this.#altered(after, this.#renamedChecks(before, after))];
  }

  #altered(definition: TableDefinition, parts: readonly string[]): string[] {
    return parts.length === 0 ? [] : [`${this.alterTable(definition)} ${parts.join(", ")}`];
  }

  /** The checks of column types are named by table and column. */
  #renamedChecks(before: TableDefinition, after: TableDefinition): string[] {
    const [from, to] = [this.plan(before).names.types, this.plan(after).names.types];
    return after.columns.flatMap((column, i) => {
      const [old = null, name = null] = [from[i], to[i]];
      if (old === null || name === null || old === name) return [];
      return [`drop constraint ${this.quote(old)}`, `add ${this.constraint(name)} check (${this.typeCheck(column)})`];
    });
  }

  // A column that a check names cannot be renamed: such checks are taken off and put back in the same statement.
  protected override renameColumn({ change, before, after }: Of<"renameColumn">): string[] {
    const checks = before.checks.flatMap((check, i): [string, string][] => {
      if (!names(check.condition, this.name(change.from))) return [];
      const rule = this.condition(after, (after.checks[i] ?? check).condition);
      const name = check.name ?? "";
      return [[`drop constraint ${this.quote(name)}`, `add ${this.constraint(name)} check (${rule})`]];
    });
    const types = this.#renamedChecks(before, after);
    const drops = [...checks.map(([drop]) => drop), ...types.filter((part) => part.startsWith("drop "))];
    const adds = [...checks.map(([, add]) => add), ...types.filter((part) => part.startsWith("add "))];
    const [rename] = super.renameColumn({ change, before, after });
    return [...this.#altered(before, drops), rename as string, ...this.#altered(after, adds)];
  }

  protected addColumn({ change: { column, fill }, after }: Of<"addColumn">): string[] {
    const plan = this.plan(after);
    const check = this.typeCheckName(plan, column.column);
    const rule = check === null ? "" : `, add ${this.constraint(check)} check (${this.typeCheck(column)})`;
    const add = (definition: ColumnDefinition): string => `${this.alterTable(after)} add column ${this.column(plan, definition)}${rule}`;
    // Without a value of its own the server would give a new column 0 or "" and say nothing.
    if (fill === null) return [add(column)];
    if (fill.kind === "value") {
      return [add({ ...column, default: fill }), `${this.alterTable(after)} alter column ${this.columns([column.column])} drop default`];
    }
    return [
      add({ ...column, nullable: true }),
      this.fillNulls(after, column, fill),
      `${this.alterTable(after)} modify column ${this.column(plan, column)}`,
    ];
  }

  protected alterColumn({ change: { from, to, fill }, before, after }: Of<"alterColumn">): string[] {
    const [oldPlan, newPlan] = [this.plan(before), this.plan(after)];
    const [oldCheck, newCheck] = [this.typeCheckName(oldPlan, from.column), this.typeCheckName(newPlan, to.column)];
    const [oldRule, newRule] = [oldCheck === null ? null : this.typeCheck(from), newCheck === null ? null : this.typeCheck(to)];
    const filled = from.nullable && !to.nullable && fill !== null ? [this.fillNulls(before, to, fill)] : [];
    const drop = oldCheck !== null && oldRule !== newRule ? [`drop constraint ${this.quote(oldCheck)}`] : [];
    const add = newCheck !== null && oldRule !== newRule ? [`add ${this.constraint(newCheck)} check (${newRule})`] : [];
    const [old, next] = [this.column(oldPlan, from), this.column(newPlan, to)];
    const modify = old === next ? [] : [`modify column ${next}`];
    // One after the other: the check of a type that goes would look at values that have been converted already.
    return [...filled, ...this.#altered(after, drop), ...this.#altered(after, modify), ...this.#altered(after, add)];
  }

  protected comment({ after }: TableStep): string[] {
    return [`${this.alterTable(after)} comment ${this.literal(after.comment ?? "")}`];
  }

  protected primaryKey({ before, after }: TableStep): string[] {
    const drop = before.primaryKey.length > 0 ? ["drop primary key"] : [];
    const add = after.primaryKey.length > 0 ? [`add primary key (${this.columns(after.primaryKey)})`] : [];
    const within = ({ primaryKey }: TableDefinition, ref: ColumnRef): boolean =>
      primaryKey.some((key) => this.name(key) === this.name(ref));
    const plan = this.plan(after);
    const opened = after.columns.filter(({ column, nullable }) => nullable && within(before, column) && !within(after, column));
    return this.#altered(after, [...drop, ...opened.map((column) => `modify column ${this.column(plan, column)}`), ...add]);
  }

  protected override addIndex(table: TableDefinition, index: IndexDefinition): string[] {
    this.plan(table);
    return [`${this.alterTable(table)} add ${this.#inlineIndex(table, index, index.name ?? "")}`];
  }

  protected dropIndex({ before, after }: TableStep, { name }: IndexDefinition): string[] {
    return this.#altered(after, [`drop index ${this.quote(name ?? "")}`, ...this.#keyIndexes(before, after)]);
  }

  protected dropUnique({ change: { unique }, before, after }: Of<"dropUnique">): string[] {
    return this.#altered(after, [`drop index ${this.quote(unique.name ?? "")}`, ...this.#keyIndexes(before, after)]);
  }

  // A foreign key needs an index, and the server makes one of the key's name where no other begins with its columns.
  #keyIndexes(before: TableDefinition, after: TableDefinition): string[] {
    return after.foreignKeys
      .filter(({ columns }) => this.#covered(before, columns) && !this.#covered(after, columns))
      .map(({ columns, name }) => `add index ${this.quote(name ?? "")} (${this.columns(columns)})`);
  }

  #covered(definition: TableDefinition, columns: readonly ColumnRef[]): boolean {
    const indexes = definition.indexes.map(({ columns: all }) => {
      const serving = this.traits.descendingKeys ? all.length : all.findIndex(({ direction }) => direction === "desc");
      return (serving === -1 ? all : all.slice(0, serving)).map(({ column }) => column);
    });
    return [definition.primaryKey, ...definition.uniques.map((unique) => unique.columns), ...indexes].some((key) =>
      columns.every((ref, i) => key[i] !== undefined && this.name(key[i]) === this.name(ref)),
    );
  }

  protected dropForeignKey({ change: { foreignKey }, before }: Of<"dropForeignKey">): string[] {
    const name = this.quote(foreignKey.name ?? "");
    const index = this.#covered(before, foreignKey.columns) ? "" : `, drop index ${name}`;
    return [`${this.alterTable(before)} drop foreign key ${name}${index}`];
  }
}

/**
 * Duplicate table, column, key, check, foreign key, primary key; unknown table or column; nothing of this name to drop. Every schema
 * change is made as a whole or not at all, so one of these answers to the same statement means that it was made.
 */
const doneCodes: ReadonlySet<string> = new Set([
  "1050",
  "1060",
  "1061",
  "1068",
  "1826",
  "3822",
  "1051",
  "1146",
  "1054",
  "1091",
  "3821",
  "3940",
]);

/** MariaDB's words for a foreign key whose name is there; the code alone stands for every table that cannot be made. */
function foreignKeyStands(error: KakaError): boolean {
  const own = error.driverError();
  return error.nativeCode === "1005" && own instanceof Error && own.message.includes("(errno: 121 ");
}

/** `cascade` has no meaning in MySQL: a table that others refer to stays, and the server says so. */
export const ddl: DdlWriter = {
  createTables: (tables, o) => new MysqlTables(o).create(tables),
  dropTables: (tables, o) => new MysqlTables(o).drop(tables, o),
  truncate: (table, o) => new MysqlTables(o).truncate(table),
  alterTable: (steps, o) => new MysqlTables(o).alter(steps),
  createTemporary: (definition, name, o) => new MysqlTables(o).temporary(definition, name),
  typeChecks: (definition, o) => new MysqlTables(o).typeChecks(definition),
  wasDone: (error) => doneCodes.has(error.nativeCode ?? "") || foreignKeyStands(error),
};
