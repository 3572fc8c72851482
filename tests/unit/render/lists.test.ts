/** Lists of values: how many texts there are for lists of all lengths, and where a list is one parameter. */
import { describe, expect, it } from "vitest";
import { dialect as mysql } from "../../../src/dialects/mysql/index.ts";
import { dialect as sqlite } from "../../../src/dialects/sqlite/index.ts";
import type { ServerInfo } from "../../../src/drivers/driver.ts";
import { int, Model, str } from "../../../src/index.ts";
import { queryStateOf, selectionOf, selectTree } from "../../../src/model/query-state.ts";
import { updateNode } from "../../../src/model/query-writes.ts";
import type { CompiledStatement } from "../../../src/render/compiled.ts";
import { listLength } from "../../../src/render/long-lists.ts";
import { defaultNaming } from "../../../src/render/naming.ts";
import { ParameterSink } from "../../../src/render/sink.ts";

class Listed extends Model("listed", { n: int(), title: str() }) {}

const server = (flavour: ServerInfo["flavour"], version: [number, number, number]): ServerInfo => ({
  family: flavour === "sqlite" ? "sqlite" : "mysql",
  flavour,
  version: version.join("."),
  versionParts: version,
});
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sink = new ParameterSink(() => "?");

describe("lists of values", () => {
  it("have one of a few lengths, a quarter longer at most", () => {
    const lengths = new Set<number>();
    for (let values = 1; values <= 1000; values++) {
      const length = listLength(values, sink);
      expect(length).toBeGreaterThanOrEqual(values);
      expect(length).toBeLessThanOrEqual(values <= 8 ? values : values * 1.25);
      lengths.add(length);
    }
    expect(lengths.size).toBeLessThan(45);
    // A list that just fits into a statement still does.
    for (const values of [1001, 32_766, 65_535]) expect(listLength(values, sink)).toBe(values);
  });

  it("say their last value again", () => {
    const traits = sqlite.traits(server("sqlite", [3, 50, 0]), false);
    const query = queryStateOf(
      Listed.where({ n: 1 }).where((row) => row.n.in(numbers(9))),
      "",
    );
    const { sql, params } = sqlite.compile(selectTree(query, selectionOf(query).columns), traits, defaultNaming);
    expect(params).toEqual([1, ...numbers(9), 8]);
    expect(sql.match(/\?/g)).toHaveLength(11);
  });

  it.each<[ServerInfo["flavour"], [number, number, number]]>([
    ["mariadb", [10, 11, 0]],
    ["mysql", [9, 0, 0]],
  ])("are joined on %s where every row of a select is among many integers, and nowhere else", (flavour, version) => {
    const traits = mysql.traits(server(flavour, version), true);
    const read = (query: object): CompiledStatement => {
      const state = queryStateOf(query, "");
      return mysql.compile(selectTree(state, selectionOf(state).columns), traits, defaultNaming);
    };
    const joined = (statement: CompiledStatement): boolean => statement.sql.includes("json_table");
    const many = numbers(17);
    expect(joined(read(Listed.where((row) => row.n.in(many))))).toBe(true);
    expect(joined(read(Listed.where((row) => row.title.eq("a").and(row.n.in(many)))))).toBe(true);
    expect(joined(read(Listed.where((row) => row.n.in(numbers(16)))))).toBe(false);
    expect(joined(read(Listed.where((row) => row.title.eq("a").or(row.n.in(many)))))).toBe(false);
    expect(joined(read(Listed.where((row) => row.n.notIn(many))))).toBe(false);
    expect(joined(read(Listed.where((row) => row.n.in(many)).forUpdate()))).toBe(false);
    expect(joined(read(Listed.where((row) => row.title.in(many.map(String)))))).toBe(false);
    const change = updateNode(
      queryStateOf(
        Listed.where((row) => row.n.in(many)),
        "",
      ),
      { title: "b" },
    );
    expect(joined(mysql.compile(change, traits, defaultNaming))).toBe(false);
  });
});
