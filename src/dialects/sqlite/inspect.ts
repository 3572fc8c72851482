/** What a SQLite database has. Layer 4. */
import type { ReferentialAction } from "../../ast/ddl.ts";
import type {
  Asker,
  InspectedColumn,
  InspectedForeignKey,
  InspectedIndex,
  InspectedKey,
  InspectedTable,
  InspectedType,
  Inspector,
} from "../inspect.ts";
import { ddl } from "./ddl.ts";
import { normalText, readTableText, type TableText, type TextColumn } from "./table-text.ts";

/** By SQLite's own rules: the type is what its name contains. */
function affinityOf(native: string): "integer" | "text" | "blob" | "real" | "numeric" {
  if (/int/i.test(native)) return "integer";
  if (/char|clob|text/i.test(native)) return "text";
  if (native === "" || /blob/i.test(native)) return "blob";
  return /real|floa|doub/i.test(native) ? "real" : "numeric";
}

/** The best guess at what a column that somebody else made is for. */
function typeOf(native: string): InspectedType | null {
  const [, digits, scale] = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(native) ?? [];
  const affinity = affinityOf(native);
  if (affinity === "integer")
    return /^(?:big|unsigned big)/i.test(native) ? { word: "bigint" } : { word: /^small/i.test(native) ? "smallint" : "int" };
  if (affinity === "text")
    return digits === undefined || scale !== undefined ? { word: "text" } : { word: "string", length: Number(digits) };
  if (affinity === "blob") return { word: "bytes" };
  if (/^(?:datetime|timestamp)/i.test(native)) return { word: "datetime" };
  if (/^date$/i.test(native)) return { word: "date" };
  return { word: "float" };
}

function columnOf(text: TextColumn, key: readonly string[], required: boolean): InspectedColumn {
  const quoted = /^'((?:[^']|'')*)'$/.exec(text.default ?? "")?.[1];
  const number = /^\(?\s*(-?)\s*(\d+(?:\.\d+)?)\s*\)?$/.exec(text.default ?? "");
  const rowid = key.length === 1 && key[0] === text.name && /^integer$/i.test(text.type);
  return {
    name: text.name,
    native: text.type.replaceAll(" (", "(").replaceAll("( ", "(").replaceAll(" )", ")").replaceAll(" ,", ","),
    type: typeOf(text.type),
    nullable: !required && !(rowid && text.autoincrement),
    // A sole key of this type is numbered, with AUTOINCREMENT or without.
    identity: text.autoincrement || rowid,
    generated: text.generated,
    default: text.default === "null" ? null : text.default,
    constant: quoted?.replaceAll("''", "'") ?? (number === null ? null : `${number[1]}${number[2]}`),
    comment: null,
  };
}

interface Row {
  readonly name: string;
  readonly sql: string;
}

async function keysOf(db: Asker, table: string, text: TableText): Promise<InspectedForeignKey[]> {
  const rows = await db.sql<{ id: number; target: string; column: string; to: string | null; up: string; down: string }>`
    select id, "table" as target, "from" as "column", "to", on_update as up, on_delete as down
    from pragma_foreign_key_list(${table}) order by id desc, seq`;
  const keys: InspectedForeignKey[] = [];
  for (const id of new Set(rows.map((row) => Number(row.id)))) {
    const own = rows.filter((row) => Number(row.id) === id);
    const columns = own.map(({ column }) => column);
    const [first] = own;
    if (first === undefined) continue;
    const named = text.foreignKeys.find((key) => key.columns.join().toLowerCase() === columns.join().toLowerCase());
    const target = await db.sql<{ name: string }>`select name from pragma_table_info(${first.target}) where pk > 0 order by pk`;
    keys.push({
      name: named?.name ?? `${table}_${columns.join("_")}_fkey`,
      columns,
      target: { name: first.target, schema: null },
      targetColumns: own.map(({ to }, i) => to ?? target[i]?.name ?? ""),
      onDelete: first.down.toLowerCase() as ReferentialAction,
      onUpdate: first.up.toLowerCase() as ReferentialAction,
    });
  }
  return keys;
}

interface IndexRow {
  readonly name: string;
  readonly unique: number;
  readonly origin: string;
  readonly sql: string | null;
}

async function indexesOf(db: Asker, table: string, text: TableText): Promise<{ indexes: InspectedIndex[]; uniques: InspectedKey[] }> {
  const rows = await db.sql<IndexRow>`
    select l.name, l."unique", l.origin, s.sql from pragma_index_list(${table}) l left join sqlite_schema s on s.name = l.name and s.type = 'index'
    order by l.name`;
  const indexes: InspectedIndex[] = [];
  const uniques: InspectedKey[] = [];
  for (const { name, unique, origin, sql } of rows) {
    if (origin === "pk") continue;
    const parts = await db.sql<{ name: string | null; desc: number; coll: string }>`
      select name, "desc", coll from pragma_index_xinfo(${name}) where key = 1 order by seqno`;
    const columns = parts.map((part) => ({
      column: part.name ?? "",
      direction: Number(part.desc) === 1 ? ("desc" as const) : ("asc" as const),
    }));
    if (origin === "u") {
      const own = columns.map(({ column }) => column);
      const named = text.uniques.find((key) => key.columns.join().toLowerCase() === own.join().toLowerCase());
      uniques.push({ name: named?.name ?? `${table}_${own.join("_")}_key`, columns: own });
      continue;
    }
    const normal = normalText(sql ?? "");
    const at = normal.indexOf(") where ");
    const special = parts.some((part) => part.name === null || part.coll.toLowerCase() !== "binary");
    indexes.push({ name, columns, unique: Number(unique) === 1, where: at < 0 ? null : normal.slice(at + ") where ".length), special });
  }
  return { indexes, uniques };
}

export const inspector: Inspector = {
  async tableNames(db) {
    const rows = await db.sql<{ name: string }>`
      select name from sqlite_schema where type = 'table' and name not like ${"sqlite!_%"} escape '!' order by name`;
    return rows.map(({ name }) => ({ name, schema: null }));
  },
  place: async () => null,
  async tables(db, schema) {
    if (schema !== undefined) return []; // other files that are attached are known to one connection only
    const rows = await db.sql<Row>`
      select name, sql from sqlite_schema where type = 'table' and name not like ${"sqlite!_%"} escape '!' and sql like ${"create table%"} order by name`;
    const tables: InspectedTable[] = [];
    for (const { name, sql } of rows) {
      const text = readTableText(sql);
      const info = await db.sql<{ name: string; required: number; pk: number }>`
        select name, "notnull" as required, pk from pragma_table_xinfo(${name}) order by cid`;
      const primaryKey = info
        .filter(({ pk }) => Number(pk) > 0)
        .sort((a, b) => Number(a.pk) - Number(b.pk))
        .map((column) => column.name);
      const columns = text.columns.map((column) => {
        const required = info.some((one) => one.name === column.name && Number(one.required) === 1);
        return columnOf(column, primaryKey, required || primaryKey.includes(column.name));
      });
      const { indexes, uniques } = await indexesOf(db, name, text);
      tables.push({
        table: { name, schema: null },
        columns,
        primaryKey,
        uniques,
        checks: text.checks.map((check, i) => ({ name: check.name ?? `${name}_check_${i + 1}`, condition: check.condition })),
        foreignKeys: await keysOf(db, name, text),
        indexes,
        comment: null,
      });
    }
    return tables;
  },
  // The text of a table is kept as it was written: nothing has to be made to know it.
  async echo(_db, definition, o) {
    const checks = definition.checks.map((check, i) => ({ ...check, name: `kaka_check_${i}` }));
    const echoed = { ...definition, checks };
    const [created = ""] = ddl.createTemporary(echoed, definition.table.name, o);
    const text = readTableText(created);
    const key = definition.primaryKey.map(({ name }) => name);
    const columns = text.columns.map((column, i) => {
      const { nullable = true } = definition.columns[i] ?? {};
      return columnOf(column, key, !nullable || key.includes(column.name));
    });
    const names = [...ddl.typeChecks(echoed, o), ...checks.map(({ name }) => name)];
    return { columns, checks: names.map((name) => text.checks.find((check) => check.name === name)?.condition ?? null) };
  },
  action: (action) => action,
  uniqueIndexes: false,
  fits(live, expected) {
    const [one, other] = [affinityOf(live.native), affinityOf(expected.native)];
    return one === other || (one === "numeric" && other !== "blob");
  },
};
