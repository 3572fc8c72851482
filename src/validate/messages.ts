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

/** What the catalogue says of a rule; null: it does not know the rule, or not all that its text names. */
function said(facts: Facts, catalogue: Catalogue): string | null {
  const key = facts.rule === "unique" && facts.expectedTogether !== undefined ? "unique_together" : facts.rule;
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
  return said(facts, catalogues.en) ?? catalogues.en.messages.custom;
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
    const known = SUPPORTED_LOCALES.some((one) => said(entry, catalogues[one]) === entry.message);
    return known ? { ...entry, message: said(entry, catalogues[locale]) ?? entry.message } : { ...entry };
  });
}
