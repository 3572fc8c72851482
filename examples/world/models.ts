/** The tables of the world: countries, what they speak, what they pay with, and who lives next door. */
import { bool, decimal, float, foreignKey, json, Model, oneOf, str } from "kakaorm";

interface Name {
  common: string;
  official: string;
}

export const regions = ["Africa", "Americas", "Antarctic", "Asia", "Europe", "Oceania"] as const;

export class Country extends Model(
  "world_country",
  {
    code: str({ length: 3 }).primaryKey(),
    name: str({ length: 100 }),
    capital: str({ length: 100 }).nullable(),
    region: oneOf(...regions).index(),
    subregion: str({ length: 100 }).nullable(),
    independent: bool().nullable(),
    landlocked: bool(),
    latitude: float(),
    longitude: float(),
    /** Square kilometres. */
    area: decimal({ precision: 12, scale: 2 }).nullable(),
    squareMiles: decimal({ precision: 12, scale: 2 }).nullable(),
    translations: json<Record<"deu" | "jpn" | "spa", Name>>(),
  },
  { checks: (c) => [c.latitude.between(-90, 90), c.area.gt("0")] },
) {}

export class Language extends Model("world_language", {
  code: str({ length: 3 }).primaryKey(),
  name: str({ length: 100 }),
}) {}

export class Currency extends Model("world_currency", {
  code: str({ length: 3 }).primaryKey(),
  name: str({ length: 100 }),
}) {}

export class CountryLanguage extends Model("world_country_language", {
  countryCode: foreignKey(() => Country, { onDelete: "cascade" }).primaryKey(),
  languageCode: foreignKey(() => Language).primaryKey(),
}) {}

export class CountryCurrency extends Model("world_country_currency", {
  countryCode: foreignKey(() => Country, { onDelete: "cascade" }).primaryKey(),
  currencyCode: foreignKey(() => Currency).primaryKey(),
}) {}

export class Border extends Model("world_border", {
  countryCode: foreignKey(() => Country, { onDelete: "cascade" }).primaryKey(),
  neighbourCode: foreignKey(() => Country, { onDelete: "cascade" }).primaryKey(),
}) {}

export const tables = [Country, Language, Currency, CountryLanguage, CountryCurrency, Border] as const;
