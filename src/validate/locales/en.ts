/** What is said about values that break a rule, in English. `{expectedMin}` stands for that key of the entry. Layer 5. */
import { constraintMessages } from "../../errors.ts";

export const en = {
  ...constraintMessages,
  required: "is required",
  unknown: "is not known here",
  type: "must be {expectedType}",
  well_formed: "must be text without NUL characters and halves of surrogate pairs",
  range: "must be between {expectedMin} and {expectedMax}",
  precision: "must have at most {expectedDigits} digits before the point",
  scale: "must have at most {expectedDigits} digits after the point",
  min_length: "must be {expectedMin} or more characters long",
  max_length: "must be {expectedMax} or fewer characters long",
  min_value: "must be {expectedMin} or more",
  max_value: "must be {expectedMax} or less",
  regex: "does not have the right form",
  one_of: "must be one of: {expectedValues}",
  email: "must be an email address",
  url: "must be a URL that starts with {expectedProtocols}",
  slug: "must be lower-case letters and digits, joined by hyphens or underscores",
  ip: "must be an IP address",
  custom: "is not valid",
} as const;

/** The words of `expectedType`. */
export const enTypes = {
  string: "text",
  integer: "a whole number",
  bigint: "a bigint",
  number: "a finite number",
  decimal: "a decimal number as text",
  boolean: "true or false",
  datetime: "a Date",
  date: 'a day as "YYYY-MM-DD"',
  time: 'a time of day as "HH:MM:SS"',
  uuid: "a uuid",
  bytes: "a Uint8Array",
  json: "a JSON document",
  array: "an array",
  object: "an object",
  custom: "a value that this column takes",
  iso_datetime: 'an instant such as "2024-02-29T12:30:00Z"',
  digits: "a whole number as text",
  base64: "bytes in base64",
} as const;

/** What every language says. */
export type Messages = Readonly<Record<keyof typeof en, string>>;
export type TypeWords = Readonly<Record<keyof typeof enTypes, string>>;
