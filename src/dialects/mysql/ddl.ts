/** Tables in MySQL and MariaDB. Layer 4. */
import type { ColumnDefinition, ForeignKeyDefinition, TableDefinition } from "../../ast/ddl.ts";
import type { ExprNode, InListNode, JsonPathNode } from "../../ast/expr.ts";
import type { ColumnType } from "../../ast/type.ts";
import { UnsupportedError } from "../../errors.ts";
import { type DropContext, longestOf, type TablePlan, TableWriter, type TypeTable } from "../../render/ddl.ts";
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

  // In the conditions of a table a literal has the table's collation, and MariaDB will not compare it with another.
  protected override jsonPath(node: JsonPathNode): void {
    super.jsonPath(node);
    if (node.as === "text" && this.traits.textCollation !== null) this.write(` collate ${this.traits.textCollation}`);
  }
}

class MysqlTables extends TableWriter {
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
    return definition.indexes.map((index, i) => {
      if (index.where !== null) {
        throw new UnsupportedError(
          `${this.traits.label} has no partial index (trait partialIndexes), as ${definition.table.name} declares`,
          {
            hint: "index the condition's columns as well and leave the condition out; a unique rule over some rows needs a column that is null for the others",
          },
        );
      }
      return `${index.unique ? "unique " : ""}index ${this.quote(names.indexes[i] as string)} (${this.indexColumns(index)})`;
    });
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
}

/** `cascade` has no meaning in MySQL: a table that others refer to stays, and the server says so. */
export const ddl: DdlWriter = {
  createTables: (tables, o) => new MysqlTables(o).create(tables),
  dropTables: (tables, o) => new MysqlTables(o).drop(tables, o),
  truncate: (table, o) => new MysqlTables(o).truncate(table),
};
