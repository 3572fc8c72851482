/** The frame clause of a window. Layer 3. */
import type { FrameBound, FrameNode } from "../ast/expr.ts";
import { UnsupportedError } from "../errors.ts";
import type { Traits } from "./traits.ts";

function boundText({ kind, offset }: FrameBound, side: "preceding" | "following"): string {
  if (kind === "current") return "current row";
  return kind === "unbounded" ? `unbounded ${side}` : `${offset} ${kind}`;
}

/** Offsets are checked whole numbers: servers take no parameters there. */
export function frameText({ unit, start, end, exclude }: FrameNode, traits: Traits): string {
  if ((unit === "groups" || exclude !== null) && !traits.fullFrames) {
    throw new UnsupportedError(`${traits.label} has no GROUPS frames and no EXCLUDE (trait fullFrames)`, {
      hint: "say the frame in rows or range",
    });
  }
  return `${unit} between ${boundText(start, "preceding")} and ${boundText(end, "following")}${exclude === null ? "" : ` exclude ${exclude}`}`;
}
