/** The 22 questions by name. */
import * as first from "./queries/q01-q05.ts";
import * as second from "./queries/q06-q10.ts";
import * as third from "./queries/q11-q16.ts";
import * as fourth from "./queries/q17-q22.ts";
import type { Question } from "./question.ts";
import type { QuestionName } from "./sql/all.ts";

export const questions: Readonly<Record<QuestionName, Question>> = { ...first, ...second, ...third, ...fourth };
export const questionNames = Object.keys(questions).sort() as QuestionName[];
