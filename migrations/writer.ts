/** Migration files as text, and into their folder. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { MigrationError, UsageError } from "../src/errors.ts";
import type { MigrationSpec } from "./migration.ts";
import type { Operation } from "./operations.ts";
import { type Called, called, printValue } from "./print.ts";
import { shownName, type TableName } from "./state.ts";

/** `2026-11-21T16:59:00Z` as `20261121165900`. */
export function stampOf(time: Date): string {
  return time.toISOString().replace(/\D/g, "").slice(0, 14);
}

/** Letters, digits and underscores: whatever else a name holds can lead nowhere. */
export function slugOf(text: string): string {
  const slug = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return slug === "" ? "migration" : slug;
}

function tableOf(table: TableName): string {
  return slugOf(shownName(table));
}

/** A name that says what the operations do: `initial`, `post_add_rank`. */
export function describeSlug(operations: readonly Operation[], first: boolean): string {
  if (first) return "initial";
  const [only] = operations;
  if (only === undefined) return "empty";
  const words = operations.slice(0, 3).map(slugWords);
  const text = [...new Set(words)].join("_and_");
  return slugOf(operations.length > 3 ? `${words[0]}_and_more` : text);
}

function slugWords(operation: Operation): string {
  switch (operation.op) {
    case "runSql":
    case "run":
    case "separateState":
      return operation.op;
    case "createTable":
      return `create_${tableOf(operation.table)}`;
    case "dropTable":
      return `drop_${tableOf(operation.table)}`;
    case "renameTable":
      return `rename_${tableOf(operation.table)}_to_${operation.to}`;
    case "addColumn":
      return `${tableOf(operation.table)}_add_${operation.column.name}`;
    case "dropColumn":
      return `${tableOf(operation.table)}_drop_${operation.column}`;
    case "renameColumn":
      return `${tableOf(operation.table)}_rename_${operation.column}_to_${operation.to}`;
    case "alterColumn":
      return `${tableOf(operation.table)}_alter_${operation.column}`;
    default:
      return `${tableOf(operation.table)}_${operation.op}`;
  }
}

function printed(operation: Operation): Called {
  switch (operation.op) {
    case "createTable":
      return called("createTable", operation.table, operation.parts);
    case "dropTable":
      return called("dropTable", operation.table);
    case "renameTable":
      return called("renameTable", operation.table, operation.to);
    case "addColumn":
      return called("addColumn", operation.table, operation.column, ...options({ fill: operation.fill }));
    case "dropColumn":
      return called("dropColumn", operation.table, operation.column, ...options({ fill: operation.fill }));
    case "renameColumn":
      return called("renameColumn", operation.table, operation.column, operation.to);
    case "alterColumn":
      return called("alterColumn", operation.table, operation.column, operation.change, ...options({ fill: operation.fill }));
    case "addIndex":
      return called("addIndex", operation.table, operation.index, ...options({ concurrently: operation.concurrently }));
    case "dropIndex":
      return called("dropIndex", operation.table, operation.name, ...options({ concurrently: operation.concurrently }));
    case "addUnique":
      return called("addUnique", operation.table, operation.unique);
    case "addCheck":
      return called("addCheck", operation.table, operation.check);
    case "addForeignKey":
      return called("addForeignKey", operation.table, operation.foreignKey);
    case "dropUnique":
    case "dropCheck":
    case "dropForeignKey":
      return called(operation.op, operation.table, operation.name);
    case "setPrimaryKey":
      return called("setPrimaryKey", operation.table, operation.columns);
    case "comment":
      return called("comment", operation.table, operation.text);
    case "runSql":
      return called("runSql", operation.up, ...options({ down: operation.down ?? undefined, destroys: operation.destroys }));
    case "separateState":
      return called("separateState", { state: operation.state.map(printed), database: operation.database.map(printed) });
    case "run":
      throw new UsageError("a step in code cannot be written into another file");
    default:
      throw operation satisfies never;
  }
}

function options(given: Readonly<Record<string, unknown>>): object[] {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? [] : [Object.fromEntries(entries)];
}

function calls(part: unknown, found: Set<string>): Set<string> {
  if (typeof part !== "object" || part === null) return found;
  if ("call" in part && typeof part.call === "string") found.add(part.call);
  for (const item of Object.values(part)) calls(item, found);
  return found;
}

/** The text of a file. `comments` stand above everything, one line each. */
export function printMigration(spec: MigrationSpec, comments: readonly string[] = []): string {
  const operations = spec.operations.map(printed);
  const body = [
    ...(spec.parents === undefined ? [] : [`  parents: ${printValue(spec.parents, "  ")},`]),
    ...(spec.replaces === undefined || spec.replaces.length === 0 ? [] : [`  replaces: ${printValue(spec.replaces, "  ")},`]),
    ...(spec.transaction === false ? ["  transaction: false,"] : []),
    operations.length === 0
      ? "  operations: [],"
      : `  operations: [\n${operations.map((operation) => `    ${printValue(operation, "    ")},\n`).join("")}  ],`,
  ];
  const names = ["defineMigration", ...calls(operations, new Set())].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const line = `import { ${names.join(", ")} } from "kakaorm/migrations";`;
  const imports = line.length <= 140 ? line : `import {\n${names.map((name) => `  ${name},\n`).join("")}} from "kakaorm/migrations";`;
  // A comment is one line, whatever stands in it.
  const above = comments.map((text) => `// ${text.replace(/[\r\n\u2028\u2029]+/g, " ")}\n`).join("");
  return `${above}${imports}\n\nexport default defineMigration({\n${body.join("\n")}\n});\n`;
}

/**
 * Writes a file into the folder and returns its path. The name is made safe, and nothing is overwritten.
 * @throws MigrationError when the folder cannot be written to
 */
export function writeMigration(folder: string, name: string, text: string): string {
  const home = resolve(folder);
  const path = join(home, `${name}.ts`);
  if (!/^[\w-]+$/.test(name) || !path.startsWith(home + sep)) throw new UsageError(`${JSON.stringify(name)} is no name for a migration`);
  try {
    mkdirSync(home, { recursive: true });
    if (existsSync(path)) throw new UsageError(`${path} exists already`);
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = (error as { code?: string }).code ?? "unknown error";
    throw new MigrationError(`${path} cannot be written (${code})`, { hint: "check the folder and its permissions" });
  }
  return path;
}

/** A name that no file has: its stamp comes after those that are there. */
export function freshName(slug: string, existing: readonly string[], now: Date): string {
  const latest = existing.map((name) => /^\d{14}/.exec(name)?.[0] ?? "").reduce((a, b) => (a > b ? a : b), "");
  let time = now;
  while (stampOf(time) <= latest) time = new Date(Math.max(time.getTime(), timeOf(latest)) + 1000);
  return `${stampOf(time)}_${slugOf(slug)}`;
}

function timeOf(stamp: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(stamp) ?? [];
  const time = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  return Number.isNaN(time) ? 0 : time;
}
