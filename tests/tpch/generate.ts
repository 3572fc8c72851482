/**
 * The benchmark's data, generated: the same rows for the same scale, in every run. Keys, ranges and words are those of the
 * specification. One thing is not left to chance: at scales far below 1 some of the 22 questions would find nothing, so a
 * few parts, suppliers and orders in every table are made for them.
 */
import { type Data, type RowOf, retailCents, type Sizes, sizesOf, supplierOfPart } from "./data.ts";
import { generateOrders } from "./generate-orders.ts";
import type { Customer, Part, PartSupp, Supplier } from "./models.ts";
import { comment, moneyText, numbered, phone } from "./phrases.ts";
import { type Random, randomOf } from "./random.ts";
import { colours, containerSyllables, nationNames, regionNames, segments, typeSyllables } from "./words.ts";

export function generate(scale: number): Data {
  const sizes = sizesOf(scale);
  const text = randomOf("regions and nations");
  const parts = keys(sizes.parts, randomOf("parts"), part);
  return {
    regions: regionNames.map((name, regionKey) => ({ regionKey, name, comment: comment(text, 31, 115) })),
    nations: nationNames.map(([name, regionKey], nationKey) => ({ nationKey, name, regionKey, comment: comment(text, 31, 114) })),
    suppliers: keys(sizes.suppliers, randomOf("suppliers"), supplier),
    parts,
    partSupps: partSupps(sizes),
    customers: keys(sizes.customers, randomOf("customers"), customer),
    ...generateOrders(sizes),
  };
}

function keys<R>(count: number, random: Random, make: (key: number, random: Random) => R): R[] {
  return Array.from({ length: count }, (_, i) => make(i + 1, random));
}

/** The nations that the questions name come first of every thirty, so that ten suppliers are enough to have them all. */
const askedNations = ["FRANCE", "GERMANY", "BRAZIL", "CANADA", "SAUDI ARABIA", "INDIA"].map((asked) =>
  nationNames.findIndex(([name]) => name === asked),
);

function supplier(suppKey: number, random: Random): RowOf<typeof Supplier> {
  const nationKey = askedNations[(suppKey - 1) % 30] ?? random.whole(0, 24);
  const said = suppKey % 100 === 3 ? "Customer slow Complaints" : suppKey % 100 === 6 ? "Customer happy Recommends" : null;
  return {
    suppKey,
    name: numbered("Supplier", suppKey),
    address: random.letters(10, 40).trim(),
    nationKey,
    phone: phone(random, nationKey),
    acctBal: moneyText(random.whole(-99_999, 999_999)),
    comment: said === null ? comment(random, 25, 100) : `${comment(random, 25, 40)} ${said}`,
  };
}

/** How often a kind comes again: a prime, so that it meets every supplier. */
const askedPeriod = 37;
/** One part of a period for each kind that the questions ask for, two for one that few lineitems are left of. */
const askedParts: Readonly<Record<number, Partial<RowOf<typeof Part>>>> = {
  3: { type: "LARGE POLISHED BRASS", size: 15 },
  5: { type: "ECONOMY ANODIZED STEEL" },
  7: { brand: "Brand#23", container: "MED BOX" },
  9: { name: "forest green linen sky plum" },
  11: { brand: "Brand#12", container: "SM CASE", size: 4 },
  13: { brand: "Brand#23", container: "MED BAG", size: 9 },
  15: { brand: "Brand#34", container: "LG PACK", size: 14 },
  25: { type: "ECONOMY ANODIZED STEEL" },
};

function part(partKey: number, random: Random): RowOf<typeof Part> {
  const names = new Set<string>();
  while (names.size < 5) names.add(random.pick(colours));
  const maker = random.whole(1, 5);
  return {
    partKey,
    name: Array.from(names).join(" "),
    mfgr: `Manufacturer#${maker}`,
    brand: `Brand#${maker}${random.whole(1, 5)}`,
    type: typeSyllables.map((syllables) => random.pick(syllables)).join(" "),
    size: random.whole(1, 50),
    container: containerSyllables.map((syllables) => random.pick(syllables)).join(" "),
    retailPrice: moneyText(retailCents(partKey)),
    comment: comment(random, 5, 22),
    ...askedParts[partKey % askedPeriod],
  };
}

function partSupps({ parts, suppliers }: Sizes): RowOf<typeof PartSupp>[] {
  const random = randomOf("partsupps");
  return Array.from({ length: parts * 4 }, (_, n) => {
    const partKey = Math.floor(n / 4) + 1;
    return {
      partKey,
      suppKey: supplierOfPart(partKey, n % 4, suppliers),
      availQty: random.whole(1, 9999),
      supplyCost: moneyText(random.whole(100, 100_000)),
      comment: comment(random, 49, 198),
    };
  });
}

function customer(custKey: number, random: Random): RowOf<typeof Customer> {
  const nationKey = random.whole(0, 24);
  return {
    custKey,
    name: numbered("Customer", custKey),
    address: random.letters(10, 40).trim(),
    nationKey,
    phone: phone(random, nationKey),
    acctBal: moneyText(random.whole(-99_999, 999_999)),
    mktSegment: random.pick(segments),
    comment: comment(random, 29, 116),
  };
}
