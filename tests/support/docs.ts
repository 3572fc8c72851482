/** Marked code of the Markdown files: `<!-- example: name after models -->` before a fence, `text` after it is its output. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface DocBlock {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** From the marker; null where there is none. */
  readonly name: string | null;
  /** Blocks whose code stands before this one. */
  readonly after: readonly string[];
  /** The `text` block that follows directly: what running it prints. */
  readonly output: string | null;
}

export const root = fileURLToPath(new URL("../../", import.meta.url));

const fence = /^(?:<!-- example: (?<name>[\w-]+)(?: after (?<after>[\w -]+))? -->\n)?```(?<language>\w*)\n(?<code>[\s\S]*?)^```$/gm;

export function blocksOf(file: string): DocBlock[] {
  const text = readFileSync(new URL(file, `file://${root}`), "utf8");
  const found = [...text.matchAll(fence)].map((match) => ({
    match,
    language: match.groups?.["language"] ?? "",
    code: match.groups?.["code"] ?? "",
  }));
  return found.map(({ match, language, code }, i): DocBlock => {
    const next = found[i + 1];
    const between = next === undefined ? "" : text.slice(match.index + match[0].length, next.match.index);
    return {
      file,
      line: text.slice(0, match.index).split("\n").length,
      language,
      code,
      name: match.groups?.["name"] ?? null,
      after: match.groups?.["after"]?.split(" ") ?? [],
      output: next?.language === "text" && !/^#/m.test(between) && next.match.groups?.["name"] === undefined ? next.code : null,
    };
  });
}
