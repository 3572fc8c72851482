/** Which keys, checks and indexes of two states of a table are the same. */
import { snakeCase } from "../src/util/names.ts";
import { canonical, type TableState } from "./state.ts";

interface Named {
  readonly name: string;
}

export interface Matched<T extends Named> {
  readonly added: readonly T[];
  readonly dropped: readonly T[];
  /** What stays, as it was and as it is wanted. */
  readonly kept: readonly (readonly [T, T])[];
}

export type Kind = "key" | "check" | "fkey" | "idx";

/** The name looks like one that nobody declared: it was made of the table's and columns' names. */
export function isGenerated(table: string, name: string, kind: Kind): boolean {
  if (!name.endsWith(`_${kind}`)) return false;
  return name.startsWith(`${snakeCase(table)}_`) || new RegExp(`_[0-9a-f]{8}_${kind}$`).test(name);
}

function shapeOf(item: Named): string {
  return canonical({ ...item, name: "" });
}

/** The same name and shape, else the same shape where the wanted name is a generated one: renaming a table rebuilds no index. */
export function matchParts<T extends Named>(
  table: TableState,
  old: readonly T[],
  wanted: readonly T[],
  kind: Kind,
  shape: (item: T) => string = shapeOf,
): Matched<T> {
  const left = new Set(old);
  const kept: [T, T][] = [];
  const open: T[] = [];
  for (const item of wanted) {
    const twin = [...left].find((other) => other.name === item.name && shape(other) === shape(item));
    if (twin === undefined) open.push(item);
    else {
      left.delete(twin);
      kept.push([twin, item]);
    }
  }
  const added: T[] = [];
  for (const item of open) {
    const twin = isGenerated(table.name, item.name, kind) ? [...left].find((other) => shape(other) === shape(item)) : undefined;
    if (twin === undefined) added.push(item);
    else {
      left.delete(twin);
      kept.push([twin, item]);
    }
  }
  return { added, dropped: [...left], kept };
}
