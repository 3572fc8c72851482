/** Kept texts against the renderer: whatever was asked before, a statement is the one that would be written for it alone. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UpdateNode } from "../../src/ast/dml.ts";
import { intCodec } from "../../src/codec/number.ts";
import { Parameter } from "../../src/codec/parameter.ts";
import { wire as mysqlWire } from "../../src/dialects/mysql/codecs.ts";
import { dialect as mysql } from "../../src/dialects/mysql/index.ts";
import { MysqlRenderer } from "../../src/dialects/mysql/renderer.ts";
import { wire as postgresWire } from "../../src/dialects/postgres/codecs.ts";
import { dialect as postgres } from "../../src/dialects/postgres/index.ts";
import { PostgresRenderer } from "../../src/dialects/postgres/renderer.ts";
import { wire as sqliteWire } from "../../src/dialects/sqlite/codecs.ts";
import { dialect as sqlite } from "../../src/dialects/sqlite/index.ts";
import { SqliteRenderer } from "../../src/dialects/sqlite/renderer.ts";
import type { ServerInfo } from "../../src/drivers/driver.ts";
import { expressionOf } from "../../src/expr/expression-of.ts";
import { bool, bytes, datetime, decimal, float, int, json, Model, str } from "../../src/index.ts";
import type { ModelMeta } from "../../src/model/meta.ts";
import { countTree, noColumns, orderOf, type QueryState, queryStateOf, selectionOf, selectTree } from "../../src/model/query-state.ts";
import { updateNode } from "../../src/model/query-writes.ts";
import { type Compiler, compilerOf } from "../../src/render/compiler.ts";
import { defaultNaming } from "../../src/render/naming.ts";
import type { Renderer, StatementNode } from "../../src/render/renderer.ts";
import type { RenderContext } from "../../src/render/writer.ts";

class Kept extends Model("kept", {
  a: int(),
  b: int().nullable(),
  title: str(),
  other: str({ length: 50 }).nullable(),
  score: float(),
  done: bool(),
  at: datetime(),
  price: decimal({ precision: 10, scale: 2 }),
  raw: bytes(),
  doc: json<unknown>(),
}) {}

// biome-ignore lint/suspicious/noExplicitAny: conditions are put together of names that were drawn
type Any = any;

type Make = (context: Omit<RenderContext, "wire">) => Renderer;
const server = (family: ServerInfo["family"], flavour: ServerInfo["flavour"], version: [number, number, number]): ServerInfo => ({
  family,
  flavour,
  version: version.join("."),
  versionParts: version,
  encoding: "UTF-8",
});
const targets: readonly (readonly [string, Make, ReturnType<typeof sqlite.traits>])[] = [
  [
    "sqlite",
    (context) => new SqliteRenderer({ ...context, wire: sqliteWire }),
    sqlite.traits(server("sqlite", "sqlite", [3, 50, 0]), false),
  ],
  [
    "postgres",
    (context) => new PostgresRenderer({ ...context, wire: postgresWire }),
    postgres.traits(server("postgres", "postgres", [15, 0, 0]), false),
  ],
  ["mariadb", (context) => new MysqlRenderer({ ...context, wire: mysqlWire }), mysql.traits(server("mysql", "mariadb", [10, 11, 0]), true)],
  ["mysql", (context) => new MysqlRenderer({ ...context, wire: mysqlWire }), mysql.traits(server("mysql", "mysql", [9, 0, 0]), true)],
];

/** Few values, so that equal ones meet: those could hide that two were exchanged. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  a: [0, 1, 2, -5],
  b: [1, 7, 2147483647],
  title: ["", "a", "a%", "_b", "!", "\\", "100%!\\_", "é'\"`", "[x]*?"],
  other: ["a", "!!", "\\\\"],
  score: [0, 1, 1.5, -0],
  done: [true, false],
  at: [new Date(0), new Date("2024-02-29T12:00:00.123Z")],
  price: ["1.50", "0.00", "12345.67"],
  raw: [new Uint8Array([1, 2]), new Uint8Array()],
};
type Key = keyof typeof values & string;
const keys = Object.keys(values) as Key[];
const texts: readonly Key[] = ["title", "other"];
const ordered = keys.filter((key) => key !== "done" && key !== "raw");

type Condition = (scope: Any) => Any;
const drawn = (key: Key) => fc.constantFrom(...(values[key] as unknown[]));
const simple: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom(...keys).chain((key) =>
    fc
      .record({
        op: fc.constantFrom(...(ordered.includes(key) ? ["eq", "ne", "gt", "gte", "lt", "lte"] : ["eq", "ne"])),
        value: drawn(key),
      })
      .map(
        ({ op, value }): Condition =>
          (row) =>
            row[key][op](value),
      ),
  ),
  fc.constantFrom(...texts).chain((key) =>
    fc.record({ op: fc.constantFrom("like", "ilike", "startsWith", "endsWith", "contains"), value: drawn(key) }).map(
      ({ op, value }): Condition =>
        (row) =>
          row[key][op](value),
    ),
  ),
  fc.constantFrom(...ordered).chain((key) =>
    fc.tuple(drawn(key), drawn(key)).map(
      ([low, high]): Condition =>
        (row) =>
          row[key].between(low, high),
    ),
  ),
  fc.constantFrom(...keys).chain((key) =>
    fc.array(drawn(key), { maxLength: 3 }).map(
      (list): Condition =>
        (row) =>
          row[key].in(list),
    ),
  ),
  fc.constantFrom("b", "other").chain((key) =>
    fc.constantFrom("isNull", "isNotNull").map(
      (op): Condition =>
        (row) =>
          row[key][op](),
    ),
  ),
  fc.constantFrom("eq", "lt").map(
    (op): Condition =>
      (row) =>
        row.a[op](row.b),
  ),
  fc.constant<Condition>((row) => row.done),
  fc.constant<Condition>((row) => row.doc.eq({ x: 1 })),
  fc.constant<Condition>(() => (Kept as Any).c.a.eq(1)),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    simple,
    fc.tuple(tie("condition"), tie("condition")).map(
      ([x, y]): Condition =>
        (row) =>
          x(row).and(y(row)),
    ),
    fc.tuple(tie("condition"), tie("condition")).map(
      ([x, y]): Condition =>
        (row) =>
          x(row).or(y(row)),
    ),
    tie("condition").map(
      (x): Condition =>
        (row) =>
          x(row).not(),
    ),
  ),
}));

const query = fc
  .record({
    where: fc.array(condition, { maxLength: 3 }),
    order: fc.array(fc.tuple(fc.constantFrom("id", ...keys), fc.constantFrom("asc", "desc")), { maxLength: 2 }),
    limit: fc.constantFrom(null, 1, 5),
    offset: fc.constantFrom(null, 0, 5),
    distinct: fc.boolean(),
    names: fc.constantFrom(null, ["title"], ["b", "title"], ["price", "at"]),
  })
  .map(({ where, order, limit, offset, distinct, names }): QueryState => {
    let built: Any = Kept.all();
    for (const each of where) built = built.where(each);
    if (order.length > 0) built = built.orderBy((row: Any) => order.map(([key, direction]) => row[key][direction]()));
    if (limit !== null) built = built.limit(limit);
    if (offset !== null) built = built.offset(offset);
    if (names !== null) built = built.select(...names);
    if (distinct && where.length === 3) built = built.distinct();
    return queryStateOf(built, "this test");
  });

const read = query.map((state): StatementNode => selectTree(state, selectionOf(state).columns, orderOf(state, false)));
const remove = query.map(
  ({ where }): StatementNode => ({ kind: "delete", table: (queryStateOf(Kept.all(), "").meta as ModelMeta).table, where }),
);
const settable = keys.filter((key) => key !== "raw");
const change = fc
  .tuple(
    query,
    fc.dictionary(fc.constantFrom(...settable), fc.nat(2), { minKeys: 1, maxKeys: 3 }),
    fc.constantFrom<Condition | null>(null, (row) => row.a.add(1)),
  )
  .map(([state, picks, computed]): UpdateNode => {
    const set: Record<string, unknown> = {};
    for (const [key, pick] of Object.entries(picks)) set[key] = (values[key] as unknown[])[pick % (values[key] as unknown[]).length];
    const plain = { ...state, allRows: true, limit: null, offset: null, distinct: false, orderBy: null, selection: null };
    return updateNode(plain, computed === null ? set : (row: Any) => ({ ...set, b: computed(row) }));
  });
const count = query.map((state): StatementNode => countTree(state));
const exists = query.map((state): StatementNode => selectTree({ ...state, limit: 1 }, noColumns));
const statement = fc.oneof({ weight: 3, arbitrary: read }, remove, change, count, exists);

const naming = defaultNaming;

describe.each(targets)("%s", (name, make, traits) => {
  const alone = (node: StatementNode): ReturnType<Compiler> => compilerOf(make)(node, traits, naming);
  /** A compiler that is asked again and again, and how many statements it has written. */
  const counted = () => {
    let statements = 0;
    const shared = compilerOf((context) => {
      const renderer = make(context);
      const write = renderer.statement.bind(renderer);
      renderer.statement = (node) => {
        statements++;
        return write(node);
      };
      return renderer;
    });
    return { shared, rendered: () => statements };
  };

  it("writes what it would write for each statement alone", () => {
    const { shared, rendered } = counted();
    let asked = 0;
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 8 }), (nodes) => {
        for (const node of nodes) {
          const expected = alone(node);
          // Twice: the second one meets what the first one left.
          for (let i = 0; i < 2; i++) expect(shared(node, traits, naming)).toEqual(expected);
          asked += 2;
        }
      }),
      { numRuns: 400 },
    );
    // Not a test of nothing: most of the second ones were kept.
    expect(rendered()).toBeLessThan(asked * 0.9);
  });

  it("keeps one text for values that differ, and no value", () => {
    const texts = new Set<string>();
    const { shared, rendered } = counted();
    // The empty text lies before no other that is its beginning's next one: SQLite writes it in a form of its own.
    const forms = name === "sqlite" ? 2 : 1;
    for (const title of values.title as string[])
      for (const a of values.a as number[]) {
        const state = queryStateOf(Kept.where((row) => row.a.gt(a).and(row.title.startsWith(title))).where({ other: title }), "");
        const node = selectTree(state, selectionOf(state).columns, []);
        const { sql, params } = shared(node, traits, naming);
        texts.add(sql);
        expect(params).toEqual(alone(node).params);
      }
    expect(texts.size).toBe(forms);
    expect(rendered()).toBe(forms);
  });

  it("keeps the texts of counts and of questions whether there are rows", () => {
    const { shared, rendered } = counted();
    for (const a of values.a as number[]) {
      const state = queryStateOf(Kept.where({ a }), "");
      for (const node of [countTree(state), selectTree({ ...state, limit: 1 }, noColumns)]) {
        expect(shared(node, traits, naming)).toEqual(alone(node));
      }
    }
    expect(rendered()).toBe(2);
  });

  it("keeps the texts of selected columns, each selection's own", () => {
    const { shared, rendered } = counted();
    for (const a of values.a as number[])
      for (const names of [["title"], ["title", "b"], ["b", "title"]]) {
        const asked: Any = Kept.where({ a });
        const state = queryStateOf(asked.select(...names), "");
        const node = selectTree(state, selectionOf(state).columns, []);
        expect(shared(node, traits, naming)).toEqual(alone(node));
      }
    expect(rendered()).toBe(3);
  });

  it("leaves alone what is given later", () => {
    const shared = compilerOf(make);
    const at = (n: Any) =>
      queryStateOf(
        Kept.where((row) => row.a.eq(n)),
        "",
      );
    const later = at(expressionOf({ kind: "value", value: new Parameter("n"), codec: intCodec }, intCodec, "n"));
    const now = at(3);
    for (const state of [now, later, now]) {
      const node = selectTree(state, selectionOf(state).columns, []);
      expect(shared(node, traits, naming)).toEqual(alone(node));
    }
  });
});
