/** Changes of tables that exist. What the dialects share; SQLite makes most tables anew instead. Layer 3. */
import type { CheckDefinition, ColumnDefinition, DdlStep, IndexDefinition, TableChange, TableDefinition, TableStep } from "../ast/ddl.ts";
import type { ColumnRef, ExprNode } from "../ast/expr.ts";
import { type TablePlan, TableWriter } from "./ddl.ts";
import { frameOf } from "./frame.ts";

type Kind = TableChange["kind"];
type Change<C, K extends Kind> = C extends TableChange ? (K extends C["kind"] ? C : never) : never;
/** A step whose change is of this kind. */
export type Of<K extends Kind> = TableStep & { readonly change: Change<TableChange, K> };

export abstract class AlterWriter extends TableWriter {
  /** The changes of one table, in order. */
  alter(steps: readonly TableStep[]): DdlStep[] {
    return steps.flatMap((step) => this.change(step).map((sql): DdlStep => ({ ...(typeof sql === "string" ? { sql } : sql), of: [step] })));
  }

  /** Columns, primary key and checks; it ends with the session, and lasting tables know nothing of it. */
  temporary(definition: TableDefinition, name: string): string[] {
    const bare = { ...definition, uniques: [], foreignKeys: [], indexes: [], comment: null };
    return [this.createTable(this.plan(bare), [], { name, schema: null }, "temporary ")];
  }

  typeChecks(definition: TableDefinition): readonly (string | null)[] {
    return this.plan(definition).names.types;
  }

  protected change(step: TableStep): (string | DdlStep)[] {
    const { change, before, after } = step;
    switch (change.kind) {
      case "renameTable":
        return this.renameTable(step);
      case "addColumn":
        return this.addColumn(step as Of<"addColumn">);
      case "dropColumn":
        return this.dropColumn(step as Of<"dropColumn">);
      case "renameColumn":
        return this.renameColumn(step as Of<"renameColumn">);
      case "alterColumn":
        return this.alterColumn(step as Of<"alterColumn">);
      case "addIndex":
        return this.addIndex(after, change.index, change.concurrently);
      case "dropIndex":
        return this.dropIndex(step, change.index, change.concurrently);
      case "addUnique": {
        const { columns, among = null, name } = change.unique;
        if (among !== null && this.traits.partialIndexes) return this.addIndex(after, partial(columns, among, name), false);
        return [`${this.alterTable(after)} add ${this.constraint(name ?? "")} unique (${this.columns(columns)})`];
      }
      case "dropUnique": {
        const { columns, among = null, name } = change.unique;
        if (among !== null && this.traits.partialIndexes) return this.dropIndex(step, partial(columns, among, name), false);
        return this.dropUnique(step as Of<"dropUnique">);
      }
      case "addCheck":
        return [this.addCheck(after, change.check)];
      case "dropCheck":
        return [this.dropConstraint(before, change.check.name ?? "")];
      case "addForeignKey":
        return this.addForeignKey(after, change.foreignKey, change.foreignKey.name ?? "");
      case "dropForeignKey":
        return this.dropForeignKey(step as Of<"dropForeignKey">);
      case "primaryKey":
        return this.primaryKey(step);
      case "comment":
        return this.comment(step);
      default:
        throw change satisfies never;
    }
  }

  protected abstract renameTable(step: TableStep): string[];
  protected abstract addColumn(step: Of<"addColumn">): string[];
  protected abstract alterColumn(step: Of<"alterColumn">): string[];
  protected abstract comment(step: TableStep): string[];
  protected abstract primaryKey(step: TableStep): string[];
  protected abstract dropIndex(step: TableStep, index: IndexDefinition, concurrently: boolean): (string | DdlStep)[];
  protected abstract dropUnique(step: Of<"dropUnique">): string[];
  protected abstract dropForeignKey(step: Of<"dropForeignKey">): string[];

  protected addIndex(table: TableDefinition, index: IndexDefinition, _concurrently: boolean): (string | DdlStep)[] {
    return [this.createIndex(table, index, index.name ?? "")];
  }

  protected dropColumn({ change, before }: Of<"dropColumn">): string[] {
    return [`${this.alterTable(before)} drop column ${this.columns([change.column])}`];
  }

  protected renameColumn({ change, before }: Of<"renameColumn">): string[] {
    return [`${this.alterTable(before)} rename column ${this.columns([change.from])} to ${this.columns([change.to])}`];
  }

  protected alterTable(definition: TableDefinition): string {
    return `alter table ${this.table(definition.table)}`;
  }

  protected addCheck(definition: TableDefinition, check: CheckDefinition): string {
    return `${this.alterTable(definition)} add ${this.constraint(check.name ?? "")} check (${this.condition(definition, check.condition)})`;
  }

  protected dropConstraint(definition: TableDefinition, name: string): string {
    return `${this.alterTable(definition)} drop constraint ${this.quote(name)}`;
  }

  /** The check that a column's type needs, by its position; null where it needs none. */
  protected typeCheckName({ definition, names }: TablePlan, column: ColumnRef): string | null {
    return names.types[definition.columns.findIndex((one) => this.name(one.column) === this.name(column))] ?? null;
  }

  /** Gives rows a value where they have none. */
  protected fillNulls(definition: TableDefinition, { column }: ColumnDefinition, fill: ExprNode): string {
    const name = this.columns([column]);
    return `update ${this.table(definition.table)} set ${name} = ${this.value(definition, fill)} where ${name} is null`;
  }

  protected value({ table }: TableDefinition, node: ExprNode): string {
    return this.written((to) => {
      to.frame = frameOf([{ source: { kind: "table", table }, alias: table.name }], false, null);
      if (node.kind === "value") to.value(node.value, node.codec);
      else to.expr(node);
    });
  }
}

function partial(columns: readonly ColumnRef[], among: ExprNode, name: string | null): IndexDefinition {
  return { name, columns: columns.map((column) => ({ column, direction: "asc" })), unique: true, where: among };
}
