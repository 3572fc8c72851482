/** The rendered tables on real servers: they are taken, the catalogue has all of them, and the constraints bite. */
import { afterAll, describe, expect, it } from "vitest";
import type { TableDefinition } from "../../../src/ast/ddl.ts";
import type { CompareOp, ExprNode } from "../../../src/ast/expr.ts";
import { arrayCodec } from "../../../src/codec/compose.ts";
import { jsonCodec } from "../../../src/codec/json.ts";
import { bigintCodec, decimalCodec, floatCodec, intCodec, smallintCodec } from "../../../src/codec/number.ts";
import { dateCodec, datetimeCodec, timeCodec } from "../../../src/codec/temporal.ts";
import { boolCodec, bytesCodec, enumCodec, stringCodec, textCodec, uuidCodec } from "../../../src/codec/text.ts";
import { expectCatalogue, refused, withTables } from "../../support/ddl-catalogue.ts";
import { openServers } from "../../support/ddl-servers.ts";
import { column, columnOf, index, raw, ref, references, table, value } from "../../support/tables.ts";

const servers = await openServers();
afterAll(async () => {
  for (const server of servers) await server.close();
});

const id = column("id", intCodec);
const money = decimalCodec(9, 2);
const key = { primaryKey: [ref("id")] };

describe.each(servers.map((server) => [server.name, server] as const))("%s", (_, server) => {
  it("takes every type with a default, and the default is the value", async () => {
    const bytes = new Uint8Array([0, 39, 92, 255]);
    const fields = [
      column("a", smallintCodec, { default: value(-5, smallintCodec) }),
      column("b", intCodec, { default: value(-2147483648, intCodec) }),
      column("c", bigintCodec, { default: value(-(2n ** 63n), bigintCodec) }),
      column("f", floatCodec, { default: value(-1.5e300, floatCodec) }),
      column("m", money, { default: value("-9.50", money) }),
      column("g", boolCodec, { default: value(true, boolCodec) }),
      column("s", stringCodec(20), { default: value("s", stringCodec(20)) }),
      column("x", textCodec, { default: value("x", textCodec) }),
      column("dt", datetimeCodec, { default: value(new Date("2024-02-29T01:02:03.456Z"), datetimeCodec) }),
      column("da", dateCodec, { default: value("2024-02-29", dateCodec) }),
      column("ti", timeCodec, { default: value("01:02:03.5", timeCodec) }),
      column("u", uuidCodec, { default: value("00000000-0000-4000-8000-00000000000a", uuidCodec) }),
      column("j", jsonCodec, { default: value({ a: ["'\\\""] }, jsonCodec) }),
      column("bb", bytesCodec, { default: value(bytes, bytesCodec) }),
      column("e", enumCodec(["new", "done"]), { default: value("new", enumCodec(["new", "done"])) }),
      column("n", textCodec, { nullable: true, default: { kind: "null" } }),
      column("w", intCodec, { default: raw("1 + 1") }),
    ];
    if (server.family === "postgres")
      fields.push(column("ar", arrayCodec(textCodec), { default: value(["a'\"\\", null], arrayCodec(textCodec)) }));
    const kinds = table("kinds", [column("id", intCodec, { identity: true }), ...fields], key);
    await withTables(server, [kinds], async () => {
      await expectCatalogue(server, kinds);
      const types = (await server.columns("kinds")).map(([, type]) => type);
      const expected = {
        postgres:
          "integer;smallint;integer;bigint;double precision;numeric(9,2);boolean;character varying(20);text;timestamp(3) with time zone;date;time(3) without time zone;uuid;jsonb;bytea;character varying(4);text;integer;text[]",
        sqlite: "integer;integer;integer;integer;real;text;integer;text;text;text;text;text;text;text;blob;text;text;integer",
        mysql:
          "int;smallint;int;bigint;double;decimal(9,2);tinyint(1);varchar(20);longtext;datetime(3);date;time(3);char(36);json;longblob;varchar(4);longtext;int",
      };
      // MariaDB shows display widths, and JSON as the text it is.
      const shown = types.map((type) => type.replace(/^(smallint|int|bigint)\(\d+\)$/, "$1"));
      if (server.name === "mariadb") shown[13] = shown[13] === "longtext" ? "json" : "";
      expect(shown.join(";")).toBe(expected[server.family]);
      expect((await server.columns("kinds")).filter(([, , required]) => !required).map(([name]) => name)).toEqual(["n"]);

      await server.run([
        server.writer.traits.emptyInsert === "default values" ? "insert into kinds default values" : "insert into kinds () values ()",
      ]);
      const hex = server.family === "postgres" ? "encode(bb, 'hex')" : "lower(hex(bb))";
      const cast = (name: string): string => `cast(${name} as ${server.family === "mysql" ? "char" : "text"})`;
      const stamp =
        server.family === "postgres"
          ? "to_char(dt, 'YYYY-MM-DD HH24:MI:SS.MS')"
          : server.family === "sqlite"
            ? "replace(substr(dt, 1, 23), 'T', ' ')"
            : cast("dt");
      const list = [...["id", "a", "b", "c", "m", "s", "x", "da", "u", "e", "w"].map(cast), stamp, hex, "n", "f", "g"].join(", ");
      const row = (await server.rows(`select ${list} from kinds`))[0] ?? [];
      expect(row.slice(0, 14)).toEqual([
        "1",
        "-5",
        "-2147483648",
        "-9223372036854775808",
        "-9.50",
        "s",
        "x",
        "2024-02-29",
        "00000000-0000-4000-8000-00000000000a",
        "new",
        "2",
        "2024-02-29 01:02:03.456",
        "00275cff",
        null,
      ]);
      expect([Number(row[14]), Number(row[15])]).toEqual([-1.5e300, 1]);
      const document = String((await server.rows(`select ${cast("j")} from kinds`))[0]?.[0]);
      expect(JSON.parse(document)).toEqual({ a: ["'\\\""] });
      if (server.family === "postgres") expect((await server.rows("select ar from kinds"))[0]?.[0]).toEqual(["a'\"\\", null]);
      if (server.family === "sqlite")
        await expect(server.run(["insert into kinds (b) values ('text')"])).rejects.toThrow(/cannot store TEXT/i);
    });
  });

  it("builds composite keys that bite", async () => {
    const parent = table("parent", [column("a", intCodec), column("b", stringCodec(10)), column("c", intCodec)], {
      primaryKey: [ref("a"), ref("b")],
      uniques: [{ name: null, columns: [ref("b"), ref("c")] }],
    });
    const child = table(
      "child",
      [column("a", intCodec, { nullable: true }), column("b", stringCodec(10), { nullable: true }), column("n", intCodec)],
      {
        primaryKey: [ref("n")],
        foreignKeys: [references(["a", "b"], parent, { onDelete: "set null", onUpdate: "cascade" })],
        indexes: [index(["a", "-b"], { unique: true })],
      },
    );
    // Given in the wrong order.
    await withTables(server, [child, parent], async () => {
      await expectCatalogue(server, parent);
      await expectCatalogue(server, child);
      await server.run(["insert into parent values (1, 'x', 1), (1, 'y', 1)", "insert into child values (1, 'x', 1), (1, 'y', 2)"]);
      await expect(server.run(["insert into parent values (1, 'x', 2)"])).rejects.toThrow(refused);
      await expect(server.run(["insert into parent values (2, 'x', 1)"])).rejects.toThrow(refused);
      await expect(server.run(["insert into child values (1, 'x', 3)"])).rejects.toThrow(refused);
      await expect(server.run(["insert into child values (9, 'x', 3)"])).rejects.toThrow(refused);
      await expect(server.run(["insert into child (a, b) values (null, null)"])).rejects.toThrow(/NOT NULL|null value|default value/i);
      await server.run(["delete from parent where b = 'x'", "update parent set a = 7"]);
      expect((await server.rows("select n, a, b from child order by n")).map((row) => row.map(String))).toEqual([
        ["1", "null", "null"],
        ["2", "7", "y"],
      ]);
    });
  });

  it.each([1, 2, 3])("closes a cycle of %i tables, also where it exists, and drops it with its rows", async (size) => {
    const names = Array.from({ length: size }, (_one, i) => `ring${i}`);
    const ring = names.map((name, i) =>
      table(name, [id, column("next", intCodec, { nullable: true }), column("own", intCodec, { nullable: true })], {
        ...key,
        foreignKeys: [
          references(["next"], names[(i + 1) % size] ?? ""),
          references(["own"], name, { onDelete: size === 1 ? "cascade" : "no action" }),
        ],
      }),
    );
    await withTables(server, ring, async () => {
      await server.run(server.writer.create(ring, true));
      await server.run(server.writer.create(ring, true));
      for (const definition of ring) await expectCatalogue(server, definition);
      for (const name of names) await server.run([`insert into ${name} values (1, null, 1)`]);
      for (const name of names) await server.run([`update ${name} set next = 1`]);
      for (const name of names) await expect(server.run([`update ${name} set next = 2`])).rejects.toThrow(refused);
    });
    // A key that is gone comes back.
    await server.run(server.writer.create(ring, true));
    await expectCatalogue(server, ring[0] as TableDefinition);
    await server.run(server.writer.drop(ring, { ifExists: true }));
    await server.run(server.writer.drop(ring, { ifExists: true, cascade: true }));
    expect(await server.tables()).toEqual([]);
  });

  it("has partial indexes, or says that it has none", async () => {
    const name = { name: "live", schema: null };
    const gone = column("gone", boolCodec);
    const definition = table("live", [id, column("slug", stringCodec(20)), gone], {
      table: name,
      ...key,
      indexes: [
        index(["slug"], { unique: true, where: { kind: "compare", op: "=", left: columnOf(name, gone), right: value(false, boolCodec) } }),
        index(["-slug", "id"], { where: { kind: "isNull", item: columnOf(name, gone), negated: true } }),
      ],
    });
    if (!server.writer.traits.partialIndexes) {
      return expect(() => server.writer.create([definition])).toThrow(/partialIndexes/);
    }
    await withTables(server, [definition], async () => {
      await expectCatalogue(server, definition);
      const [yes, no] = server.family === "sqlite" ? ["1", "0"] : ["true", "false"];
      await server.run([`insert into live values (1, 'a', ${yes}), (2, 'a', ${yes}), (3, 'a', ${no})`]);
      await expect(server.run([`insert into live values (4, 'a', ${no})`])).rejects.toThrow(refused);
    });
  });

  it("checks with every kind of literal", async () => {
    const type = { name: "checked", schema: null };
    const cols = {
      n: column("n", intCodec),
      m: column("m", money),
      g: column("g", boolCodec),
      s: column("s", stringCodec(20)),
      d: column("d", datetimeCodec),
      j: column("j", jsonCodec),
      b: column("b", bytesCodec),
    };
    const col = (name: keyof typeof cols) => columnOf(type, cols[name]);
    const compare = (left: ExprNode, op: CompareOp, right: ExprNode): ExprNode => ({ kind: "compare", op, left, right });
    const many = Array.from({ length: 1100 }, (_one, i) => i);
    const conditions: ExprNode[] = [
      compare({ kind: "arithmetic", op: "-", left: col("n"), right: value(-2, intCodec), codec: intCodec }, ">", value(-5, intCodec)),
      { kind: "inList", item: col("n"), values: many, of: intCodec, negated: false },
      { kind: "inList", item: col("n"), values: many.map((one) => one + 5000), of: intCodec, negated: true },
      compare(col("m"), ">=", value("-9.50", money)),
      { kind: "between", item: col("m"), low: value("-10.00", money), high: value("100.00", money) },
      { kind: "inList", item: col("m"), values: ["1.00", "2.00"], of: money, negated: false },
      compare(col("g"), "=", value(true, boolCodec)),
      { kind: "like", item: col("s"), pattern: "it's!%%", ignoreCase: false },
      { kind: "like", item: col("s"), pattern: "IT'S%", ignoreCase: true },
      compare({ kind: "call", name: "length", args: [col("s")], codec: intCodec }, "<", value(10, intCodec)),
      compare(col("d"), ">", value(new Date("2020-01-01T00:00:00Z"), datetimeCodec)),
      compare({ kind: "datePart", part: "year", item: col("d"), codec: intCodec }, "<", value(2050, intCodec)),
      compare({ kind: "jsonPath", item: col("j"), path: ["a b", 0], as: "text", codec: textCodec }, "=", value("x'y", textCodec)),
      compare(col("b"), "<>", value(new Uint8Array([39, 92]), bytesCodec)),
      { kind: "not", item: compare(col("s"), "=", value("it's%no", stringCodec(20))) },
    ];
    const definition = table("checked", Object.values(cols), {
      table: type,
      checks: conditions.map((condition) => ({ name: null, columns: [], condition })),
    });
    await withTables(server, [definition], async () => {
      await expectCatalogue(server, definition);
      const good = { n: "3", m: "'1.00'", g: "1", s: "'it''s%ok'", d: "'2024-01-01 00:00:00.000'", j: `'{"a b": ["x''y"]}'`, b: "X'27'" };
      if (server.family === "postgres") Object.assign(good, { g: "true", b: "'\\x27'" });
      if (server.family === "sqlite") Object.assign(good, { d: "'2024-01-01T00:00:00.000Z'" });
      const insert = (row: Record<string, string>) =>
        server.run([`insert into checked (${Object.keys(row).join(", ")}) values (${Object.values(row).join(", ")})`]);
      await insert(good);
      const bad: Record<string, string>[] = [
        { n: "1100" },
        { n: "-7" },
        { m: "'3.00'" },
        { m: "'-10.01'" },
        { s: "'itsok'" },
        { s: "'it''s%no'" },
        { s: "'it''s%longer than ten'" },
      ];
      bad.push(
        { j: `'{"a b": ["z"]}'` },
        { d: good.d.replace("2024", "2019") },
        { d: good.d.replace("2024", "2060") },
        { g: server.family === "postgres" ? "false" : "0" },
      );
      bad.push({ b: server.family === "postgres" ? "'\\x275c'" : "X'275c'" });
      for (const change of bad) await expect(insert({ ...good, ...change }), JSON.stringify(change)).rejects.toThrow(refused);
    });
  });

  it("empties a table and starts its numbers again", async () => {
    const definition = table("numbered", [column("id", bigintCodec, { identity: true }), column("n", intCodec)], key);
    await withTables(server, [definition], async () => {
      await server.run([
        "insert into numbered (n) values (1), (2)",
        ...server.writer.truncate(definition),
        "insert into numbered (n) values (3)",
      ]);
      expect((await server.rows("select id, n from numbered")).map((row) => row.map(Number))).toEqual([[1, 3]]);
      await server.run(["insert into numbered (id, n) values (50, 4)", "delete from numbered where id = 50"]);
      expect(await server.rows("select count(*) from numbered")).toHaveLength(1);
    });
  });
});
