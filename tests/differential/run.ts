/** Random statements on random rows, on every database, against the evaluation. */
import { inspect } from "node:util";
import fc from "fast-check";
import type { Statement } from "./describe.ts";
import { drawData, drawFrom } from "./draw.ts";
import { StatementDraw } from "./draw-query.ts";
import { fill, outcome, type Place } from "./place.ts";
import { type Case, shrunk } from "./shrink.ts";
import type { Data } from "./tables.ts";

/** Statements that are asked of the same rows. */
export const perData = 25;

export interface Batch {
  readonly data: Data;
  readonly statements: readonly Statement[];
}
export interface Disagreement {
  readonly place: string;
  /** Which batch of the run it was, and which statement of the batch. */
  readonly at: string;
  readonly text: string;
  readonly smallest: Case;
}
export interface Report {
  /** Statements; each is run on every database. */
  runs: number;
  readonly disagreements: Disagreement[];
  readonly perPlace: Map<string, { agreed: number; refused: number; different: number; ms: number }>;
}

/** The same for the same seed. */
export function batch(seed: number, statements: number): Batch {
  const [made] = fc.sample(
    fc.gen().map((g) => {
      const draw = drawFrom((min, max) => g(fc.integer, { min, max }));
      const data = drawData(draw);
      return { data, statements: Array.from({ length: statements }, () => new StatementDraw(draw).statement()) };
    }),
    { seed, numRuns: 1 },
  );
  return made as Batch;
}

export function written(value: unknown): string {
  return inspect(value, { depth: null, compact: 8, breakLength: 140, maxArrayLength: null });
}

/** Which kind of failure it is: another one of the same statement does not count. */
function manner(text: string): string {
  return text.match(/^\w*Error\b[^[("]*(\[\w+\])?/)?.join() ?? "another answer";
}

export async function compareAll(
  places: readonly Place[],
  o: {
    readonly runs: number;
    readonly seed: number;
    readonly shrink?: boolean;
    readonly limitMs?: number;
    readonly found?: (one: Disagreement) => void;
  },
): Promise<Report> {
  const report: Report = { runs: 0, disagreements: [], perPlace: new Map() };
  for (const { name } of places) report.perPlace.set(name, { agreed: 0, refused: 0, different: 0, ms: 0 });
  const end = performance.now() + (o.limitMs ?? Number.POSITIVE_INFINITY);
  for (let i = 0; report.runs < o.runs && performance.now() < end; i++) {
    const { data, statements } = batch(o.seed + i, Math.min(perData, o.runs - report.runs));
    report.runs += statements.length;
    const failures = await Promise.all(places.map((place) => compareBatch(place, data, statements, report)));
    for (const [p, place] of places.entries())
      for (const { at, text } of failures[p] ?? []) {
        const statement = statements[at] as Statement;
        const smallest = o.shrink === false ? { data, statement } : await smallestOf(place, { data, statement }, text);
        const one = { place: place.name, at: `seed ${o.seed + i}, statement ${at}`, text, smallest };
        report.disagreements.push(one);
        o.found?.(one);
      }
  }
  return report;
}

async function compareBatch(
  place: Place,
  data: Data,
  statements: readonly Statement[],
  { perPlace }: Report,
): Promise<{ at: number; text: string }[]> {
  const start = performance.now();
  const counts = perPlace.get(place.name) as { agreed: number; refused: number; different: number; ms: number };
  const failures: { at: number; text: string }[] = [];
  await fill(place.engine, data);
  for (const [at, statement] of statements.entries()) {
    const found = await outcome(place, data, statement);
    if (found.kind === "same") counts.agreed++;
    else if (found.kind === "refused") counts.refused++;
    else {
      counts.different++;
      failures.push({ at, text: found.text ?? "" });
    }
  }
  counts.ms += performance.now() - start;
  return failures;
}

async function smallestOf(place: Place, found: Case, text: string): Promise<Case> {
  let filled: Data | null = null;
  return shrunk(found, async ({ data, statement }) => {
    if (filled !== data) await fill(place.engine, data);
    filled = data;
    const other = await outcome(place, data, statement);
    return other.kind === "different" && manner(other.text) === manner(text);
  });
}
