/** Names, texts and lengths that break careless writers, on real servers: what is stored is what was given. */
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { TableRef } from "../../../src/ast/select.ts";
import { intCodec } from "../../../src/codec/number.ts";
import { enumCodec, stringCodec, textCodec } from "../../../src/codec/text.ts";
import { expectCatalogue, literal, quoted, refused, withTables } from "../../support/ddl-catalogue.ts";
import { openServers } from "../../support/ddl-servers.ts";
import { column, columnOf, exactly, index, ref, references, table, value } from "../../support/tables.ts";

const servers = await openServers();
afterAll(async () => {
  for (const server of servers) await server.close();
});

const id = column("id", intCodec);
const key = { primaryKey: [ref("id")] };

const hostile = [
  "it's",
  "''",
  '"',
  "`",
  "\\",
  "\\'",
  "a\\",
  "\\n",
  "\n\r\t\u001a",
  "\u0024{1 + 1}",
  "$1 ? :a @b %s",
  "'; drop table victim; --",
  "/* x */ # --",
  "$$ $tag$",
  "Größe 🙂 \u2028",
  " spaces ",
  "",
];

describe.each(servers.map((server) => [server.name, server] as const))("%s", (_, server) => {
  it("keeps hostile texts in defaults, checks, enums and comments as they are", async () => {
    const drawn = fc.sample(fc.string({ unit: "binary", maxLength: 12 }), { numRuns: 12, seed: 7 });
    const texts = [...new Set([...hostile, ...drawn.filter((one) => !one.includes("\0") && one.isWellFormed())])];
    const type = { name: "texts", schema: null };
    const columns = texts.map((one, i) =>
      column(`t${i}`, i % 2 === 0 ? textCodec : stringCodec(40), { default: value(one, textCodec), comment: one }),
    );
    const probe = column("probe", textCodec, { default: value("fine", textCodec) });
    const word = column("word", enumCodec(texts), { nullable: true });
    const forbid = texts.map((one) => ({ kind: "compare", op: "<>", left: columnOf(type, probe), right: value(one, textCodec) }) as const);
    const definition = table("texts", [...columns, probe, word], {
      table: type,
      comment: texts.join(""),
      checks: [{ name: 'it\'s "checked" `here`', columns: [], condition: { kind: "logic", op: "and", items: forbid } }],
    });
    await withTables(server, [definition], async () => {
      await expectCatalogue(server, definition);
      if (server.family !== "sqlite") {
        const kept = (one: string) => (server.family === "mysql" ? one.replace(/[\u{10000}-\u{10ffff}]/gu, "?") : one);
        expect((await server.columns("texts")).slice(0, texts.length).map(([, , , comment]) => comment)).toEqual(texts.map(kept));
        expect(await server.tableComment("texts")).toBe(kept(texts.join("")));
      }
      for (const one of texts) await server.run([`insert into texts (word) values (${literal(server, one)})`]);
      const [row] = await server.rows(`select ${texts.map((_one, i) => `t${i}`).join(", ")} from texts`);
      expect(row).toEqual(texts);
      expect((await server.rows("select word from texts")).map(([one]) => one).sort()).toEqual([...texts].sort());
      for (const one of texts)
        await expect(server.run([`insert into texts (probe) values (${literal(server, one)})`])).rejects.toThrow(refused);
      await expect(server.run(["insert into texts (word) values ('x')"])).rejects.toThrow(refused);
    });
  });

  it("keeps hostile names", async () => {
    // The last one is at the limit of all dialects together.
    const names = ["a\"b`c'd", "two words; -- $1 ?", "\u0024{x} \\ %s", "Größe ñ", "select", "ab".repeat(31)];
    const refs = names.map((name) => ({ name, schema: null }));
    const tables = names.map((name, i) =>
      table(name, [id, ...names.map((own) => column(exactly(`${i}${own}`.slice(0, 63)), intCodec, { nullable: true, comment: own }))], {
        ...key,
        table: refs[i] as TableRef,
        comment: name,
        uniques: [{ name: null, columns: [exactly(`${i}${names[0]}`)] }],
        checks: names.map((own) => ({
          name: null,
          columns: [exactly(`${i}${own}`)],
          condition: { kind: "isNull", item: columnOf(refs[i] as TableRef, id), negated: true },
        })),
        foreignKeys: i === 0 ? [] : [references(["id"], names[0] ?? "", { name: `${i} "fk" \`of\` it's` })],
        indexes: [{ ...index([]), columns: names.slice(1).map((own) => ({ column: exactly(`${i}${own}`), direction: "desc" })) }],
      }),
    );
    await withTables(server, tables, async () => {
      expect(await server.tables()).toEqual([...names].sort());
      for (const [i, definition] of tables.entries()) {
        await expectCatalogue(server, definition);
        expect((await server.columns(definition.table.name)).map(([name]) => name)).toEqual(["id", ...names.map((own) => `${i}${own}`)]);
        await server.run([`insert into ${quoted(server, definition.table.name)} (id) values (1)`]);
        if (i > 0)
          await expect(server.run([`insert into ${quoted(server, definition.table.name)} (id) values (2)`])).rejects.toThrow(refused);
      }
    });
  });

  it("keeps names at its own limit and refuses longer ones", async () => {
    const { maxNameLength: limit, nameLengthUnit: unit } = server.writer.traits;
    for (const letter of ["a", "é"]) {
      const fit = letter.repeat(unit === "bytes" ? Math.floor(limit / Buffer.byteLength(letter)) : limit);
      const own = { name: fit, schema: null };
      const bare = table(fit, [id, column(exactly(fit), intCodec)], {
        ...key,
        table: own,
        uniques: [{ name: null, columns: [exactly(fit)] }],
        checks: [{ name: null, columns: [exactly(fit)], condition: { kind: "isNull", item: columnOf(own, id), negated: true } }],
        foreignKeys: [{ ...references(["x"], fit), columns: [exactly(fit)], targetColumns: [ref("id")] }],
        indexes: [{ ...index([]), columns: [ref("id"), exactly(fit)].map((one) => ({ column: one, direction: "asc" as const })) }],
      });
      await withTables(server, [bare], async () => {
        expect(await server.tables()).toEqual([fit]);
        await expectCatalogue(server, bare);
      });
      expect(() => server.writer.create([table(fit + letter, [id])])).toThrow(/at most/);
    }
  });
});
