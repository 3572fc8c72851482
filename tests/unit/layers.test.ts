/** The layers of the house, rebuilt from the import statements: who may import whom, and no cycles. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectGolden } from "../support/golden.ts";
import { cyclesOf, type ImportEdge, importGraph, importsOf } from "../support/imports.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const graph = importGraph(root, ["src", "cli", "migrations"]);

/** Height of each folder; an import may go level or down, never up. Integrations are not listed: they stand above all of src. */
const layers: Readonly<Record<string, number>> = {
  "src/ast": 0,
  "src/errors.ts": 0,
  "src/util": 0,
  "src/codec": 1,
  "src/expr": 2,
  "src/query": 3,
  "src/render": 3,
  "src/hydrate": 3,
  "src/dialects": 4,
  "src/drivers": 4,
  "src/engine": 5,
  "src/validate": 5,
  "src/model": 6,
  "src/relations": 6,
  "src/index.ts": 7,
  migrations: 9,
  cli: 10,
};

/** `src/expr/functions/text.ts` -> `src/expr`; the folders that have rules of their own keep one level more. */
function folderOf(file: string): string {
  const parts = file.split("/");
  if (parts[0] !== "src") return parts[0] ?? file;
  const deep = parts.length > 3 && (parts[1] === "dialects" || (parts[1] === "model" && parts[2] === "types"));
  return parts.slice(0, deep ? 3 : 2).join("/");
}

function heightOf(file: string): number {
  const folder = folderOf(file);
  return layers[folder] ?? layers[folder.split("/").slice(0, 2).join("/")] ?? 8;
}

/** Type programs that define each other: nodes of expressions and queries, and the type side of the models. */
function mayBeMutual(from: string, edge: ImportEdge): boolean {
  return edge.typeOnly && ["src/ast/", "src/model/types/"].some((folder) => from.startsWith(folder) && edge.to.startsWith(folder));
}

describe("the reader of imports", () => {
  it("finds every form of import and no example in a comment", () => {
    const text = [
      'import type { A } from "./a.ts";',
      'import b, { type C } from "../b.ts";',
      'import * as d from "./d.ts";',
      'import {\n  e,\n  f,\n} from "./e.ts";',
      'import "./g.ts";',
      'export { h } from "./h.ts";',
      'export * from "./i.ts";',
      'const j = await import("./j.ts");',
      ' * import { k } from "./k.ts";',
      'import pg from "pg";',
      'export const sql = `select 1 from "table"`;',
    ].join("\n");
    expect(importsOf(text)).toEqual([
      { specifier: "./a.ts", typeOnly: true },
      { specifier: "../b.ts", typeOnly: false },
      { specifier: "./d.ts", typeOnly: false },
      { specifier: "./e.ts", typeOnly: false },
      { specifier: "./h.ts", typeOnly: false },
      { specifier: "./i.ts", typeOnly: false },
      { specifier: "./g.ts", typeOnly: false },
      { specifier: "./j.ts", typeOnly: true },
    ]);
  });

  it("finds cycles of two and more files", () => {
    const edges = (...to: string[]) => to.map((one) => ({ to: one, typeOnly: false }));
    const cyclic = new Map([
      ["a", edges("b")],
      ["b", edges("c", "d")],
      ["c", edges("a")],
      ["d", edges()],
      ["e", edges("e", "a")],
    ]);
    expect(cyclesOf(cyclic)).toEqual([["a", "b", "c"], ["e"]]);
    expect(cyclesOf(cyclic, (from) => from === "c" || from === "e")).toEqual([]);
  });
});

describe("layers", () => {
  it("name only files that exist", () => {
    const missing = [...graph].flatMap(([from, edges]) => {
      return edges.filter((edge) => !existsSync(join(root, edge.to))).map((edge) => `${from} -> ${edge.to}`);
    });
    expect(missing).toEqual([]);
  });

  it("import level or down", () => {
    const wrong = [...graph].flatMap(([from, edges]) => {
      return edges.filter((edge) => heightOf(edge.to) > heightOf(from)).map((edge) => `${from} -> ${edge.to}`);
    });
    expect(wrong).toEqual([]);
  });

  it("keep ast, the drivers and the dialects to themselves", () => {
    const wrong = [...graph].flatMap(([from, edges]) => {
      const folder = folderOf(from);
      const others = edges.filter((edge) => {
        const to = folderOf(edge.to);
        if (folder === "src/ast") return to !== "src/ast";
        if (folder === "src/errors.ts" || folder === "src/util") return to !== "src/errors.ts" && to !== "src/util";
        if (folder === "src/drivers") return to !== "src/drivers" && to !== "src/errors.ts" && to !== "src/util";
        return folder.startsWith("src/dialects/") && to.startsWith("src/dialects/") && to !== folder && edge.to.split("/").length > 3;
      });
      return others.map((edge) => `${from} -> ${edge.to}`);
    });
    expect(wrong).toEqual([]);
  });

  it("have no import cycle, types counted, but for the mutual type programs", () => {
    expect(cyclesOf(graph, mayBeMutual)).toEqual([]);
  });

  it("equal the golden table", () => {
    const table = new Map<string, Set<string>>();
    for (const [from, edges] of graph) {
      const folder = folderOf(from);
      const row = table.get(folder) ?? new Set<string>();
      for (const edge of edges) if (folderOf(edge.to) !== folder) row.add(folderOf(edge.to));
      table.set(folder, row);
    }
    const lines = [...table].map(([folder, row]) => `${folder} -> ${[...row].sort().join(" ") || "(nothing)"}`);
    expectGolden("layers.txt", lines.sort().join("\n"));
  });
});
