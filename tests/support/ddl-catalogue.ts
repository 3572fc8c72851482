/** Tables on a real server for the time of a test, and what its catalogue must say about them. */
import { expect } from "vitest";
import type { TableDefinition } from "../../src/ast/ddl.ts";
import { namesOf } from "../../src/render/ddl-names.ts";
import { defaultNaming } from "../../src/render/naming.ts";
import type { Server } from "./ddl-servers.ts";

/** How servers say that a constraint is in the way. */
export const refused = /constraint|violates|duplicate|cannot be null|required a different/i;

/** Quoted as this server wants it. */
export const quoted = ({ writer }: Server, name: string): string => {
  const mark = writer.traits.quote;
  return mark + name.replaceAll(mark, mark + mark) + mark;
};
export const literal = ({ family }: Server, text: string): string =>
  `'${(family === "mysql" ? text.replaceAll("\\", "\\\\") : text).replaceAll("'", "''")}'`;

/** Creates, runs the test, drops; nothing may be left. */
export async function withTables(server: Server, tables: readonly TableDefinition[], test: () => Promise<void>): Promise<void> {
  await server.run(server.writer.create(tables));
  try {
    await test();
  } finally {
    await dropped(server, server.writer.drop(tables));
  }
  expect(await server.tables()).toEqual([]);
}

/** SQLite drops a cycle of tables with rows in a transaction only. */
async function dropped(server: Server, statements: readonly string[]): Promise<void> {
  if (server.family !== "sqlite") return server.run(statements);
  await server.run(["begin"]);
  try {
    await server.run([...statements, "commit"]);
  } catch (error) {
    await server.run(["rollback"]);
    throw error;
  }
}

const checkedTypes = { postgres: ["enum"], sqlite: ["enum", "bool"], mysql: ["enum"] } as const;

/** What the catalogue has to say about a definition. */
export async function expectCatalogue(server: Server, definition: TableDefinition): Promise<void> {
  const rules = { traits: server.writer.traits, refuse: () => null };
  const names = namesOf(definition, rules, defaultNaming, checkedTypes[server.family]);
  const checks = [...names.types.filter((name) => name !== null), ...names.checks];
  const primary = definition.primaryKey.length === 0 ? [] : [`primary key ${server.family === "mysql" ? "PRIMARY" : names.primaryKey}`];
  const unique = definition.indexes.flatMap((one, i) => (one.unique && server.family === "mysql" ? [`unique ${names.indexes[i]}`] : []));
  const expected = [...primary, ...names.uniques.map((name) => `unique ${name}`), ...unique];
  expected.push(...checks.map((name) => `check ${name}`), ...names.foreignKeys.map((name) => `foreign key ${name}`));
  expect(await server.constraints(definition.table.name)).toEqual(expected.sort());
  const indexes = [...names.indexes, ...(server.family === "mysql" ? names.uniques : [])];
  expect(await server.indexes(definition.table.name)).toEqual(indexes.sort());
}
