/** The engine's own traits equal the pinned table. */
import { expect, it } from "vitest";
import { pinnedTraits } from "../targets/capabilities.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  it("says what the pinned table says", () => {
    const { traits } = t.engine();
    const actual = Object.fromEntries(pinnedTraits.map((name) => [name, traits[name]]));
    expect(actual).toEqual(t.capabilities);
  });
}
