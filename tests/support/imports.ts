/** Reads the import graph of the sources: who imports whom, types included. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";

export interface ImportEdge {
  readonly to: string;
  /** True when the compiler removes the statement (`import type`, `export type`, `import()` in a type). */
  readonly typeOnly: boolean;
}
export type ImportGraph = ReadonlyMap<string, readonly ImportEdge[]>;

// Statements start at column 0 because the formatter puts them there; that keeps examples in comments out.
const statement = /^(?:import|export)\s+(type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?\s*from\s+"([^"]+)"/gm;
const sideEffect = /^import\s+"([^"]+)"/gm;
const call = /(await\s+|=>\s*|return\s+)?\bimport\(\s*"(\.[^"]+)"\s*\)/g;

/** The relative specifiers of one source text. */
export function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  const found: { specifier: string; typeOnly: boolean }[] = [];
  for (const match of text.matchAll(statement)) found.push({ specifier: match[2] ?? "", typeOnly: match[1] !== undefined });
  for (const match of text.matchAll(sideEffect)) found.push({ specifier: match[1] ?? "", typeOnly: false });
  // A dynamic import loads later, so like a type it closes no cycle of values.
  for (const match of text.matchAll(call)) found.push({ specifier: match[2] ?? "", typeOnly: true });
  return found.filter((one) => one.specifier.startsWith("."));
}

/** The graph of all .ts files under these folders; names are relative to root, with forward slashes. */
export function importGraph(root: string, folders: readonly string[]): ImportGraph {
  const graph = new Map<string, ImportEdge[]>();
  for (const folder of folders) {
    if (!existsSync(join(root, folder))) continue;
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const file = relative(root, join(entry.parentPath, entry.name)).split(sep).join("/");
      const edges = importsOf(readFileSync(join(root, file), "utf8")).map(({ specifier, typeOnly }) => {
        return { to: posix.normalize(posix.join(dirname(file), specifier)), typeOnly };
      });
      graph.set(file, edges);
    }
  }
  return graph;
}

/**
 * The groups of files that reach each other (strongly connected components of more than one file, or a file that
 * imports itself), each sorted. An edge that `ignores` names is not walked.
 */
export function cyclesOf(graph: ImportGraph, ignores: (from: string, edge: ImportEdge) => boolean = () => false): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): number => {
    const index = order.size;
    order.set(file, index);
    let lowest = index;
    stack.push(file);
    for (const edge of graph.get(file) ?? []) {
      if (!graph.has(edge.to) || ignores(file, edge)) continue;
      if (edge.to === file) cycles.push([file]);
      if (!order.has(edge.to)) lowest = Math.min(lowest, visit(edge.to));
      else if (stack.includes(edge.to)) lowest = Math.min(lowest, order.get(edge.to) ?? lowest);
    }
    if (lowest === index) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1) cycles.push(group.sort());
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return cycles.sort((a, b) => (a.join() < b.join() ? -1 : 1));
}
