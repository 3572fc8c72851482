/** From the records of the `world-countries` package to rows. */
import { createRequire } from "node:module";
import type { Engine } from "kakaorm";
import type { Countries, Country as CountryRecord, OfficialAndCommon } from "world-countries";
import { Border, Country, CountryCurrency, CountryLanguage, Currency, Language, regions, tables } from "./models.ts";

// The package is CommonJS, its types are written for bundlers.
export const records: Countries = createRequire(import.meta.url)("world-countries");

function translation(record: CountryRecord, language: string): OfficialAndCommon {
  const name = record.translations[language];
  if (name === undefined) throw new Error(`${record.name.common} has no name in ${language}`);
  return name;
}

function regionOf(name: string): (typeof regions)[number] {
  const region = regions.find((one) => one === name);
  if (region === undefined) throw new Error(`no such region: ${name}`);
  return region;
}

/** Creates the tables and fills them: all rows or none. */
export async function loadWorld(db: Engine): Promise<void> {
  await db.createTable(...tables);
  // MySQL commits whenever a table is made, so the transaction begins after that.
  await db.transaction(async () => {
    await Country.using(db).bulkCreate(
      records.map((record) => ({
        code: record.cca3,
        name: record.name.common,
        capital: record.capital[0] ?? null,
        region: regionOf(record.region),
        subregion: record.subregion || null,
        independent: record.independent,
        landlocked: record.landlocked,
        latitude: record.latlng[0],
        longitude: record.latlng[1],
        // The package writes -1 for the one country whose area it does not know.
        area: record.area < 0 ? null : String(record.area),
        translations: { deu: translation(record, "deu"), jpn: translation(record, "jpn"), spa: translation(record, "spa") },
      })),
    );
    await Language.using(db).bulkCreate(named(records.map((record) => record.languages)));
    await Currency.using(db).bulkCreate(named(records.map((record) => mapValues(record.currencies, (currency) => currency.name))));
    await CountryLanguage.using(db).bulkCreate(
      records.flatMap((record) => Object.keys(record.languages).map((languageCode) => ({ countryCode: record.cca3, languageCode }))),
    );
    await CountryCurrency.using(db).bulkCreate(
      records.flatMap((record) => Object.keys(record.currencies).map((currencyCode) => ({ countryCode: record.cca3, currencyCode }))),
    );
    await Border.using(db).bulkCreate(
      records.flatMap((record) => record.borders.map((neighbourCode) => ({ countryCode: record.cca3, neighbourCode }))),
    );
  });
}

export async function dropWorld(db: Engine): Promise<void> {
  await db.dropTableIfExists(...tables);
}

function mapValues<T>(object: { readonly [key: string]: T }, to: (value: T) => string): { [key: string]: string } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, to(value)]));
}

/** One row per code; the records spell some names in two ways, and the first one stays. */
function named(lists: readonly { readonly [code: string]: string }[]): { code: string; name: string }[] {
  const names = new Map<string, string>();
  for (const list of lists) for (const [code, name] of Object.entries(list)) if (!names.has(code)) names.set(code, name);
  return Array.from(names, ([code, name]) => ({ code, name }));
}
