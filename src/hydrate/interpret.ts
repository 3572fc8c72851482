/** Reads rows by walking the plan: the truth that generated readers must equal, and what runs where code cannot be made. Layer 3. */
import type { RowReader, RowShape, WireAccess } from "./row-plan.ts";

type Reader = (row: Readonly<Record<string | number, unknown>>) => unknown;

function readerOf(shape: RowShape, access: WireAccess): Reader {
  if (shape.kind === "value") {
    const key = access.aliased ? `c${shape.slot}` : shape.slot;
    const decode = (shape.codec === null ? null : access.decode(shape.codec)) as ((raw: unknown) => unknown) | null;
    if (decode === null) return (row) => row[key] ?? null;
    return (row) => {
      const raw = row[key];
      return raw === null || raw === undefined ? null : decode(raw);
    };
  }
  const fields = shape.fields.map(([name, field]) => [name, readerOf(field, access)] as const);
  if (shape.kind === "object") {
    return (row) => {
      const object: Record<string, unknown> = {};
      for (const [name, read] of fields) object[name] = read(row);
      return object;
    };
  }
  const { variants, ...own } = shape;
  if (variants !== undefined) {
    const tells = readerOf(variants.tells, access);
    const readers = new Map([...variants.shapes].map(([value, each]) => [value, readerOf(each, access)]));
    const other = readerOf(own, access);
    return (row) => (readers.get(tells(row)) ?? other)(row);
  }
  const { construct, mark, attach } = shape.target;
  const missing = shape.missing === null ? null : access.aliased ? `c${shape.missing}` : shape.missing;
  return (row) => {
    if (missing !== null && (row[missing] ?? null) === null) return null;
    const instance = new construct(mark as never) as Record<string, unknown>;
    for (const [name, read] of fields) instance[name] = read(row);
    attach(instance, row as never);
    return instance;
  };
}

export function interpretRows(shape: RowShape, access: WireAccess): RowReader {
  return readerOf(shape, access) as RowReader;
}
