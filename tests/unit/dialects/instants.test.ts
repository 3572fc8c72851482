/** Instants as text, there and back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readInstant, writeInstant } from "../../../src/dialects/wire.ts";

const first = Date.parse("0001-01-01T00:00:00.000Z");
const last = Date.parse("9999-12-31T23:59:59.999Z");
const day = 86_400_000;

describe("instants", () => {
  it("are written as toISOString writes them", () => {
    const instant = fc.oneof(
      fc.integer({ min: first, max: last }),
      // The ends of days, where one that is kept must make way for the next.
      fc
        .integer({ min: Math.ceil(first / day) + 1, max: Math.floor(last / day) })
        .chain((n) => fc.constantFrom(-1, 0, 1).map((d) => n * day + d)),
    );
    fc.assert(
      fc.property(fc.array(instant, { minLength: 1, maxLength: 5 }), (instants) => {
        for (const value of instants) {
          const date = new Date(value);
          expect(`${writeInstant(date, "T")}Z`).toBe(date.toISOString());
          expect(writeInstant(date, " ")).toBe(date.toISOString().slice(0, 23).replace("T", " "));
          expect(readInstant(writeInstant(date, " ")).getTime()).toBe(value);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("that are none are not written", () => {
    expect(() => writeInstant(new Date(Number.NaN), "T")).toThrow(RangeError);
    expect(writeInstant(new Date(0), "T")).toBe("1970-01-01T00:00:00.000");
  });
});
