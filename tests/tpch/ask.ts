/** Asks the questions of one database in both ways and says where the answers differ. */
import type { Engine } from "kakaorm";
import type { Family } from "../targets/target.ts";
import { questions } from "./all.ts";
import type { Client } from "./client.ts";
import { difference } from "./compare.ts";
import { rawFragments } from "./fragments.ts";
import { handWritten, type QuestionName } from "./sql/all.ts";
import { wordsOf } from "./sql/words.ts";

export interface Answer {
  readonly name: QuestionName;
  readonly title: string;
  /** Rows that the builder's query gave. */
  readonly rows: number;
  /** How the hand-written query's rows differ; null where they do not. */
  readonly difference: string | null;
  readonly rawFragments: number;
  readonly builtMs: number;
  readonly writtenMs: number;
}

/** @throws what the database or the builder throws, with the question's name before it */
export async function ask(name: QuestionName, db: Engine, client: Client, family: Family): Promise<Answer> {
  const { title, query, columns } = questions[name];
  try {
    const start = performance.now();
    const built = await query.using(db);
    const between = performance.now();
    const written = await client.rows(handWritten[name](wordsOf[family]));
    const end = performance.now();
    return {
      name,
      title,
      rows: built.length,
      difference: difference(columns, built, written),
      rawFragments: rawFragments(query),
      builtMs: between - start,
      writtenMs: end - between,
    };
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
