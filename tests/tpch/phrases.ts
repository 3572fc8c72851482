/** Texts of the generated rows: comments, names, phone numbers, money and days. */
import type { Random } from "./random.ts";
import { adjectives, adverbs, nouns, verbs } from "./words.ts";

/** Sentences of the specification's words, between `least` and `most` letters long. */
export function comment(random: Random, least: number, most: number): string {
  const length = random.whole(least, most);
  let text = "";
  while (text.length < length) {
    text += `${random.pick(adjectives)} ${random.pick(nouns)} ${random.pick(verbs)} ${random.pick(adverbs)}`;
    text += random.whole(0, 1) === 0 ? " about the " : ". ";
  }
  // An end in a space would be another text to databases that ignore it.
  return text
    .slice(0, length - 1)
    .trimEnd()
    .concat(".");
}

/** `Supplier#000000042`. */
export function numbered(word: string, key: number): string {
  return `${word}#${String(key).padStart(9, "0")}`;
}

/** The first two digits say the nation. */
export function phone(random: Random, nationKey: number): string {
  return `${nationKey + 10}-${random.whole(100, 999)}-${random.whole(100, 999)}-${random.whole(1000, 9999)}`;
}

/** `-12.05` of -1205 cents. */
export function moneyText(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const dayLength = 86_400_000;
const firstDay = Date.UTC(1992, 0, 1);
/** As many days of order as the specification has: the last deliveries are in December 1998. */
export const lastOrderDay = (Date.UTC(1998, 7, 2) - firstDay) / dayLength;
/** What the specification takes for today, 17 June 1995: what was shipped before is billed. */
export const currentDay = (Date.UTC(1995, 5, 17) - firstDay) / dayLength;

const days: string[] = [];
/** The day that is `n` days after the first of January 1992. */
export function dayText(n: number): string {
  for (let next = days.length; next <= n; next++) days.push(new Date(firstDay + next * dayLength).toISOString().slice(0, 10));
  return days[n] as string;
}
