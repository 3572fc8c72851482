/** What the author has to say before a migration can be written: asked on a terminal, named otherwise. */
import { createInterface } from "node:readline";
import type { Hints, Question } from "../migrations/renames.ts";

/** `post.title:headline`, `post:article`; `-` after the colon says that it was not renamed. @throws Error with the form */
export function parseHints(renames: readonly string[], defaults: readonly string[]): Hints {
  const tables: Record<string, string | null> = {};
  const columns: Record<string, string | null> = {};
  for (const text of renames) {
    const [, from, to] = /^([^:]+):([^:]+)$/.exec(text) ?? [];
    if (from === undefined || to === undefined) throw new Error(`--rename takes table.column:name or table:name, got ${text}`);
    (from.includes(".") ? columns : tables)[from] = to === "-" ? null : (to.split(".").at(-1) as string);
  }
  const values: Record<string, string> = {};
  for (const text of defaults) {
    const at = text.indexOf("=");
    if (at < 1) throw new Error(`--default takes table.column=value, got ${text}`);
    values[text.slice(0, at)] = text.slice(at + 1);
  }
  return { tables, columns, defaults: values };
}

/** How a question is answered on the command line. */
export function answersOf(question: Question): string[] {
  switch (question.kind) {
    case "table":
      return [...question.candidates.map((to) => `--rename ${question.from}:${to}`), `--rename ${question.from}:-`];
    case "column": {
      const from = `${question.table}.${question.from}`;
      return [...question.candidates.map((to) => `--rename ${from}:${to}`), `--rename ${from}:-`];
    }
    case "default":
      return [`--default ${question.table}.${question.column}=<${question.type}>`];
    default:
      throw question satisfies never;
  }
}

export function textOf(question: Question): string {
  switch (question.kind) {
    case "table":
      return `Was the table ${question.from} renamed to ${question.candidates.join(" or ")}?`;
    case "column":
      return `Was the column ${question.table}.${question.from} renamed to ${question.candidates.join(" or ")}?`;
    case "default":
      return `Which value do existing rows get in ${question.table}.${question.column} (${question.type})?`;
    default:
      throw question satisfies never;
  }
}

/** Asks on the terminal and adds the answers. Null: the author gave none. */
export async function askAll(questions: readonly Question[], hints: Hints): Promise<Hints | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // What is typed ahead of a question is its answer.
  const lines = terminal[Symbol.asyncIterator]();
  const ask = async (text: string): Promise<string | null> => {
    terminal.setPrompt(`${text} `);
    terminal.prompt();
    const { value, done } = await lines.next();
    return done === true ? null : value;
  };
  try {
    return await answersTo(questions, hints, ask);
  } finally {
    terminal.close();
  }
}

async function answersTo(
  questions: readonly Question[],
  hints: Hints,
  ask: (text: string) => Promise<string | null>,
): Promise<Hints | null> {
  const answered = { tables: { ...hints.tables }, columns: { ...hints.columns }, defaults: { ...hints.defaults } };
  const taken = new Set<string>();
  for (const question of questions) {
    if (question.kind === "default") {
      const value = await ask(textOf(question));
      if (value === null || value === "") return null;
      answered.defaults[`${question.table}.${question.column}`] = value;
      continue;
    }
    const open = question.candidates.filter((name) => !taken.has(`${question.kind}${name}`));
    let chosen: string | null = null;
    for (const candidate of open) {
      const answer = await ask(`${textOf({ ...question, candidates: [candidate] })} [y/N]`);
      if (answer === null) return null;
      if (!/^y/i.test(answer)) continue;
      chosen = candidate;
      break;
    }
    if (chosen !== null) taken.add(`${question.kind}${chosen}`);
    if (question.kind === "table") answered.tables[question.from] = chosen;
    else answered.columns[`${question.table}.${question.from}`] = chosen;
  }
  return answered;
}
