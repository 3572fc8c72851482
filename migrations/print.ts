/** Data as TypeScript. Texts go through JSON.stringify only: nothing that stands in a schema can become code. */

const width = 120;
const identifier = /^[a-z_$][\w$]*$/i;

export interface Called {
  readonly call: string;
  readonly args: readonly unknown[];
}

/** Printed as a call of this function. */
export function called(call: string, ...args: unknown[]): Called {
  return { call, args };
}

function isCalled(value: object): value is Called {
  return "call" in value && "args" in value && Array.isArray(value.args) && Object.keys(value).length === 2;
}

function key(name: string): string {
  // A literal key of this name would set the prototype.
  if (name === "__proto__") return '["__proto__"]';
  return identifier.test(name) ? name : JSON.stringify(name);
}

export function printValue(value: unknown, indent = ""): string {
  const flat = printFlat(value);
  if (indent.length + flat.length <= width || typeof value !== "object" || value === null) return flat;
  const inner = `${indent}  `;
  if (isCalled(value)) return printCall(value, indent);
  if (Array.isArray(value)) return `[\n${value.map((item) => `${inner}${printValue(item, inner)},\n`).join("")}${indent}]`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{\n${entries.map(([name, item]) => `${inner}${key(name)}: ${printValue(item, inner)},\n`).join("")}${indent}}`;
}

/** The last argument opens over several lines, the others stay beside the name. */
function printCall({ call, args }: Called, indent: string): string {
  const head = args.slice(0, -1).map(printFlat);
  const last = printValue(args.at(-1), indent);
  return `${call}(${[...head, last].join(", ")})`;
}

function printFlat(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "number") return Object.is(value, -0) ? "0" : String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isCalled(value)) return `${value.call}(${value.args.map(printFlat).join(", ")})`;
  if (Array.isArray(value)) return `[${value.map(printFlat).join(", ")}]`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return entries.length === 0 ? "{}" : `{ ${entries.map(([name, item]) => `${key(name)}: ${printFlat(item)}`).join(", ")} }`;
}
