/** What commands print: data on stdout, everything said to people on stderr. */
import { styleText } from "node:util";
import { KakaError } from "../src/errors.ts";

/** Exit codes, the same for all commands. */
export const exit = { done: 0, failed: 1, usage: 2, found: 3 } as const;

export function data(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function json(value: unknown): void {
  data(JSON.stringify(value, null, 2));
}

type Style = "green" | "yellow" | "red" | "dim";

function coloured(): boolean {
  return process.stderr.isTTY === true && process.env["NO_COLOR"] === undefined;
}

export function say(text: string, style?: Style): void {
  process.stderr.write(`${style !== undefined && coloured() ? styleText(style, text) : text}\n`);
}

/** One line for an error. What is not ours might hold a password: only its kind is told. */
export function messageOf(error: unknown): string {
  if (error instanceof KakaError) return error.message.replace(/\s*\n\s*/g, " ");
  return error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : String(error);
}
