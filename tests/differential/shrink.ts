/** Smaller statements and rows that fail in the same way. */
import type { Node, Statement } from "./describe.ts";
import type { Data } from "./tables.ts";

export interface Case {
  readonly data: Data;
  readonly statement: Statement;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "op" in value && "kind" in value;
}

/** Every expression inside of another one that is of the same kind and query. */
function within(node: Node, kind: string): Node[] {
  if (node.op === "call") return node.args.flatMap((arg) => [...(arg.kind === kind ? [arg] : []), ...within(arg, kind)]);
  return [];
}

const optional = new Set([
  "where",
  "having",
  "joins",
  "order",
  "limit",
  "offset",
  "distinct",
  "filter",
  "frame",
  "fallback",
  "set",
  "nulls",
  "desc",
]);

/** Without a part of their order, these would have more than one right answer. */
function isCut(value: object): boolean {
  return "limit" in value || "offset" in value || "partition" in value;
}

/** The same with one part left out or made smaller. */
function* smaller(value: unknown): Generator<unknown> {
  if (isNode(value)) for (const inner of within(value, value.kind)) yield inner;
  if (Array.isArray(value)) {
    for (const i of value.keys()) yield value.filter((_, at) => at !== i);
    for (const [i, item] of value.entries()) for (const one of smaller(item)) yield value.map((old: unknown, at) => (at === i ? one : old));
  } else if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      const { [key]: item, ...rest } = value as Record<string, unknown>;
      const kept = key === "order" && isCut(value);
      if (optional.has(key) && !kept && !(key === "set" && typeof item === "string")) yield rest;
      const names = key === "select" || key === "set" ? Object.keys(item as object) : [];
      // Distinct rows are ordered by what they have.
      if (names.length > 1 && !("distinct" in value && "order" in value))
        for (const name of names) {
          const { [name]: _, ...fewer } = item as Record<string, unknown>;
          yield { ...value, [key]: fewer };
        }
      if (typeof item === "object" && item !== null && key !== "with" && key !== "keys" && !kept)
        for (const one of smaller(item)) yield { ...value, [key]: one };
    }
  }
}

function* fewerRows(data: Data): Generator<Data> {
  for (const table of ["part", "item", "owner"] as const)
    for (const row of data[table].keys()) yield { ...data, [table]: data[table].filter((_, i) => i !== row) };
}

/** At most `tries` statements are tried. `fails` says whether a case still fails. */
export async function shrunk(found: Case, fails: (candidate: Case) => Promise<boolean>, tries = 400): Promise<Case> {
  let best = found;
  let left = tries;
  for (let progress = true; progress && left > 0; ) {
    progress = false;
    const candidates = function* (): Generator<Case> {
      for (const statement of smaller(best.statement)) yield { ...best, statement: statement as Statement };
      for (const data of fewerRows(best.data)) yield { ...best, data };
    };
    for (const candidate of candidates()) {
      if (left-- <= 0) break;
      if (!(await fails(candidate).catch(() => false))) continue;
      best = candidate;
      progress = true;
      break;
    }
  }
  return best;
}
