/** Numbers, texts, dates, and what turns one kind into another. */
import { bigint, bool, date, datetime, decimal as decimalColumn, float, int, text } from "kakaorm";
import { type Expression, fn } from "./loose.ts";
import { type Draw, most, type Operator, operators } from "./operator.ts";
import { compared, type Decimal, decimal, decimalOfFloat, decimalText, divided, type Kind, type Value, withDigits } from "./values.ts";

type Args = readonly Expression[];
const a = (args: Args): Expression => args[0] as Expression;
const b = (args: Args): Expression => args[1] as Expression;

/** The type of a kind, as a column has it. */
export function typeOf(kind: Kind, scale = 2): unknown {
  const words: Readonly<Record<Kind, () => unknown>> = {
    int,
    bigint,
    float,
    decimal: () => decimalColumn({ precision: 30, scale }),
    text,
    bool,
    date,
    datetime,
    json: text,
  };
  return words[kind]();
}

function arithmetic(kind: Kind, method: "add" | "sub" | "mul", value: (x: never, y: never) => Value): Operator {
  return { takes: [kind, kind], gives: kind, build: (args) => a(args)[method](b(args)), value: ([x, y]) => value(x as never, y as never) };
}
function exact(method: "add" | "sub", value: (x: bigint, y: bigint) => bigint, left: Kind = "decimal"): Operator {
  return {
    takes: [left, "decimal"],
    gives: "decimal",
    typed: left !== "decimal",
    scale: most,
    build: (args) => a(args)[method](b(args)),
    value: ([x, y], _, { scale }) => ({ n: value(scaled(x, scale), scaled(y, scale)), digits: scale }),
  };
}
/** A decimal or whole number, times 10^digits. */
function scaled(value: unknown, digits: number): bigint {
  return withDigits(typeof value === "object" ? (value as Decimal) : decimal(String(value)), digits).n;
}
const nonzero = (draw: Draw): number => draw.of(-3, -2, 2, 3, 4, 7, 10);

/** A double rounded half away from zero, as it is written in decimal. */
function roundedFloat(value: number, digits: number): number {
  return Number(decimalText(withDigits(decimalOfFloat(value), digits)));
}
const wholeFloat = (value: number): number => roundedFloat(value, 0);

const spelled = /^[+-]?\d{1,18}(?:\.\d+)?$/;
function number<T>(text: unknown, make: (digits: Decimal) => T): T | null {
  return spelled.test(text as string) && !(text as string).includes("\n") ? make(decimal((text as string).replace("+", ""))) : null;
}

/** SQLite, or a database of the locale C. */
const ascii = (value: string, change: (text: string) => string): string => value.replace(/[A-Za-z]+/g, change);
function cased(name: "lower" | "upper", change: (text: string) => string): Operator {
  return {
    takes: ["text"],
    gives: "text",
    build: (args) => fn[name](a(args)),
    value: ([x], _, { facts }) => (facts.asciiCase ? ascii(x as string, change) : change(x as string)),
  };
}
const lower = (value: string): string => value.toLowerCase();

/** A LIKE pattern without escapes. */
function like(value: string, pattern: string): boolean {
  const marks: Readonly<Record<string, string>> = { "%": ".*", _: "." };
  const source = Array.from(pattern, (mark) => marks[mark] ?? mark.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("");
  return new RegExp(`^${source}$`, "su").test(value);
}
const pieces = ["%", "_", "a", "A", "é", "50", "!", "*", "[", "\\", " ", "b"];
const patternOf = (draw: Draw): string => Array.from({ length: draw.whole(0, 4) }, () => draw.of(...pieces)).join("");
const partOf = (draw: Draw): string => draw.of("a", "A", "%", "_", "!", "é", "É", "*", "[", "\\", " ", "", "50%", "b");
function part(
  method: "contains" | "startsWith" | "endsWith",
  holds: (value: string, part: string) => boolean,
  ignoreCase = false,
): Operator {
  return {
    takes: ["text"],
    gives: "bool",
    with: partOf,
    build: (args, given) => (ignoreCase ? a(args)[method](given, { ignoreCase: true }) : a(args)[method](given)),
    value: ([x], given: string, { facts }) => {
      if (!ignoreCase) return holds(x as string, given);
      const folded = (value: string): string => (facts.asciiCase ? ascii(value, lower) : lower(value));
      return holds(folded(x as string), folded(given));
    },
  };
}

type Span = Readonly<Record<string, number>>;
/** Months first, cut to the last day of the month; then days and the time. */
function shifted(value: string, span: Span, sign: number): string {
  const whole = value.length === 10 ? `${value}T00:00:00.000Z` : value;
  const from = new Date(whole);
  const months = sign * ((span["years"] ?? 0) * 12 + (span["months"] ?? 0));
  const day = from.getUTCDate();
  from.setUTCDate(1);
  from.setUTCMonth(from.getUTCMonth() + months);
  from.setUTCDate(Math.min(day, new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 0)).getUTCDate()));
  const days = (span["weeks"] ?? 0) * 7 + (span["days"] ?? 0);
  const seconds = (span["hours"] ?? 0) * 3600 + (span["minutes"] ?? 0) * 60 + (span["seconds"] ?? 0);
  const text = new Date(from.getTime() + sign * 1000 * (days * 86_400 + seconds)).toISOString();
  return value.length === 10 ? text.slice(0, 10) : text;
}
function span(units: readonly string[]): (draw: Draw) => Span {
  return (draw) => {
    const one = draw.of(...units);
    const other = draw.of(...units);
    return { [one]: draw.whole(-14, 14), ...(draw.whole(0, 2) === 0 ? { [other]: draw.whole(-3, 30) } : {}) };
  };
}
const dateUnits = ["years", "months", "weeks", "days"];
function shift(kind: "date" | "datetime", method: "plus" | "minus"): Operator {
  return {
    takes: [kind],
    gives: kind,
    with: span(kind === "date" ? dateUnits : [...dateUnits, "hours", "minutes", "seconds"]),
    build: (args, given) => a(args)[method](given),
    value: ([x], given: Span) => shifted(x as string, given, method === "plus" ? 1 : -1),
  };
}
const milliseconds: Readonly<Record<string, number>> = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 };
function since(kind: "date" | "datetime"): Operator {
  return {
    takes: [kind, kind],
    gives: "float",
    with: (draw) => draw.of("days", "hours", "minutes", "seconds"),
    build: (args, unit) => a(args).since(b(args), unit),
    value: ([x, y], unit: string) => (Date.parse(x as string) - Date.parse(y as string)) / (milliseconds[unit] as number),
  };
}
function partOfDate(kind: "date" | "datetime", units: readonly string[]): Operator {
  const places: Readonly<Record<string, readonly [number, number]>> = {
    year: [0, 4],
    month: [5, 7],
    day: [8, 10],
    hour: [11, 13],
    minute: [14, 16],
    second: [17, 19],
  };
  return {
    takes: [kind],
    gives: "int",
    with: (draw) => draw.of(...units),
    build: (args, unit) => a(args).part(unit),
    value: ([x], unit: string) => Number((x as string).slice(...(places[unit] as [number, number]))),
  };
}

function cast(from: Kind, to: Kind, value: NonNullable<Operator["value"]>): Operator {
  return {
    takes: [from],
    gives: to,
    weight: 0.5,
    expressions: [0],
    ...(to === "decimal" ? { scale: () => 2 } : {}),
    build: (args) => fn.cast(a(args), typeOf(to)),
    value,
  };
}
const casts = {
  intOfText: cast("text", "int", ([x]) => number(x, (found) => Number(withDigits(found, 0).n))),
  intOfFloat: cast("float", "int", ([x]) => wholeFloat(x as number)),
  intOfDecimal: cast("decimal", "int", ([x]) => Number(withDigits(x as Decimal, 0).n)),
  intOfBool: cast("bool", "int", ([x]) => Number(x)),
  bigintOfInt: cast("int", "bigint", ([x]) => BigInt(x as number)),
  floatOfInt: cast("int", "float", ([x]) => x as number),
  floatOfDecimal: cast("decimal", "float", ([x]) => Number(decimalText(x as Decimal))),
  floatOfText: cast("text", "float", ([x]) => number(x, (found) => Number(decimalText(found)))),
  decimalOfInt: cast("int", "decimal", ([x]) => ({ n: BigInt(x as number) * 100n, digits: 2 })),
  decimalOfText: cast("text", "decimal", ([x]) => number(x, (found) => withDigits(found, 2))),
  decimalOfDecimal: cast("decimal", "decimal", ([x]) => withDigits(x as Decimal, 2)),
  decimalOfFloat: cast("float", "decimal", ([x]) => withDigits(decimalOfFloat(x as number), 2)),
  textOfInt: cast("int", "text", ([x]) => String(x)),
  textOfBigint: cast("bigint", "text", ([x]) => String(x)),
  textOfDecimal: cast("decimal", "text", ([x]) => decimalText(x as Decimal)),
  textOfBool: cast("bool", "text", ([x]) => String(x)),
  textOfDate: cast("date", "text", ([x]) => x as string),
  textOfDatetime: cast("datetime", "text", ([x]) => x as string),
  boolOfInt: cast("int", "bool", ([x]) => x !== 0),
  dateOfDatetime: cast("datetime", "date", ([x]) => (x as string).slice(0, 10)),
  datetimeOfDate: cast("date", "datetime", ([x]) => `${x as string}T00:00:00.000Z`),
};

const wholeNumber = (value: number): number => value + 0;
export const valueOperators = operators({
  intAdd: arithmetic("int", "add", (x: number, y: number) => x + y),
  intSub: arithmetic("int", "sub", (x: number, y: number) => x - y),
  intMul: arithmetic("int", "mul", (x: number, y: number) => wholeNumber(x * y)),
  intDiv: {
    takes: ["int"],
    gives: "float",
    with: nonzero,
    build: (args, by) => a(args).div(by),
    value: ([x], by: number) => (x as number) / by,
  },
  intDivided: {
    takes: ["int", "int"],
    gives: "float",
    expressions: [1],
    build: (args) => a(args).div(fn.nullif(b(args), 0)),
    value: ([x, y]) => (y === 0 ? null : (x as number) / (y as number)),
  },
  mod: {
    takes: ["int"],
    gives: "int",
    with: nonzero,
    build: (args, by) => fn.mod(a(args), by),
    value: ([x], by: number) => wholeNumber((x as number) % by),
  },
  intAbs: { takes: ["int"], gives: "int", build: (args) => fn.abs(a(args)), value: ([x]) => Math.abs(x as number) },
  intMulFloat: {
    takes: ["int"],
    gives: "float",
    with: (draw) => draw.of(0.5, -1.5, 2.25),
    build: (args, by) => a(args).mul(by),
    value: ([x], by: number) => (x as number) * by,
  },
  length: { takes: ["text"], gives: "int", build: (args) => fn.length(a(args)), value: ([x]) => Array.from(x as string).length },
  bigintAdd: arithmetic("bigint", "add", (x: bigint, y: bigint) => x + y),
  bigintSub: arithmetic("bigint", "sub", (x: bigint, y: bigint) => x - y),
  bigintMul: {
    takes: ["bigint"],
    gives: "bigint",
    with: (draw) => draw.of(-2, 2, 3),
    build: (args, by) => a(args).mul(by),
    value: ([x], by: number) => (x as bigint) * BigInt(by),
  },
  bigintPlusInt: {
    takes: ["bigint", "int"],
    gives: "bigint",
    expressions: [1],
    build: (args) => a(args).add(b(args)),
    value: ([x, y]) => (x as bigint) + BigInt(y as number),
  },
  bigintDiv: {
    takes: ["bigint"],
    gives: "float",
    with: nonzero,
    build: (args, by) => a(args).div(by),
    value: ([x], by: number) => Number(x) / by,
  },
  floatAdd: arithmetic("float", "add", (x: number, y: number) => x + y),
  floatSub: arithmetic("float", "sub", (x: number, y: number) => x - y),
  floatMul: arithmetic("float", "mul", (x: number, y: number) => x * y),
  floatRound: {
    takes: ["float"],
    gives: "float",
    with: (draw) => draw.whole(0, 2),
    build: (args, digits) => fn.round(a(args), digits),
    value: ([x], digits: number) => roundedFloat(x as number, digits),
  },
  ceil: { takes: ["float"], gives: "float", build: (args) => fn.ceil(a(args)), value: ([x]) => Math.ceil(x as number) },
  floor: { takes: ["float"], gives: "float", build: (args) => fn.floor(a(args)), value: ([x]) => Math.floor(x as number) },
  power: {
    takes: ["int"],
    gives: "float",
    weight: 0.5,
    with: (draw) => draw.whole(0, 3),
    build: (args, by) => fn.power(a(args), by),
    value: ([x], by: number) => (x as number) ** by,
  },
  floatAbs: { takes: ["float"], gives: "float", build: (args) => fn.abs(a(args)), value: ([x]) => Math.abs(x as number) },
  decimalAdd: exact("add", (x, y) => x + y),
  decimalSub: exact("sub", (x, y) => x - y),
  intMinusDecimal: exact("sub", (x, y) => x - y, "int"),
  decimalMul: {
    takes: ["decimal"],
    gives: "decimal",
    with: (draw) => draw.of("1.5", "-0.25", "2", "0.1"),
    scale: ([scale], by: string) => (scale as number) + decimal(by).digits,
    build: (args, by) => a(args).mul(by),
    value: ([x], by: string, { scale }) => ({ n: (x as Decimal).n * decimal(by).n, digits: scale }),
  },
  intMulDecimal: {
    takes: ["int", "decimal"],
    gives: "decimal",
    expressions: [1],
    scale: ([, scale]) => scale as number,
    build: (args) => a(args).mul(b(args)),
    value: ([x, y]) => ({ n: BigInt(x as number) * (y as Decimal).n, digits: (y as Decimal).digits }),
  },
  decimalDiv: {
    takes: ["decimal"],
    gives: "decimal",
    with: (draw) => draw.of("3", "-7", "0.5", "1.25", "8"),
    scale: ([scale]) => (scale as number) + 4,
    build: (args, by) => a(args).div(by),
    value: ([x], by: string, { scale }) => {
      const [item, divisor] = [x as Decimal, decimal(by)];
      return { n: divided(item.n * 10n ** BigInt(scale - item.digits + divisor.digits), divisor.n), digits: scale };
    },
  },
  decimalRound: {
    takes: ["decimal"],
    gives: "decimal",
    with: (draw) => draw.whole(0, 3),
    scale: (_, digits: number) => digits,
    build: (args, digits) => fn.round(a(args), digits),
    value: ([x], digits: number) => withDigits(x as Decimal, digits),
  },
  decimalAbs: {
    takes: ["decimal"],
    gives: "decimal",
    scale: ([scale]) => scale as number,
    build: (args) => fn.abs(a(args)),
    value: ([x]) => (compared(x as Decimal, decimal("0")) < 0 ? { ...(x as Decimal), n: -(x as Decimal).n } : (x as Decimal)),
  },
  lower: cased("lower", lower),
  upper: cased("upper", (value) => value.toUpperCase()),
  trim: { takes: ["text"], gives: "text", build: (args) => fn.trim(a(args)), value: ([x]) => (x as string).replace(/^ +| +$/g, "") },
  concat: {
    takes: ["text", "text"],
    gives: "text",
    build: (args) => fn.concat(a(args), b(args)),
    value: ([x, y]) => `${x as string}${y as string}`,
  },
  substr: {
    takes: ["text"],
    gives: "text",
    with: (draw) => (draw.whole(0, 1) === 0 ? [draw.whole(1, 4)] : [draw.whole(1, 4), draw.whole(0, 3)]),
    build: (args, given: readonly number[]) => fn.substr(a(args), ...given),
    value: ([x], [start, count]: readonly number[]) => {
      const letters = Array.from(x as string).slice((start as number) - 1);
      return (count === undefined ? letters : letters.slice(0, count)).join("");
    },
  },
  replace: {
    takes: ["text"],
    gives: "text",
    with: (draw) => [draw.of("a", " ", "é", "%", "A"), draw.of("", "b", "é ")],
    build: (args, [of, by]: readonly string[]) => fn.replace(a(args), of, by),
    value: ([x], [of, by]: readonly string[]) => (x as string).replaceAll(of as string, () => by as string),
  },
  like: {
    takes: ["text"],
    gives: "bool",
    with: patternOf,
    build: (args, pattern) => a(args).like(pattern),
    value: ([x], pattern: string) => like(x as string, pattern),
  },
  ilike: {
    takes: ["text"],
    gives: "bool",
    with: patternOf,
    build: (args, pattern) => a(args).ilike(pattern),
    value: ([x], pattern: string, { facts }) => {
      const folded = (value: string): string => (facts.asciiCase ? ascii(value, lower) : lower(value));
      return like(folded(x as string), folded(pattern));
    },
  },
  contains: part("contains", (value, given) => value.includes(given)),
  startsWith: part("startsWith", (value, given) => value.startsWith(given)),
  endsWith: part("endsWith", (value, given) => value.endsWith(given)),
  containsAnyCase: part("contains", (value, given) => value.includes(given), true),
  startsWithAnyCase: part("startsWith", (value, given) => value.startsWith(given), true),
  datePlus: shift("date", "plus"),
  dateMinus: shift("date", "minus"),
  datetimePlus: shift("datetime", "plus"),
  datetimeMinus: shift("datetime", "minus"),
  dateSince: since("date"),
  datetimeSince: since("datetime"),
  datePart: partOfDate("date", ["year", "month", "day"]),
  datetimePart: partOfDate("datetime", ["year", "month", "day", "hour", "minute", "second"]),
  ...casts,
});
