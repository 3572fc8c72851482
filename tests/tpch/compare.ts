/** Are the builder's rows those of the hand-written query? Every value is read as what the question says it is. */

/** What a value is: `decimal 4` is exact and has four digits after the point. */
export type Kind = "text" | "date" | "whole" | "double" | `decimal ${number}`;
export type Kinds = Readonly<Record<string, Kind>>;

/** Doubles are added up in whatever order a database likes. */
const tolerance = 1e-9;

/** What differs first, in words; null where all rows are the same, in the same order. */
export function difference(kinds: Kinds, built: readonly object[], written: readonly (readonly unknown[])[]): string | null {
  const names = Object.keys(kinds);
  if (built.length !== written.length) return `${built.length} rows from the builder, ${written.length} from the hand-written query`;
  for (let r = 0; r < built.length; r++) {
    const [ours, theirs] = [built[r] as Record<string, unknown>, written[r] as readonly unknown[]];
    if (Object.keys(ours).join() !== names.join()) return `row ${r} has ${Object.keys(ours).join()}, the question says ${names.join()}`;
    if (theirs.length !== names.length) return `row ${r} of the hand-written query has ${theirs.length} values, not ${names.length}`;
    for (const [c, name] of names.entries()) {
      const kind = kinds[name] as Kind;
      const wrong = malformed(kind, ours[name]);
      if (wrong !== null) return `${name} in row ${r}: ${wrong}`;
      if (!same(kind, ours[name], asKind(kind, theirs[c])))
        return `${name} in row ${r}: ${String(ours[name])} from the builder, ${String(theirs[c])} from the hand-written query`;
    }
  }
  return null;
}

/** Why a value of the builder is not of its kind; it must arrive as such, not only be convertible. */
function malformed(kind: Kind, value: unknown): string | null {
  const right =
    kind === "whole"
      ? Number.isSafeInteger(value)
      : kind === "double"
        ? Number.isFinite(value)
        : typeof value === "string" && shapeOf(kind).test(value);
  return right ? null : `${typeof value} ${String(value)} from the builder is no ${kind}`;
}

function shapeOf(kind: Kind): RegExp {
  if (kind === "date") return /^\d{4}-\d\d-\d\d$/;
  const digits = scaleOf(kind);
  return digits === null ? /^/ : digits === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${digits}}$`);
}

function scaleOf(kind: Kind): number | null {
  return kind.startsWith("decimal ") ? Number(kind.slice("decimal ".length)) : null;
}

/** A value of a client library as its kind. SQLite's exact numbers are integers: the kind says where the point is. */
function asKind(kind: Kind, value: unknown): unknown {
  const digits = scaleOf(kind);
  if (digits !== null) return typeof value === "bigint" ? pointed(value, digits) : String(value);
  return kind === "whole" || kind === "double" ? Number(value) : String(value);
}

function pointed(value: bigint, digits: number): string {
  const text = String(value < 0n ? -value : value).padStart(digits + 1, "0");
  const cut = text.length - digits;
  return `${value < 0n ? "-" : ""}${text.slice(0, cut)}${digits === 0 ? "" : "."}${text.slice(cut)}`;
}

function same(kind: Kind, ours: unknown, theirs: unknown): boolean {
  if (kind !== "double") return ours === theirs;
  const [a, b] = [ours as number, theirs as number];
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
