/** Short ways to write table definitions, and every dialect's writer at a version. */
import type { ColumnDefinition, ForeignKeyDefinition, IndexDefinition, TableDefinition } from "../../src/ast/ddl.ts";
import type { ColumnNode, ColumnRef, ExprNode, RawNode } from "../../src/ast/expr.ts";
import type { Codec } from "../../src/codec/codec.ts";
import type { Dialect } from "../../src/dialects/dialect.ts";
import { ddl as mysqlDdl } from "../../src/dialects/mysql/ddl.ts";
import { dialect as mysql } from "../../src/dialects/mysql/index.ts";
import { ddl as postgresDdl } from "../../src/dialects/postgres/ddl.ts";
import { dialect as postgres } from "../../src/dialects/postgres/index.ts";
import { ddl as sqliteDdl } from "../../src/dialects/sqlite/ddl.ts";
import { dialect as sqlite } from "../../src/dialects/sqlite/index.ts";
import type { ServerInfo } from "../../src/drivers/driver.ts";
import { serverInfo } from "../../src/drivers/facts.ts";
import { defaultNaming } from "../../src/render/naming.ts";
import type { Traits } from "../../src/render/traits.ts";
import { snakeCase } from "../../src/util/names.ts";

export const dialects = { postgres, sqlite, mysql };
const ddls = { postgres: postgresDdl, sqlite: sqliteDdl, mysql: mysqlDdl };
export type Family = keyof typeof dialects;

export interface Writer {
  readonly traits: Traits;
  create(tables: readonly TableDefinition[], ifNotExists?: boolean): string[];
  drop(tables: readonly TableDefinition[], o?: { readonly ifExists?: boolean; readonly cascade?: boolean }): string[];
  truncate(table: TableDefinition): string[];
}

export function writerFor(flavour: ServerInfo["flavour"], version: string): Writer {
  const server = serverInfo(flavour, version);
  const dialect: Dialect = dialects[server.family];
  const ddl = ddls[server.family];
  const traits = dialect.traits(server, false);
  const o = { traits, naming: defaultNaming };
  return {
    traits,
    create: (tables, ifNotExists = false) => ddl.createTables(tables, { ...o, ifNotExists }),
    drop: (tables, { ifExists = false, cascade = false } = {}) => ddl.dropTables(tables, { ...o, ifExists, cascade }),
    truncate: (table) => ddl.truncate(table, o),
  };
}

export const writers = {
  postgres: writerFor("postgres", "15.18"),
  sqlite: writerFor("sqlite", "3.53.2"),
  mysql: writerFor("mysql", "9.7.4"),
  mariadb: writerFor("mariadb", "10.11.19"),
};

export const ref = (property: string): ColumnRef => ({ property, name: snakeCase(property), explicit: false });
/** A column whose name is used as it stands. */
export const exactly = (name: string): ColumnRef => ({ property: name, name, explicit: true });

export function column(
  name: string | ColumnRef,
  codec: Codec,
  o: Partial<Omit<ColumnDefinition, "column" | "codec">> = {},
): ColumnDefinition {
  return {
    column: typeof name === "string" ? ref(name) : name,
    codec,
    nullable: false,
    identity: false,
    default: null,
    comment: null,
    ...o,
  };
}

export function table(
  name: string,
  columns: readonly ColumnDefinition[],
  o: Partial<Omit<TableDefinition, "columns">> = {},
): TableDefinition {
  return {
    table: { name, schema: null },
    columns,
    primaryKey: [],
    uniques: [],
    checks: [],
    foreignKeys: [],
    indexes: [],
    comment: null,
    ...o,
  };
}

export function references(
  columns: readonly string[],
  target: TableDefinition | string,
  o: Partial<ForeignKeyDefinition> = {},
): ForeignKeyDefinition {
  return {
    name: null,
    columns: columns.map(ref),
    target: typeof target === "string" ? { name: target, schema: null } : target.table,
    targetColumns: columns.length === 1 ? [ref("id")] : columns.map(ref),
    onDelete: "no action",
    onUpdate: "no action",
    ...o,
  };
}

export function index(columns: readonly string[], o: Partial<Omit<IndexDefinition, "columns">> = {}): IndexDefinition {
  return {
    name: null,
    columns: columns.map((name) => ({ column: ref(name.replace("-", "")), direction: name.startsWith("-") ? "desc" : "asc" })),
    unique: false,
    where: null,
    ...o,
  };
}

/** A static column of the table, as in `Model.c.x`. */
export function columnOf(definition: TableDefinition["table"], { column: own, codec }: ColumnDefinition): ColumnNode {
  return { kind: "column", token: { kind: "table", table: definition }, column: own, codec };
}

export const raw = (text: string): RawNode => ({ kind: "raw", texts: [text], items: [], codec: null });
export const value = (given: unknown, codec: Codec): ExprNode => ({ kind: "value", value: given, codec });
