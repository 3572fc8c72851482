/** The text of an entry, in the languages there are. Layer 5. */
import { UsageError, type ValidationDetail } from "../errors.ts";
import { en, enTypes, type Messages, type TypeWords } from "./locales/en.ts";
import { ja, jaTypes } from "./locales/ja.ts";

interface Catalogue {
  readonly messages: Messages;
  readonly types: TypeWords;
}
const catalogues = { en: { messages: en, types: enTypes }, ja: { messages: ja, types: jaTypes } } satisfies Record<string, Catalogue>;

export type Locale = keyof typeof catalogues;
/** The languages that `translateDetail` knows. */
export const SUPPORTED_LOCALES: readonly Locale[] = Object.freeze(Object.keys(catalogues) as Locale[]);

function wordOf(value: unknown, key: string, { types }: Catalogue): string {
  if (key === "expectedType" && Object.hasOwn(types, value as string)) return types[value as keyof TypeWords];
  return Array.isArray(value) ? value.join(", ") : String(value);
}

type Facts = Pick<ValidationDetail, "rule"> & Readonly<Record<`expected${string}`, unknown>>;

/** Rules of which more than one thing is said, the most telling first. */
const variants: ReadonlyMap<string, readonly string[]> = new Map([
  ["unique", ["unique_together", "unique"]],
  ["foreign_key", ["foreign_key", "foreign_key_referred", "foreign_key_either"]],
]);

function keysOf(rule: string): readonly string[] {
  return variants.get(rule) ?? [rule];
}

/** What the catalogue has under a key; null: it does not know the key, or not all that its text names. */
function said(facts: Facts, key: string, catalogue: Catalogue): string | null {
  if (!Object.hasOwn(catalogue.messages, key)) return null;
  let complete = true;
  const text = catalogue.messages[key as keyof Messages].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = facts[name as `expected${string}`];
    if (value === undefined || value === null) complete = false;
    return wordOf(value, name, catalogue);
  });
  return complete ? text : null;
}

/** The message of an entry that has none of its own, in English. */
export function messageFor(facts: Facts): string {
  for (const key of keysOf(facts.rule)) {
    const text = said(facts, key, catalogues.en);
    if (text !== null) return text;
  }
  return catalogues.en.messages.custom;
}

/**
 * The entries of a ValidationError with their messages in another language, as new entries. Messages of one's own stay as they are.
 * @throws UsageError for a language that is not one of SUPPORTED_LOCALES
 * @example
 * translateDetail(error.detail, "ja");
 */
export function translateDetail(detail: readonly ValidationDetail[], locale: Locale): ValidationDetail[] {
  if (!SUPPORTED_LOCALES.includes(locale)) throw new UsageError(`translateDetail knows the languages ${SUPPORTED_LOCALES.join(", ")}`);
  return detail.map((entry) => {
    // A message that no catalogue would have written is somebody's own.
    const key = keysOf(entry.rule).find((one) => SUPPORTED_LOCALES.some((known) => said(entry, one, catalogues[known]) === entry.message));
    return { ...entry, message: (key === undefined ? null : said(entry, key, catalogues[locale])) ?? entry.message };
  });
}
