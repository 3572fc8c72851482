/** Cases of wrong use: values that a column cannot hold, in every place where a value can stand. */
import { ValidationError, ValueError } from "../../src/index.ts";
import { type BadCase, bad, secret } from "../support/bad-models.ts";

const wrong: readonly [column: string, value: unknown, message: RegExp][] = [
  ["id", "1", /takes an integer, got a string/],
  ["views", 1.5, /fraction/],
  ["views", 2 ** 31, /outside/],
  ["views", Number.NaN, /fraction or not finite/],
  ["views", true, /got a boolean/],
  ["small", 40_000, /outside -32768 to 32767/],
  ["big", 5, /write 5n/],
  ["big", 2n ** 63n, /64 bits/],
  ["real", Number.POSITIVE_INFINITY, /finite/],
  ["real", secret, /finite number, got a string/],
  ["price", 9.5, /write "9\.50"/],
  ["price", secret, /not a decimal number/],
  ["price", "1e3", /not a decimal number/],
  ["price", "1.234", /after the point/],
  ["price", "1234567", /before the point/],
  ["flag", 1, /true or false, got a number/],
  ["flag", "true", /true or false/],
  ["name", 5, /a string, got a number/],
  ["name", ["a"], /a string, got an array/],
  ["name", { toString: () => secret }, /a string, got an object/],
  ["name", `${secret}\0`, /NUL/],
  ["name", `${secret}\ud800`, /surrogate/],
  ["name", secret.repeat(5), /longer than 60/],
  ["at", "2020-01-01", /a Date, got a string/],
  ["at", new Date(Number.NaN), /invalid/],
  ["at", 0, /a Date, got a number/],
  ["day", new Date(), /YYYY-MM-DD/],
  ["day", "2023-02-29", /no such day/],
  ["clock", "24:00:00", /HH:MM:SS/],
  ["token", secret, /not a uuid/],
  ["word", secret, /one of low, high/],
  ["doc", 5n, /JSON document/],
  ["doc", () => secret, /JSON document/],
  ["blob", secret, /a Uint8Array, got a string/],
  ["blob", [1, 2], /a Uint8Array, got an array/],
];

export const valueCases: readonly BadCase[] = wrong.flatMap(([column, value, message], i) => {
  const label = `${column} as case ${i}`;
  const whole = { id: 2, name: "x", [column]: value };
  const cases = [
    bad(`create: ${label}`, ({ model }) => model.create(whole), ValidationError, message),
    bad(`bulkCreate: ${label}`, ({ model }) => model.bulkCreate([{ id: 3, name: "y" }, whole]), ValidationError, message),
  ];
  if (column !== "id")
    cases.push(bad(`update: ${label}`, ({ model }) => model.where({ id: 1 }).update({ [column]: value }), ValidationError, message));
  // More digits than the column holds are fine in a comparison: nothing is equal to such a number.
  if (value !== "1.234") cases.push(bad(`where: ${label}`, ({ model }) => model.where({ [column]: value }), ValueError, message));
  return cases;
});
