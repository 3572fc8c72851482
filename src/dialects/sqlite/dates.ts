/** Arithmetic of dates and instants, which SQLite keeps as text. Layer 4. */
import type { DateDifferenceNode, DateShiftNode } from "../../ast/expr.ts";
import type { ExprRenderer } from "../../render/expr-renderer.ts";

interface Writer extends Pick<ExprRenderer, "write"> {
  instant(node: DateShiftNode["item"]): void;
}

/** A modifier of SQLite's date functions; the number is a checked integer. */
function modifier(count: number, unit: "months" | "days" | "seconds"): string {
  return `, '${count < 0 ? "" : "+"}${count} ${unit}'`;
}

/** `@` in the template stands for the value. */
function writeWith(to: Writer, template: string, item: DateShiftNode["item"]): void {
  template.split("@").forEach((text, i) => {
    if (i > 0) to.instant(item);
    to.write(text);
  });
}

export function writeShift(to: Writer, { item, months, days, seconds, codec }: DateShiftNode): void {
  const instant = codec.type.word === "datetime";
  // SQLite counts the days that a month does not have into the next one: the earlier of that and the month's last day is meant.
  const monthEnd = `date(@, 'start of month'${modifier(months + 1, "months")}, '-1 day')`;
  const month = `min(date(@${modifier(months, "months")}), ${monthEnd})${instant ? " || substr(@, 11)" : ""}`;
  const base = months === 0 ? "@" : month;
  const rest = `${days === 0 ? "" : modifier(days, "days")}${seconds === 0 ? "" : modifier(seconds, "seconds")}`;
  if (rest === "") writeWith(to, `(${base})`, item);
  else writeWith(to, instant ? `strftime('%Y-%m-%dT%H:%M:%fZ', ${base}${rest})` : `date(${base}${rest})`, item);
}

/** In whole milliseconds first: a Julian day, which is a double, would not keep them. */
export function writeDifference(to: Writer, { left, right, unit }: DateDifferenceNode): void {
  const instant = "(cast(strftime('%s', @) as integer) * 1000 + cast(substr(strftime('%f', @), 4, 3) as integer))";
  to.write("(cast(");
  writeWith(to, instant, left);
  to.write(" - ");
  writeWith(to, instant, right);
  to.write(` as real) / ${unit})`);
}
