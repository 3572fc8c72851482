/** What a MySQL or MariaDB database has. Layer 4. */
import type { ReferentialAction } from "../../ast/ddl.ts";
import type { TypeWord } from "../../ast/type.ts";
import { sql } from "../../expr/sql-tag.ts";
import {
  type Asker,
  type InspectedCheck,
  type InspectedColumn,
  type InspectedForeignKey,
  type InspectedIndex,
  type InspectedTable,
  type InspectedType,
  type Inspector,
  sameType,
  temporaryName,
} from "../inspect.ts";
import { ddl } from "./ddl.ts";

const words: Readonly<Record<string, TypeWord>> = {
  smallint: "smallint",
  tinyint: "smallint",
  mediumint: "int",
  int: "int",
  bigint: "bigint",
  double: "float",
  float: "float",
  tinytext: "text",
  text: "text",
  mediumtext: "text",
  longtext: "text",
  datetime: "datetime",
  timestamp: "datetime",
  date: "date",
  time: "time",
  json: "json",
  tinyblob: "bytes",
  blob: "bytes",
  mediumblob: "bytes",
  longblob: "bytes",
  varbinary: "bytes",
  binary: "bytes",
};

/** What holds all values of an unsigned type. */
const wider: Readonly<Record<string, TypeWord>> = {
  tinyint: "smallint",
  smallint: "int",
  mediumint: "int",
  int: "bigint",
  bigint: "decimal",
};

function typeOf(native: string): InspectedType | null {
  if (native === "tinyint(1)") return { word: "bool" };
  const [, base = "", numbers, rest = ""] = /^(\w+)(?:\(([^)]*)\))?(.*)$/.exec(native) ?? [];
  const [first, second] = (numbers ?? "").split(",").map(Number);
  if (base === "char" && first === 36) return { word: "uuid" };
  if (base === "varchar" || base === "char") return { word: "string", length: first ?? 1 };
  if (base === "decimal") return { word: "decimal", precision: first ?? 10, scale: second ?? 0 };
  if (base === "enum" || base === "set") {
    const values = [...native.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = ""]) => [...value].length);
    return { word: "string", length: base === "enum" ? Math.max(1, ...values) : values.reduce((sum, n) => sum + n + 1, 0) };
  }
  if (/unsigned/.test(rest) && Object.hasOwn(wider, base)) {
    const word = wider[base] as TypeWord;
    return word === "decimal" ? { word, precision: 20, scale: 0 } : { word };
  }
  const word = Object.hasOwn(words, base) ? words[base] : undefined;
  return word === undefined ? null : { word };
}

interface ColumnRow {
  readonly Field: string;
  readonly Type: string;
  readonly Null: string;
  readonly Extra: string;
  readonly Comment: string;
}

/** The rows of `information_schema` tell nothing of temporary tables: these two statements do. */
async function described(
  db: Asker,
  ...table: readonly [string, ...string[]]
): Promise<{ columns: InspectedColumn[]; checks: InspectedCheck[] }> {
  const rows = await db.sql<ColumnRow>`show full columns from ${sql.id(...table)}`;
  const [made] = await db.sql<{ "Create Table": string }>`show create table ${sql.id(...table)}`;
  const lines = String(made?.["Create Table"] ?? "").split("\n");
  const columns = rows.map((row) => columnOf(row, lines));
  const checks = lines.flatMap((line): InspectedCheck[] => {
    const [, name, condition] = /^\s*CONSTRAINT `((?:[^`]|``)+)` CHECK \((.*)\)(?: \/\*.*\*\/)?,?$/.exec(line) ?? [];
    return name === undefined || condition === undefined ? [] : [{ name: name.replaceAll("``", "`"), condition }];
  });
  return { columns, checks };
}

function columnOf(row: ColumnRow, lines: readonly string[]): InspectedColumn {
  const quoted = `\`${row.Field.replaceAll("`", "``")}\``;
  const line = lines.find((one) => one.trimStart().startsWith(`${quoted} `)) ?? "";
  // MariaDB keeps documents as text with a check.
  const json = line.includes(`json_valid(${quoted})`);
  const [, text = null] =
    / DEFAULT (.*?)(?: CHECK \(json_valid\(.*\)\))?(?: COMMENT '.*')?(?: CHECK \(json_valid\(.*\)\))?,?$/.exec(line) ?? [];
  const byDatabase = text === "NULL" ? null : text;
  const [, constant = null] = /^'((?:[^'\\]|''|\\.)*)'$/s.exec(byDatabase ?? "") ?? [];
  const number = /^-?\d+(?:\.\d+)?$/.test(byDatabase ?? "") ? byDatabase : null;
  return {
    name: row.Field,
    native: json ? "json" : row.Type,
    type: typeOf(json ? "json" : row.Type),
    nullable: row.Null === "YES",
    identity: /auto_increment/i.test(row.Extra),
    generated: /(?:VIRTUAL|STORED|PERSISTENT) GENERATED|\b(?:VIRTUAL|STORED|PERSISTENT)\b/i.test(row.Extra),
    default: byDatabase,
    constant: constant === null ? number : constant.replaceAll("''", "'").replaceAll(/\\(.)/gs, "$1"),
    comment: row.Comment === "" ? null : row.Comment,
  };
}

interface IndexRow {
  readonly table: string;
  readonly name: string;
  readonly loose: number;
  readonly column: string | null;
  readonly direction: string | null;
  readonly part: number | null;
  readonly method: string;
}

async function indexRows(db: Asker, place: string | null): Promise<IndexRow[]> {
  return db.sql<IndexRow>`
    select table_name as \`table\`, index_name as name, non_unique as loose, column_name as \`column\`, collation as direction,
      sub_part as part, index_type as method
    from information_schema.statistics where table_schema = coalesce(${place}, database()) order by table_name, index_name, seq_in_index`;
}

interface KeyRow {
  readonly table: string;
  readonly name: string;
  readonly column: string;
  readonly schema: string | null;
  readonly target: string;
  readonly targetColumn: string;
  readonly onDelete: string;
  readonly onUpdate: string;
}

async function keyRows(db: Asker, place: string | null): Promise<KeyRow[]> {
  return db.sql<KeyRow>`
    select k.table_name as \`table\`, k.constraint_name as name, k.column_name as \`column\`,
      nullif(k.referenced_table_schema, database()) as \`schema\`, k.referenced_table_name as target,
      k.referenced_column_name as targetColumn, r.delete_rule as onDelete, r.update_rule as onUpdate
    from information_schema.key_column_usage k join information_schema.referential_constraints r
      on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
    where k.table_schema = coalesce(${place}, database()) and k.referenced_table_name is not null order by k.table_name, k.constraint_name, k.ordinal_position`;
}

/** The same to this server: both refuse at once. */
function actionOf(action: ReferentialAction): ReferentialAction {
  return action === "restrict" ? "no action" : action;
}

function foreignKeys(rows: readonly KeyRow[]): InspectedForeignKey[] {
  return [...new Set(rows.map(({ name }) => name))].map((name) => {
    const own = rows.filter((row) => row.name === name);
    const [first] = own as [KeyRow, ...KeyRow[]];
    return {
      name,
      columns: own.map(({ column }) => column),
      target: { name: first.target, schema: first.schema },
      targetColumns: own.map(({ targetColumn }) => targetColumn),
      onDelete: actionOf(first.onDelete.toLowerCase() as ReferentialAction),
      onUpdate: actionOf(first.onUpdate.toLowerCase() as ReferentialAction),
    };
  });
}

function indexes(rows: readonly IndexRow[], keys: readonly InspectedForeignKey[]): InspectedIndex[] {
  const named = [...new Set(rows.map(({ name }) => name))].filter((name) => name !== "PRIMARY");
  return named.flatMap((name): InspectedIndex[] => {
    const own = rows.filter((row) => row.name === name);
    const columns = own.map(({ column, direction }) => ({
      column: column ?? "",
      direction: direction === "D" ? ("desc" as const) : ("asc" as const),
    }));
    const unique = Number(own[0]?.loose) === 0;
    // The server made it for the key of the same name.
    const implied = keys.some((key) => key.name === name && key.columns.join() === columns.map(({ column }) => column).join());
    if (implied && !unique) return [];
    const special = own.some(({ column, part, method }) => column === null || part !== null || method !== "BTREE");
    return [{ name, columns, unique, where: null, special }];
  });
}

export const inspector: Inspector = {
  async tableNames(db) {
    const rows = await db.sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = database() and table_type = 'BASE TABLE' order by table_name`;
    return rows.map(({ name }) => ({ name, schema: null }));
  },
  async place(db) {
    const [row] = await db.sql<{ name: string | null }>`select database() as name`;
    return row?.name ?? null;
  },
  async tables(db, schema) {
    const place = schema ?? null;
    const names = await db.sql<{ name: string; comment: string }>`
      select table_name as name, table_comment as comment from information_schema.tables
      where table_schema = coalesce(${place}, database()) and table_type = 'BASE TABLE' order by table_name`;
    const [allIndexes, allKeys] = [await indexRows(db, place), await keyRows(db, place)];
    const tables: InspectedTable[] = [];
    for (const { name, comment } of names) {
      const { columns, checks } = await described(db, ...((place === null ? [name] : [place, name]) as [string, ...string[]]));
      const keys = foreignKeys(allKeys.filter((row) => row.table === name));
      const own = allIndexes.filter((row) => row.table === name);
      const found = indexes(own, keys);
      const plain = (index: InspectedIndex): boolean =>
        index.unique && !index.special && index.columns.every(({ direction }) => direction === "asc");
      tables.push({
        table: { name, schema: place },
        columns,
        primaryKey: own.filter((row) => row.name === "PRIMARY").map(({ column }) => column ?? ""),
        uniques: found.filter(plain).map((index) => ({ name: index.name, columns: index.columns.map(({ column }) => column) })),
        checks,
        foreignKeys: keys,
        indexes: found.filter((index) => !plain(index)),
        comment: comment === "" ? null : comment,
      });
    }
    return tables;
  },
  async echo(db, definition, o) {
    const checks = definition.checks.map((check, i) => ({ ...check, name: `kaka_check_${i}` }));
    const echoed = { ...definition, checks };
    await db.execute(`drop temporary table if exists ${temporaryName}`);
    for (const text of ddl.createTemporary(echoed, temporaryName, o)) await db.execute(text);
    const found = await described(db, temporaryName);
    await db.execute(`drop temporary table ${temporaryName}`);
    const names = [...ddl.typeChecks(echoed, o), ...checks.map(({ name }) => name)];
    return {
      columns: found.columns,
      checks: names.map((name) => (name === null ? null : (found.checks.find((check) => check.name === name)?.condition ?? null))),
    };
  },
  action: actionOf,
  uniqueIndexes: true,
  fits: (live, expected) => sameType(live.type, expected.type) && (live.type !== null || live.native === expected.native),
};
