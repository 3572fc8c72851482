/** LIKE in SQLite, which ignores case there: what respects it is written in other ways. Layer 4. */
import type { LikeNode } from "../../ast/expr.ts";
import { textCodec } from "../../codec/text.ts";
import type { ExprRenderer } from "../../render/expr-renderer.ts";
import type { Sent } from "../../render/writer.ts";

/** `@` is the item, `?` the next value. */
const texts = {
  like: "@ like ? escape '!'",
  glob: "@ glob ?",
  part: "instr(@, ?) > 0",
  start: "substr(@, 1, length(?)) = ?",
  range: "(@ collate binary >= ? and @ collate binary < ?)",
} as const;

interface LikeForm extends Sent {
  readonly form: keyof typeof texts;
}

/**
 * SQLite plans a statement with a GLOB anew for each value, in the hope of an index, and in files of UTF-16 finds too much with it.
 * Where the pattern is a plain text at the start or anywhere, comparisons say the same: the index is used, and the plan kept.
 */
export function likeForm(node: LikeNode, prefixRanges: boolean): LikeForm {
  const { item, pattern, ignoreCase } = node;
  if (ignoreCase) return globForm(node);
  let text: string;
  if (pattern.search(special) === pattern.length - 1 && pattern.endsWith("%")) text = pattern.slice(0, -1);
  else {
    const [whole, lead, part = "", trail] = plainPattern.exec(pattern) ?? [];
    if (whole === undefined || trail === "") return globForm(node);
    text = part.replace(escaped, "$1");
    if (lead !== "") return { form: "part", values: [text] };
  }
  // The item is written twice, which costs nothing for a column.
  const behind = prefixRanges && item.kind === "column" ? behindAll(text) : null;
  return behind === null ? { form: "start", values: [text, text] } : { form: "range", values: [text, behind] };
}

/** The same whatever the pattern is. */
export function globForm({ pattern, ignoreCase }: LikeNode): LikeForm {
  return ignoreCase ? { form: "like", values: [pattern] } : { form: "glob", values: [globPattern(pattern)] };
}

export function writeLike(to: ExprRenderer, { item }: LikeNode, { form, values }: LikeForm): void {
  let next = 0;
  for (const piece of texts[form].split(/([@?])/)) {
    if (piece === "@") to.expr(item, 4);
    else if (piece === "?") to.value(values[next++], textCodec);
    else to.write(piece);
  }
}

const special = /[!%_]/;
// Of a lone % the second group is empty, and the third has it.
const plainPattern = /^(%?(?=.))((?:[^!%_]|!.)*)(%?)$/s;
const escaped = /!(.)/gs;

/** The same pattern in GLOB's letters. */
function globPattern(like: string): string {
  let glob = "";
  for (let i = 0; i < like.length; i++) {
    let mark = like[i] as string;
    const escapes = mark === "!" && i + 1 < like.length;
    if (escapes) mark = like[++i] as string;
    if (mark === "%" && !escapes) glob += "*";
    else if (mark === "_" && !escapes) glob += "?";
    else glob += mark === "*" || mark === "?" || mark === "[" ? `[${mark}]` : mark;
  }
  return glob;
}

const highest = 0x10ffff;
/** The last code point before the numbers that surrogates take, and the first after them. */
const beforeSurrogates = 0xd7ff;
const afterSurrogates = 0xe000;

/** The first text, in the order of code points, behind all that begin with this one; null when there is none. */
function behindAll(text: string): string | null {
  const last = text.charCodeAt(text.length - 1);
  if (last < beforeSurrogates) return text.slice(0, -1) + String.fromCharCode(last + 1);
  const marks = Array.from(text);
  for (let i = marks.length - 1; i >= 0; i--) {
    const code = (marks[i] as string).codePointAt(0) as number;
    if (code === highest) continue;
    const next = code === beforeSurrogates ? afterSurrogates : code + 1;
    return marks.slice(0, i).join("") + String.fromCodePoint(next);
  }
  return null;
}
