/** What the operators on JSON documents mean, said once more in JavaScript. */

/** Keys that need care. */
export const keys = [
  "plain",
  "with.dot",
  'quo"te',
  "apo'strophe",
  "back\\slash",
  "$",
  "[0]",
  "",
  " ",
  "日本",
  "😀",
  "a\nb",
  "0",
  "__proto__",
  "constructor",
  "x -- y",
  "?",
];

/** An object with an own key of any name. */
export const one = (key: string, value: unknown): unknown => Object.fromEntries([[key, value]]);

/** What `@>` means, said once more in JavaScript. */
export function holds(document: unknown, part: unknown, top = true): boolean {
  if (Array.isArray(document) && top && (part === null || typeof part !== "object"))
    return document.some((item) => holds(item, part, false));
  if (Array.isArray(part)) return Array.isArray(document) && part.every((wanted) => document.some((item) => holds(item, wanted, false)));
  if (part === null || typeof part !== "object") return document === part;
  if (document === null || typeof document !== "object" || Array.isArray(document)) return false;
  return Object.entries(part).every(
    ([key, wanted]) => Object.hasOwn(document, key) && holds((document as Record<string, unknown>)[key], wanted, false),
  );
}

/** The place of a path's last step, or null where its parent cannot have it. */
function parentOf(document: unknown, path: readonly (string | number)[]): Record<string | number, unknown> | null {
  let at = document;
  for (const [i, step] of path.entries()) {
    const fits = typeof step === "number" ? Array.isArray(at) : typeof at === "object" && at !== null && !Array.isArray(at);
    if (!fits) return null;
    const parent = at as Record<string | number, unknown>;
    if (i === path.length - 1) return parent;
    if (!Object.hasOwn(parent, step)) return null;
    at = parent[step];
  }
  return null;
}
export function withSet(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(document);
  const parent = parentOf(copy, path);
  const last = path.at(-1) as string | number;
  if (parent !== null && (typeof last === "string" || Object.hasOwn(parent, last))) parent[last] = value;
  return copy;
}
export function withUnset(document: unknown, path: readonly (string | number)[]): unknown {
  const copy = structuredClone(document);
  const parent = parentOf(copy, path);
  const last = path.at(-1) as string | number;
  if (Array.isArray(parent)) parent.splice(last as number, 1);
  else if (parent !== null) delete parent[last];
  return copy;
}
export function withAppended(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(document);
  const parent = path.length === 0 ? { copy } : parentOf(copy, path);
  const array = parent?.[path.at(-1) ?? "copy"];
  if (Array.isArray(array)) array.push(value);
  return copy;
}
