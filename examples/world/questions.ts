/** Ten questions, each one query; lists come in the order of the country codes unless they say otherwise. */
import { avg, count, type Engine, exists, max, min, sum } from "kakaorm";
import { Border, Country, CountryCurrency, CountryLanguage, Language } from "./models.ts";

interface Point {
  latitude: number;
  longitude: number;
}

export interface Answers {
  overview: { countries: number; area: string | null; smallest: string | null; largest: string | null; latitude: number | null };
  largest: { name: string; capital: string | null; area: string | null }[];
  oppositeOfSpain: string;
  euroSubregions: (string | null)[];
  doublyLandlocked: string[];
  unknown: { name: string; missing: { capital: string | null; area: string | null } }[];
  germanNames: { name: string; german: string | null }[];
  spokenInOneCountry: number;
  mostNeighbours: { name: string; neighbours: number }[];
  squareMiles: { updated: number; total: string | null };
}

export const questions: Readonly<Record<keyof Answers, string>> = {
  overview: "How many countries are there, and how large are they?",
  largest: "Which five are the largest?",
  oppositeOfSpain: "Which country lies on the other side of the globe from Spain?",
  euroSubregions: "Where is the euro money?",
  doublyLandlocked: "Which landlocked countries have only landlocked neighbours?",
  unknown: "Whose capital or area is not known?",
  germanNames: "Whose German name ends in 'reich'?",
  spokenInOneCountry: "How many languages are official in a single country?",
  mostNeighbours: "Who has nine neighbours or more?",
  squareMiles: "How large is Oceania in square miles?",
};

export async function answer(db: Engine): Promise<Answers> {
  const countries = Country.using(db);

  const overview = await countries.all().aggregate((c) => ({
    countries: count(),
    area: sum(c.area),
    smallest: min(c.area),
    largest: max(c.area),
    latitude: avg(c.latitude),
  }));

  const largest = await countries
    .all()
    .orderBy((c) => [c.area.desc({ nulls: "last" }), c.code])
    .limit(5)
    .select("name", "capital", "area");

  const spain = await countries.get({ code: "ESP" });
  const opposite = { latitude: -spain.latitude, longitude: spain.longitude + 180 };
  let nearest = { name: "", distance: Number.POSITIVE_INFINITY };
  for await (const country of countries.all()) {
    const distance = angle(country, opposite);
    if (distance < nearest.distance) nearest = { name: country.name, distance };
  }

  const euro = CountryCurrency.where({ currencyCode: "EUR" }).select("countryCode");
  const euroSubregions = await countries
    .where((c) => c.code.in(euro).and(c.subregion.isNotNull()))
    .distinct()
    .orderBy((c) => c.subregion)
    .pluck((c) => c.subregion);

  const coastal = Country.where({ landlocked: false }).select("code");
  const doublyLandlocked = await countries
    .where((c) => c.landlocked.and(exists(Border.where((b) => b.countryCode.eq(c.code)))))
    .exclude((c) => exists(Border.where((b) => b.countryCode.eq(c.code).and(b.neighbourCode.in(coastal)))))
    .orderBy((c) => c.code)
    .pluck((c) => c.name);

  const unknown = await countries
    .where((c) => c.capital.isNull().or(c.area.isNull()))
    .orderBy((c) => c.code)
    .select((c) => ({ name: c.name, missing: { capital: c.capital, area: c.area } }));

  const germanNames = await countries
    .where((c) => c.translations.path("deu").path("common").asText().endsWith("reich"))
    .orderBy((c) => c.code)
    .select((c) => ({ name: c.name, german: c.translations.path("deu").path("common").asText() }));

  const spokenInOneCountry = await Language.using(db)
    .where((l) =>
      exists(
        CountryLanguage.where((here) =>
          here.languageCode
            .eq(l.code)
            .and(exists(CountryLanguage.where((there) => there.languageCode.eq(l.code).and(there.countryCode.ne(here.countryCode))))),
        ),
      ).not(),
    )
    .count();

  const mostNeighbours = await countries
    .all()
    .join(Border, (c, b) => b.countryCode.eq(c.code))
    .groupBy((c) => c.name)
    .having((_c, b) => count(b.neighbourCode).gte(9))
    .orderBy((_c, b) => count(b.neighbourCode).desc())
    .select((c, b) => ({ name: c.name, neighbours: count(b.neighbourCode) }));

  const oceania = countries.where({ region: "Oceania" });
  const squareMiles = {
    updated: await oceania.update((c) => ({ squareMiles: c.area.mul("0.386102") })),
    total: await oceania.sum((c) => c.squareMiles),
  };

  return {
    overview,
    largest,
    oppositeOfSpain: nearest.name,
    euroSubregions,
    doublyLandlocked,
    unknown,
    germanNames,
    spokenInOneCountry,
    mostNeighbours,
    squareMiles,
  };
}

/** Between two points on the globe, in radians. */
export function angle(a: Point, b: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [from, to, turn] = [radians(a.latitude), radians(b.latitude), radians(a.longitude - b.longitude)];
  return Math.acos(Math.sin(from) * Math.sin(to) + Math.cos(from) * Math.cos(to) * Math.cos(turn));
}
