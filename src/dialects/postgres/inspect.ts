/** What a PostgreSQL database has. Layer 4. */
import type { ReferentialAction } from "../../ast/ddl.ts";
import type { TypeWord } from "../../ast/type.ts";
import {
  type Asker,
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
  integer: "int",
  bigint: "bigint",
  "double precision": "float",
  real: "float",
  boolean: "bool",
  text: "text",
  "character varying": "text",
  citext: "text",
  date: "date",
  uuid: "uuid",
  json: "json",
  jsonb: "json",
  bytea: "bytes",
};

/** `character varying(200)`, `numeric(10,2)`, `timestamp(3) with time zone`, `integer[]`. */
function typeOf(native: string): InspectedType | null {
  if (native.endsWith("[]")) {
    const element = typeOf(native.slice(0, -2));
    return element === null ? null : { word: "array", element };
  }
  const word = Object.hasOwn(words, native) ? words[native] : undefined;
  if (word !== undefined) return { word };
  const [, base, numbers, rest] = /^([a-z ]+?)(?:\((\d+(?:,\s*\d+)?)\))?( with(?:out)? time zone)?$/.exec(native) ?? [];
  const [first, second] = (numbers ?? "").split(",").map(Number);
  if (base === "character varying" || base === "character") return { word: "string", length: first ?? 1 };
  if (base === "numeric") return numbers === undefined ? null : { word: "decimal", precision: first ?? 0, scale: second ?? 0 };
  if (base === "timestamp") return { word: "datetime" };
  return base === "time" && rest !== " with time zone" ? { word: "time" } : null;
}

/** `'draft'::character varying`, `0`, `true`, `'-5'::integer`. */
function constantOf(text: string | null): string | null {
  if (text === null) return null;
  const [, quoted] = /^'((?:[^']|'')*)'(?:::[\w\s."()]+?(?:\[\])?)?$/.exec(text) ?? [];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  return /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(text) ? text : (/^\((-\d+(?:\.\d+)?)\)$/.exec(text)?.[1] ?? null);
}

const actions: Readonly<Record<string, ReferentialAction>> = {
  a: "no action",
  r: "restrict",
  c: "cascade",
  n: "set null",
  d: "set default",
};

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly native: string;
  readonly required: boolean;
  readonly identity: string;
  readonly generated: string;
  readonly default: string | null;
  readonly comment: string | null;
}

/** `place` is a schema; the server knows its own for temporary tables by another name. */
async function columnRows(db: Asker, place: string): Promise<ColumnRow[]> {
  return db.sql<ColumnRow>`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as native, a.attnotnull as required,
      a.attidentity::text as identity, a.attgenerated::text as generated, pg_get_expr(d.adbin, d.adrelid) as default,
      col_description(a.attrelid, a.attnum) as comment
    from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace = ${place}::oid and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum`;
}

function columnOf(row: ColumnRow): InspectedColumn {
  const serial = /^nextval\(/.test(row.default ?? "");
  const identity = row.identity !== "" || serial;
  return {
    name: row.name,
    native: row.native,
    type: typeOf(row.native),
    nullable: !row.required,
    identity,
    generated: row.generated !== "",
    default: serial ? null : row.default,
    constant: serial ? null : constantOf(row.default),
    comment: row.comment,
  };
}

interface ConstraintRow {
  readonly table: string;
  readonly name: string;
  readonly kind: string;
  readonly columns: string;
  readonly targetSchema: string | null;
  readonly target: string | null;
  readonly targetColumns: string;
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly condition: string | null;
}

async function constraintRows(db: Asker, place: string): Promise<ConstraintRow[]> {
  return db.sql<ConstraintRow>`
    select c.relname as table, k.conname as name, k.contype::text as kind,
      array_to_json(array(select attname from unnest(k.conkey) with ordinality u(n, i)
        join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by u.i))::text as columns,
      case when tn.nspname = current_schema() then null else tn.nspname end as "targetSchema", t.relname as target,
      array_to_json(array(select attname from unnest(k.confkey) with ordinality u(n, i)
        join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n order by u.i))::text as "targetColumns",
      k.confdeltype::text as "onDelete", k.confupdtype::text as "onUpdate", pg_get_expr(k.conbin, k.conrelid) as condition
    from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
      left join pg_catalog.pg_class t on t.oid = k.confrelid left join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
    where c.relnamespace = ${place}::oid and c.relkind in ('r', 'p') and k.contype in ('p', 'u', 'c', 'f')
    order by c.relname, k.conname`;
}

interface IndexRow {
  readonly table: string;
  readonly name: string;
  readonly unique: boolean;
  readonly special: boolean;
  readonly columns: string;
  readonly descending: string;
  readonly where: string | null;
}

async function indexRows(db: Asker, place: string): Promise<IndexRow[]> {
  return db.sql<IndexRow>`
    select c.relname as table, ic.relname as name, x.indisunique as unique,
      (x.indexprs is not null or m.amname <> 'btree' or x.indnatts <> x.indnkeyatts or not x.indisvalid) as special,
      array_to_json(array(select a.attname from unnest(x.indkey) with ordinality u(n, i)
        left join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = u.n order by u.i))::text as columns,
      array_to_json(array(select (o & 1) = 1 from unnest(x.indoption) with ordinality u(o, i) order by u.i))::text as descending,
      pg_get_expr(x.indpred, x.indrelid) as where
    from pg_catalog.pg_index x join pg_catalog.pg_class c on c.oid = x.indrelid join pg_catalog.pg_class ic on ic.oid = x.indexrelid
      join pg_catalog.pg_am m on m.oid = ic.relam
    where c.relnamespace = ${place}::oid and c.relkind in ('r', 'p')
      and not exists (select 1 from pg_catalog.pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
    order by c.relname, ic.relname`;
}

function indexOf(row: IndexRow): InspectedIndex {
  const descending = JSON.parse(row.descending) as boolean[];
  const columns = (JSON.parse(row.columns) as (string | null)[]).map((column, i) => ({
    column: column ?? "",
    direction: descending[i] === true ? ("desc" as const) : ("asc" as const),
  }));
  return { name: row.name, columns, unique: row.unique, where: row.where, special: row.special };
}

function foreignKeyOf(row: ConstraintRow): InspectedForeignKey {
  return {
    name: row.name,
    columns: JSON.parse(row.columns) as string[],
    target: { name: row.target ?? "", schema: row.targetSchema },
    targetColumns: JSON.parse(row.targetColumns) as string[],
    onDelete: actions[row.onDelete] ?? "no action",
    onUpdate: actions[row.onUpdate] ?? "no action",
  };
}

async function placeOf(db: Asker, schema: string | null): Promise<string> {
  const [row] = await db.sql<{ oid: string }>`
    select oid::text as oid from pg_catalog.pg_namespace where nspname = coalesce(${schema}::text, current_schema())`;
  return String(row?.oid ?? "0");
}

export const inspector: Inspector = {
  async tableNames(db) {
    const rows = await db.sql<{ name: string }>`
      select c.relname as name from pg_catalog.pg_class c
      where c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())
        and c.relkind in ('r', 'p') order by c.relname`;
    return rows.map(({ name }) => ({ name, schema: null }));
  },
  async place(db) {
    const [row] = await db.sql<{ name: string | null }>`select current_schema() as name`;
    return row?.name ?? null;
  },
  async tables(db, schema) {
    const place = await placeOf(db, schema ?? null);
    const columns = await columnRows(db, place);
    const constraints = await constraintRows(db, place);
    const indexes = await indexRows(db, place);
    const comments = await db.sql<{ table: string; comment: string | null }>`
      select relname as table, obj_description(oid, 'pg_class') as comment from pg_catalog.pg_class
      where relnamespace = ${place}::oid and relkind in ('r', 'p') order by relname`;
    return comments.map(({ table, comment }): InspectedTable => {
      const own = constraints.filter((row) => row.table === table);
      const keys = (kind: string) => own.filter((row) => row.kind === kind);
      const key = (row: ConstraintRow) => ({ name: row.name, columns: JSON.parse(row.columns) as string[] });
      return {
        table: { name: table, schema: schema ?? null },
        columns: columns.filter((row) => row.table === table).map(columnOf),
        primaryKey: keys("p").flatMap((row) => key(row).columns),
        uniques: keys("u").map(key),
        checks: keys("c").map((row) => ({ name: row.name, condition: row.condition ?? "" })),
        foreignKeys: keys("f").map(foreignKeyOf),
        indexes: indexes.filter((row) => row.table === table).map(indexOf),
        comment,
      };
    });
  },
  async echo(db, definition, o) {
    const checks = definition.checks.map((check, i) => ({ ...check, name: `kaka_check_${i}` }));
    const echoed = { ...definition, checks };
    await db.execute(`drop table if exists pg_temp.${temporaryName}`);
    for (const text of ddl.createTemporary(echoed, temporaryName, o)) await db.execute(text);
    const [place] = await db.sql<{ oid: string }>`select pg_my_temp_schema()::oid::text as oid`;
    const rows = (await columnRows(db, String(place?.oid))).filter((row) => row.table === temporaryName);
    const found = (await constraintRows(db, String(place?.oid))).filter((row) => row.table === temporaryName && row.kind === "c");
    await db.execute(`drop table pg_temp.${temporaryName}`);
    const names = [...ddl.typeChecks(echoed, o), ...checks.map(({ name }) => name)];
    const text = (name: string | null): string | null => found.find((row) => row.name === name)?.condition ?? null;
    return { columns: rows.map(columnOf), checks: names.map((name) => (name === null ? null : text(name))) };
  },
  action: (action) => action,
  uniqueIndexes: false,
  fits: (live, expected) => sameType(live.type, expected.type) && (live.type !== null || live.native === expected.native),
};
