/** The text of CREATE TABLE, which is all that SQLite keeps of checks, names and defaults. Layer 4. */

/** One word, name, text, number or sign; names without their quotes. */
interface Token {
  readonly text: string;
  readonly kind: "word" | "name" | "text" | "sign";
}

export interface TextColumn {
  readonly name: string;
  readonly type: string;
  readonly default: string | null;
  readonly autoincrement: boolean;
  readonly generated: boolean;
}

export interface TableText {
  readonly columns: readonly TextColumn[];
  readonly checks: readonly { readonly name: string | null; readonly condition: string }[];
  readonly uniques: readonly { readonly name: string | null; readonly columns: readonly string[] }[];
  readonly foreignKeys: readonly { readonly name: string | null; readonly columns: readonly string[] }[];
}

const parts = [
  /--[^\n]*|\/\*[\s\S]*?\*\//,
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/,
  // What is one word only as long as no blank stands in it.
  /[xX]'[^']*'|0[xX][\da-fA-F]+|\d+(?:\.\d*)?[eE][+-]?\d+|->>?|<[=<>]|>[=>]|!=|==|\|\|/,
  /[\w$\u0080-\uffff.]+|[^\s]/,
];
const pattern = new RegExp(parts.map(({ source }) => source).join("|"), "gu");

export function tokensOf(text: string): Token[] {
  return [...text.matchAll(pattern)].flatMap(([part]): Token[] => {
    if (part.startsWith("--") || part.startsWith("/*")) return [];
    if (part.startsWith("'")) return [{ kind: "text", text: part }];
    if (part.startsWith("[")) return [{ kind: "name", text: part.slice(1, -1) }];
    const quote = part[0] as string;
    if (quote === '"' || quote === "`") return [{ kind: "name", text: part.slice(1, -1).replaceAll(quote + quote, quote) }];
    return [{ kind: /^[\w$\u0080-\uffff]/u.test(part) ? "word" : "sign", text: part }];
  });
}

/** One spelling for texts that mean the same: what differs is blanks, quotes and the case of words. */
export function normalText(text: string): string {
  return spell(tokensOf(text));
}

function spell(tokens: readonly Token[]): string {
  return tokens
    .map(({ kind, text }) =>
      kind === "name" ? `"${text.toLowerCase().replaceAll('"', '""')}"` : kind === "word" ? text.toLowerCase() : text,
    )
    .join(" ");
}

const is = (token: Token | undefined, ...words: string[]): boolean => token?.kind === "word" && words.includes(token.text.toLowerCase());
const sign = (token: Token | undefined, text: string): boolean => token?.kind === "sign" && token.text === text;

/** The tokens up to the bracket that closes the one at `from`. */
function within(tokens: readonly Token[], from: number): readonly Token[] {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    if (sign(tokens[i], "(")) depth++;
    if (sign(tokens[i], ")") && --depth === 0) return tokens.slice(from + 1, i);
  }
  return tokens.slice(from + 1);
}

function split(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (sign(token, "(")) depth++;
    if (sign(token, ")")) depth--;
    if (depth === 0 && sign(token, ",")) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

const names = (tokens: readonly Token[]): string[] => split(tokens).map(([first]) => first?.text ?? "");
const rules = [
  "constraint",
  "primary",
  "not",
  "null",
  "unique",
  "check",
  "default",
  "collate",
  "references",
  "generated",
  "as",
  "on",
  "deferrable",
];

export function readTableText(text: string): TableText {
  const tokens = tokensOf(text);
  const body = within(
    tokens,
    tokens.findIndex((token) => sign(token, "(")),
  );
  const columns: TextColumn[] = [];
  const found = { checks: [] as { name: string | null; condition: string }[], uniques: [] as Keyed[], foreignKeys: [] as Keyed[] };
  for (const part of split(body)) {
    const tableRule = is(part[0], "constraint", "primary", "unique", "check", "foreign") && part[0]?.kind === "word";
    if (tableRule) readRules(part, 0, null, found);
    else columns.push(readColumn(part, found));
  }
  return { columns, ...found };
}

interface Keyed {
  readonly name: string | null;
  readonly columns: string[];
}
interface Found {
  readonly checks: { name: string | null; condition: string }[];
  readonly uniques: Keyed[];
  readonly foreignKeys: Keyed[];
}

function readColumn(part: readonly Token[], found: Found): TextColumn {
  const name = part[0]?.text ?? "";
  let at = 1;
  let depth = 0;
  const type: Token[] = [];
  for (; at < part.length; at++) {
    if (depth === 0 && is(part[at], ...rules)) break;
    if (sign(part[at], "(")) depth++;
    if (sign(part[at], ")")) depth--;
    type.push(part[at] as Token);
  }
  return { name, type: type.map(({ text }) => text).join(" "), ...readRules(part, at, name, found) };
}

/** Rules of a column, or of the table when `column` is null. */
function readRules(
  part: readonly Token[],
  from: number,
  column: string | null,
  found: Found,
): { default: string | null; autoincrement: boolean; generated: boolean } {
  let name: string | null = null;
  const read = { default: null as string | null, autoincrement: false, generated: false };
  for (let at = from; at < part.length; at++) {
    const token = part[at];
    if (is(token, "constraint")) {
      name = part[++at]?.text ?? null;
      continue;
    }
    if (is(token, "autoincrement")) read.autoincrement = true;
    else if (is(token, "generated", "as")) read.generated = true;
    else if (is(token, "check")) {
      const inner = within(part, at + 1);
      found.checks.push({ name, condition: spell(inner) });
      at += inner.length + 2;
    } else if (is(token, "unique") || is(token, "foreign") || (is(token, "references") && column !== null)) {
      const open = part.findIndex((one, i) => i > at && sign(one, "("));
      const columns = column === null ? names(within(part, open)) : [column];
      (is(token, "unique") ? found.uniques : found.foreignKeys).push({ name, columns });
      if (column === null) return read;
    } else if (is(token, "default")) {
      if (sign(part[at + 1], "(")) {
        const inner = within(part, at + 1);
        read.default = `( ${spell(inner)} )`;
        at += inner.length + 2;
      } else {
        const signed = sign(part[at + 1], "-") || sign(part[at + 1], "+");
        read.default = spell(part.slice(at + 1, at + (signed ? 3 : 2))).replaceAll(" ", part[at + 1]?.kind === "text" ? " " : "");
        at += signed ? 2 : 1;
      }
    } else continue;
    name = null;
  }
  return read;
}
