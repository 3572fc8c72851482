/**
 * Reads rows by a function generated from the plan. The generated text holds integer slots and JSON-quoted property
 * names, nothing else from outside; `__proto__` is refused where names are made. Layer 3.
 */
import { datetimeCodec } from "../codec/temporal.ts";
import { BoundedMap } from "../util/bounded-map.ts";
import { canGenerate } from "../util/generate.ts";
import { interpretRows } from "./interpret.ts";
import type { RowReader, RowShape, WireAccess } from "./row-plan.ts";

interface Generated {
  readonly statements: string[];
  readonly bound: unknown[];
  /** One of each kind of instance: see util/specimen.ts. They live as long as the reader. */
  readonly specimens: object[];
}

function specimenOf({ target, fields }: Extract<RowShape, { kind: "instance" }>): object {
  const specimen = new target.construct(target.mark as never);
  // Defined, not assigned: a setter of the class is not called with what no row holds.
  for (const [name] of fields) Object.defineProperty(specimen, name, { value: null, writable: true, enumerable: true, configurable: true });
  return specimen;
}

/**
 * The instant of a row that an instance keeps: its text makes way for its milliseconds, which are compared without being read again
 * whenever the instance is asked what has changed.
 */
function keptInstant(row: unknown[], slot: number, decode: (raw: unknown) => Date): Date {
  const value = decode(row[slot]);
  row[slot] = value.getTime();
  return value;
}

function generate(shape: RowShape, access: WireAccess, to: Generated): string {
  if (shape.kind === "value") {
    const raw = access.aliased ? `row.c${shape.slot}` : `row[${shape.slot}]`;
    const decode = shape.codec === null ? null : access.decode(shape.codec);
    if (decode === null) return `${raw} ?? null`;
    const name = `d${to.bound.push(decode) - 1}`;
    return `${raw} == null ? null : ${name}(${raw})`;
  }
  if (shape.kind === "object") {
    return `{ ${shape.fields.map(([name, field]) => `${JSON.stringify(name)}: ${generate(field, access, to)}`).join(", ")} }`;
  }
  const { variants, ...own } = shape;
  if (variants !== undefined) {
    const readers = new Map([...variants.shapes].map(([value, each]) => [value, compileRows(each, access)]));
    const at = to.bound.push(readers, interpretRows(variants.tells, access), compileRows(own, access)) - 3;
    return `(d${at}.get(d${at + 1}(row)) ?? d${at + 2})(row)`;
  }
  const { construct, mark, attach } = shape.target;
  const n = to.bound.push(construct, mark, attach) - 3;
  to.specimens.push(specimenOf(shape));
  const inner: Generated = { ...to, statements: [] };
  inner.statements.push(`o${n} = new d${n}(d${n + 1});`);
  for (const [name, field] of shape.fields) {
    const instant = field.kind === "value" && field.codec === datetimeCodec && !access.aliased;
    const value = instant ? instantOf(field.slot, access, inner) : generate(field, access, inner);
    inner.statements.push(`o${n}[${JSON.stringify(name)}] = ${value};`);
  }
  inner.statements.push(`d${n + 2}(o${n}, row);`);
  const missing = shape.missing === null ? null : access.aliased ? `row.c${shape.missing}` : `row[${shape.missing}]`;
  to.statements.push(
    `let o${n} = null;`,
    missing === null ? inner.statements.join(" ") : `if (${missing} != null) { ${inner.statements.join(" ")} }`,
  );
  return `o${n}`;
}

function instantOf(slot: number, access: WireAccess, to: Generated): string {
  const at = to.bound.push(keptInstant, access.decode(datetimeCodec)) - 2;
  return `row[${slot}] == null ? null : d${at}(row, ${slot}, d${at + 1})`;
}

type Make = (...bound: unknown[]) => object;
/** By their text, which says how many values are bound: queries differ in those more than in their shapes. */
const made = new BoundedMap<Make>(500);

/** A reader for many rows of this shape. Making it costs about as much as interpreting a hundred rows. */
export function compileRows(shape: RowShape, access: WireAccess): RowReader {
  if (!canGenerate()) return interpretRows(shape, access);
  const to: Generated = { statements: [], bound: [], specimens: [] };
  const result = generate(shape, access, to);
  const names = to.bound.map((_, i) => `d${i}`);
  const text = `"use strict"; return (row) => { ${to.statements.join(" ")} return ${result}; };`;
  let make = made.get(text);
  if (make === undefined) {
    make = new Function(...names, text) as Make;
    made.set(text, make);
  }
  return Object.assign(make(...to.bound) as RowReader, { specimens: to.specimens });
}
