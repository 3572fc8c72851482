/** What the hand-written texts of the questions spell differently on each database. */
import type { Family } from "../../targets/target.ts";

export interface Words {
  /** A money column as a number that is exact; in SQLite, which keeps text, in hundredths. */
  exact(column: string): string;
  /** A literal of two digits in the same unit. */
  hundredths(literal: string): string;
  /** The mean of a money column as a double. */
  mean(column: string): string;
  /** A quotient of exact numbers, rounded to `digits`. `unit` is what SQLite's integers have to be divided by. */
  quotient(above: string, below: string, digits: number, unit?: number): string;
  /** `amount` days, months or years after a date. */
  later(day: string, amount: number, unit: "day" | "month" | "year"): string;
  year(column: string): string;
}

const standard = {
  exact: (column: string) => column,
  hundredths: (literal: string) => literal,
  later: (day: string, amount: number, unit: string) => `date '${day}' + interval '${amount}' ${unit}`,
  year: (column: string) => `extract(year from ${column})`,
};

const postgres: Words = {
  ...standard,
  mean: (column) => `cast(avg(${column}) as double precision)`,
  quotient: (above, below, digits) => `round(${above} / ${below}, ${digits})`,
};

const mysql: Words = {
  ...standard,
  mean: (column) => `avg(${column} * 1e0)`,
  quotient: (above, below, digits) => `round(${above} / ${below}, ${digits})`,
};

const sqlite: Words = {
  exact: (column) => `cast(replace(${column}, '.', '') as integer)`,
  hundredths: (literal) => String(Math.round(Number(literal) * 100)),
  mean: (column) => `avg(cast(${column} as real))`,
  quotient: (above, below, digits, unit = 1) => `printf('%.${digits}f', 1.0 * ${above} / ${below} / ${unit}.0)`,
  later: (day, amount, unit) => `date('${day}', '${amount} ${unit}')`,
  year: (column) => `cast(strftime('%Y', ${column}) as integer)`,
};

export const wordsOf: Readonly<Record<Family, Words>> = { postgres, mysql, sqlite };

/** What is paid for a lineitem; of four digits, in SQLite ten-thousandths. */
export function revenue(w: Words): string {
  return `${w.exact("l_extendedprice")} * (${w.hundredths("1")} - ${w.exact("l_discount")})`;
}
