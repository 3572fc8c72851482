/**
 * Input put into new instances, by code made for the model once it has many. The text holds JSON-quoted property names, nothing
 * else from outside; `__proto__` is refused where names are made. Layer 6.
 */
import { canGenerate } from "../util/generate.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";

export type Input = Readonly<Record<string, unknown>>;

export interface Filler {
  /** Gives the instance each of its columns: the value of the input, or what a new row has. */
  fill(row: object, given: Input): void;
  /** A column that was given a value, and that the instance has none in; undefined: there is none such. */
  lost(row: object, given: Input): ColumnMeta | undefined;
}

/** What a new row has in a column that it is not given. */
function initialValue({ declaration }: ColumnMeta): unknown {
  if (declaration.default !== null) return declaration.default.make();
  return declaration.nullable && declaration.dbDefault === null ? null : undefined;
}

function writtenOut(meta: ModelMeta): Filler {
  return {
    fill(row, given) {
      for (const column of meta.ownColumns) {
        const value = given[column.property];
        (row as Record<string, unknown>)[column.property] = value === undefined ? initialValue(column) : value;
      }
    },
    lost: (row, given) =>
      meta.list.find(({ property }) => given[property] !== undefined && (row as Record<string, unknown>)[property] === undefined),
  };
}

function generated(meta: ModelMeta): Filler {
  const fill = meta.ownColumns.map(({ index, property }) => {
    const name = JSON.stringify(property);
    return `value = given[${name}]; row[${name}] = value === undefined ? initial(columns[${index}]) : value;`;
  });
  const lost = meta.list.map(({ index, property }) => {
    const name = JSON.stringify(property);
    return `if (given[${name}] !== undefined && row[${name}] === undefined) return columns[${index}];`;
  });
  const text = `"use strict"; return {
    fill(row, given) { let value; ${fill.join(" ")} },
    lost(row, given) { ${lost.join(" ")} return undefined; },
  };`;
  return new Function("initial", "columns", text)(initialValue, meta.list) as Filler;
}

/** Making the code costs about as much as a hundred rows without it. */
const many = 100;

interface Kept {
  filler: Filler;
  rows: number;
}
const kept = new WeakMap<ModelMeta, Kept>();

export function fillerOf(meta: ModelMeta): Filler {
  let found = kept.get(meta);
  if (found === undefined) {
    found = { filler: writtenOut(meta), rows: 0 };
    kept.set(meta, found);
  }
  if (found.rows < many && ++found.rows === many && canGenerate()) found.filler = generated(meta);
  return found.filler;
}
