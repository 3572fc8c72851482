/** The hand-written text of each question. */
import * as first from "./q01-q08.ts";
import * as second from "./q09-q15.ts";
import * as third from "./q16-q22.ts";
import type { Words } from "./words.ts";

export const handWritten = { ...first, ...second, ...third } satisfies Readonly<Record<string, (words: Words) => string>>;
export type QuestionName = keyof typeof handWritten;
