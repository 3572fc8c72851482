/** Conditions, and functions of any kind. */
import { caseOf, type Expression, fn } from "./loose.ts";
import { most, type Operator, operators } from "./operator.ts";
import { compared, decimal, isDecimal, type Json, type Kind, type Value } from "./values.ts";

const ordered: readonly Kind[] = ["int", "bigint", "float", "decimal", "text", "date", "datetime"];
const comparable: readonly Kind[] = [...ordered, "bool"];
type Args = readonly Expression[];
const [a, b, c] = [(args: Args) => args[0] as Expression, (args: Args) => args[1] as Expression, (args: Args) => args[2] as Expression];

function comparison(name: "eq" | "ne" | "gt" | "gte" | "lt" | "lte", over: readonly Kind[], holds: (sign: number) => boolean): Operator {
  return {
    takes: ["K", "K"],
    gives: "bool",
    over,
    weight: 3,
    build: (args) => a(args)[name](b(args)),
    value: ([x, y]) => holds(compared(x as never, y as never)),
  };
}

/** Equal, unequal or unknown. */
function equal(x: Value, y: Value): boolean | null {
  return x === null || y === null ? null : compared(x, y) === 0;
}
export function negated(truth: Value): Value {
  return truth === null ? null : !truth;
}
export function every(truths: readonly Value[]): Value {
  return truths.includes(false) ? false : truths.includes(null) ? null : true;
}
export function some(truths: readonly Value[]): Value {
  return truths.includes(true) ? true : truths.includes(null) ? null : false;
}
/** A list's literals as values: texts of a decimal are decimals. */
export function listed(kind: Value, list: readonly unknown[]): NonNullable<Value>[] {
  return list.map((item) => (isDecimal(kind) ? decimal(item as string) : (item as NonNullable<Value>)));
}
function member(item: Value, list: readonly unknown[]): Value {
  return item === null ? null : listed(item, list).some((one) => compared(item, one) === 0);
}
function drawnList(kind: Kind): NonNullable<Operator["with"]> {
  return (draw) => Array.from({ length: draw.whole(0, 4) }, () => draw.literal(kind)) as never;
}
const memberships = Object.fromEntries(
  (["int", "bigint", "decimal", "text", "date"] as const).flatMap((kind): [string, Operator][] => [
    [
      `in_${kind}`,
      {
        takes: [kind],
        gives: "bool",
        with: drawnList(kind),
        build: (args, list) => a(args).in(list),
        nullable: ([x], list: readonly unknown[]) => (list.length === 0 ? false : member(x as Value, list)),
      },
    ],
    [
      `notIn_${kind}`,
      {
        takes: [kind],
        gives: "bool",
        with: drawnList(kind),
        build: (args, list) => a(args).notIn(list),
        nullable: ([x], list: readonly unknown[]) => (list.length === 0 ? true : negated(member(x as Value, list))),
      },
    ],
  ]),
) as Record<`${"in" | "notIn"}_${"int" | "bigint" | "decimal" | "text" | "date"}`, Operator>;

/** The order of two rows of values: the first that differ decide, an unknown one before them leaves it unknown. */
function rowOrder(left: readonly Value[], right: readonly Value[], strict: (sign: number) => boolean, equalRows: boolean): Value {
  for (const [i, x] of left.entries()) {
    const y = right[i] as Value;
    if (x === null || y === null) return null;
    const sign = compared(x, y);
    if (sign !== 0) return strict(sign);
  }
  return equalRows;
}
function tuple(
  name: "eq" | "ne" | "gt" | "gte" | "lt" | "lte",
  value: (left: readonly Value[], right: readonly Value[]) => Value,
): Operator {
  return {
    takes: ["int", "text", "int", "text"],
    gives: "bool",
    expressions: [0, 1],
    build: (args) => fn.tuple(args[0], args[1])[name]([args[2], args[3]]),
    nullable: (args) => value(args.slice(0, 2), args.slice(2)),
  };
}
const rowEqual = (left: readonly Value[], right: readonly Value[]): Value => every(left.map((x, i) => equal(x, right[i] as Value)));

type Path = readonly [Parameters: readonly (string | number)[]];
function at(doc: Json, path: readonly (string | number)[]): Json | undefined {
  let here: Json | undefined = doc;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    if (Array.isArray(here) !== (typeof step === "number")) return undefined;
    here = Object.hasOwn(here, step) ? (here as Record<string, Json>)[step] : undefined;
  }
  return here;
}
const scalarPaths = [["a"], ["b"], ["c", 0], ["c", 1], ["d", "e"], ["nope"]];
function document(
  gives: Kind,
  build: (doc: Expression) => Expression,
  value: (found: Json) => Value,
  paths: readonly unknown[] = scalarPaths,
): Operator {
  return {
    takes: ["json"],
    gives,
    with: (draw) => draw.of(...paths) as never,
    build: (args, path: Path) => build(a(args).path(...path)),
    value: ([doc], path: readonly (string | number)[]) => {
      const found = at((doc as { json: Json }).json, path);
      return found === undefined || found === null ? null : value(found);
    },
  };
}
/** What PostgreSQL's `@>` says. */
function contains(whole: Json, part: Json, top = true): boolean {
  if (Array.isArray(part)) return Array.isArray(whole) && part.every((one) => whole.some((other: Json) => contains(other, one, false)));
  if (typeof part === "object" && part !== null)
    return (
      typeof whole === "object" &&
      whole !== null &&
      !Array.isArray(whole) &&
      Object.entries(part).every(([key, one]) => {
        return Object.hasOwn(whole, key) && contains((whole as Record<string, Json>)[key] as Json, one as Json, false);
      })
    );
  if (top && Array.isArray(whole)) return whole.includes(part);
  return whole === part;
}

export const anyOperators = operators({
  and: {
    takes: ["bool", "bool"],
    gives: "bool",
    weight: 4,
    typed: true,
    build: (args) => a(args).and(b(args)),
    nullable: (args) => every(args),
  },
  or: {
    takes: ["bool", "bool"],
    gives: "bool",
    weight: 4,
    typed: true,
    build: (args) => a(args).or(b(args)),
    nullable: (args) => some(args),
  },
  not: { takes: ["bool"], gives: "bool", weight: 3, build: (args) => a(args).not(), nullable: ([x]) => negated(x as Value) },
  eq: comparison("eq", comparable, (sign) => sign === 0),
  ne: comparison("ne", comparable, (sign) => sign !== 0),
  gt: comparison("gt", ordered, (sign) => sign > 0),
  gte: comparison("gte", ordered, (sign) => sign >= 0),
  lt: comparison("lt", ordered, (sign) => sign < 0),
  lte: comparison("lte", ordered, (sign) => sign <= 0),
  isNull: {
    takes: ["K"],
    gives: "bool",
    over: [...comparable, "json"],
    weight: 2,
    build: (args) => a(args).isNull(),
    nullable: ([x]) => x === null,
  },
  isNotNull: {
    takes: ["K"],
    gives: "bool",
    over: [...comparable, "json"],
    build: (args) => a(args).isNotNull(),
    nullable: ([x]) => x !== null,
  },
  between: {
    takes: ["K", "K", "K"],
    gives: "bool",
    over: ordered,
    weight: 2,
    build: (args) => a(args).between(b(args), c(args)),
    nullable: ([x, low, high]) =>
      every([
        x === null || low === null ? null : compared(x as never, low as never) >= 0,
        x === null || high === null ? null : compared(x as never, high as never) <= 0,
      ]),
  },
  ...memberships,
  tupleEq: tuple("eq", rowEqual),
  tupleNe: tuple("ne", (left, right) => negated(rowEqual(left, right))),
  tupleGt: tuple("gt", (left, right) => rowOrder(left, right, (sign) => sign > 0, false)),
  tupleGte: tuple("gte", (left, right) => rowOrder(left, right, (sign) => sign > 0, true)),
  tupleLt: tuple("lt", (left, right) => rowOrder(left, right, (sign) => sign < 0, false)),
  tupleLte: tuple("lte", (left, right) => rowOrder(left, right, (sign) => sign < 0, true)),
  tupleIn: {
    takes: ["int", "text"],
    gives: "bool",
    expressions: [0, 1],
    with: (draw) => Array.from({ length: draw.whole(0, 3) }, () => [draw.literal("int"), draw.literal("text")]) as never,
    build: (args, rows) => fn.tuple(args[0], args[1]).in(rows),
    nullable: (args, rows: readonly (readonly Value[])[]) => some(rows.map((row) => rowEqual(args, row))),
  },
  tupleNotIn: {
    takes: ["int", "text"],
    gives: "bool",
    expressions: [0, 1],
    with: (draw) => Array.from({ length: draw.whole(0, 3) }, () => [draw.literal("int"), draw.literal("text")]) as never,
    build: (args, rows) => fn.tuple(args[0], args[1]).notIn(rows),
    nullable: (args, rows: readonly (readonly Value[])[]) => negated(some(rows.map((row) => rowEqual(args, row)))),
  },
  coalesce: {
    takes: ["K", "K"],
    gives: "K",
    over: comparable,
    // A literal has no more digits than it needs.
    typed: ["decimal"],
    scale: most,
    build: (args) => fn.coalesce(a(args), b(args)),
    nullable: ([x, y]) => (x ?? y) as Value,
  },
  nullif: {
    takes: ["K", "K"],
    gives: "K",
    over: comparable,
    scale: ([scale]) => scale as number,
    build: (args) => fn.nullif(a(args), b(args)),
    nullable: ([x, y]) => (equal(x as Value, y as Value) === true ? null : (x as Value)),
  },
  greatest: {
    takes: ["K", "K"],
    gives: "K",
    over: ordered,
    // A literal has no more digits than it needs.
    typed: ["decimal"],
    scale: most,
    build: (args) => fn.greatest(a(args), b(args)),
    value: ([x, y]) => (compared(x as never, y as never) >= 0 ? x : y) as Value,
  },
  least: {
    takes: ["K", "K"],
    gives: "K",
    over: ordered,
    // A literal has no more digits than it needs.
    typed: ["decimal"],
    scale: most,
    build: (args) => fn.least(a(args), b(args)),
    value: ([x, y]) => (compared(x as never, y as never) <= 0 ? x : y) as Value,
  },
  when: {
    takes: ["bool", "K", "K"],
    gives: "K",
    over: comparable,
    // Of whole numbers alone it would be an int.
    typed: ["bigint", "decimal", "date", "datetime", "float"],
    scale: ([, ...scales]) => most(scales),
    build: (args) => caseOf(a(args), b(args), c(args)),
    nullable: ([condition, x, y]) => (condition === true ? x : y) as Value,
  },
  jsonText: document(
    "text",
    (found) => found.asText(),
    (found) => (typeof found === "object" ? null : String(found)),
    [["a"], ["b"], ["d", "e"], ["nope"]],
  ),
  jsonNumber: document(
    "float",
    (found) => found.asNumber(),
    (found) => (typeof found === "number" ? found : null),
  ),
  jsonBoolean: document(
    "bool",
    (found) => found.asBoolean(),
    (found) => (typeof found === "boolean" ? found : null),
  ),
  jsonLength: document(
    "int",
    (found) => found.length(),
    (found) => (Array.isArray(found) ? found.length : null),
    [["c"], ["a"], ["nope"]],
  ),
  jsonContains: {
    takes: ["json"],
    gives: "bool",
    with: (draw) =>
      draw.of<Json>({ a: 1 }, { c: [1] }, { c: ["x"] }, { d: { e: true } }, {}, { b: "x" }, { a: null }, { c: [] }, { d: {} }),
    build: (args, part) => a(args).contains(part),
    value: ([doc], part: Json) => contains((doc as { json: Json }).json, part),
  },
  jsonHas: {
    takes: ["json"],
    gives: "bool",
    with: (draw) => draw.of<Json>(1, "x", true, 2.5),
    build: (args, element) => a(args).path("c").has(element),
    value: ([doc], element: Json) => {
      const found = at((doc as { json: Json }).json, ["c"]);
      return found === undefined ? null : Array.isArray(found) && found.includes(element);
    },
  },
});
