/** Helpers of the error tests: provoking, expecting, and looking for values in everything an error prints. */
import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { ErrorTable } from "../../src/dialects/error-table.ts";
import { ConnectionLost, KakaError, type Outcome, TransactionLost } from "../../src/errors.ts";

/** A value that no message may quote. Letters and digits only, so that no escaping hides it. */
export const secret = "Zq7Hidden93x";

/** What a statement was refused with. */
export async function failure(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error("expected a failure, but the statement ran");
}

/** Fails when a value stands in any form in which an error gets printed. */
export function expectSilent(error: KakaError, ...values: readonly string[]): void {
  const forms = {
    message: error.message,
    stack: error.stack ?? "",
    string: String(error),
    json: JSON.stringify(error),
    spread: JSON.stringify({ ...error }),
    inspect: inspect(error, { depth: 10, showHidden: true }),
    cause: `${inspect(error.cause, { depth: 10, showHidden: true })} ${JSON.stringify(error.cause)} ${String(error.cause)}`,
  };
  for (const [form, text] of Object.entries(forms)) {
    for (const value of [secret, ...values]) expect(text.includes(value), `${form} shows ${value}: ${text}`).toBe(false);
  }
}

export type ErrorClass = abstract new (...args: never[]) => KakaError;

export interface Facts {
  readonly nativeCode?: string;
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly outcome?: Outcome;
  readonly retryable?: boolean;
}

/** Asserts the class itself (not a subclass), the facts given, and that nothing leaks. */
export function expectMapped(mapped: KakaError, original: unknown, type: ErrorClass, facts: Facts): void {
  expect(mapped.constructor, mapped.message).toBe(type);
  expect({ ...mapped }, mapped.message).toMatchObject({ outcome: "not_applied", ...withoutUndefined(facts) });
  for (const [key, value] of Object.entries(facts))
    if (value === undefined) expect(mapped[key as keyof Facts], mapped.message).toBeUndefined();
  expect(typeof mapped.retryable).toBe("boolean");
  expect(mapped.driverError()).toBe(original);
  expect(mapped.cause).not.toBe(original);
  expectSilent(mapped);
}

function withoutUndefined(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Codes separated by blanks, their class, and what differs from `not_applied`, not retryable, not fatal. */
export type ExpectedRow = readonly [codes: string, type: ErrorClass, flags?: string];

export interface Mapping {
  readonly errors: ErrorTable;
  readonly mapError: (error: unknown) => KakaError;
  readonly isFatal: (error: KakaError) => boolean;
}

/** One test per row of a table, with an error object of the shape the client library gives. */
export function testRows(dialect: Mapping, expected: readonly ExpectedRow[], synthetic: (key: string) => unknown): void {
  describe("every row", () => {
    it("is expected here", () => {
      expect(expected.flatMap(([codes]) => codes.split(" ")).sort()).toEqual([...dialect.errors.keys()].sort());
    });
    const cases = expected.flatMap(([codes, type, flags = ""]) => codes.split(" ").map((key) => ({ key, name: type.name, type, flags })));
    it.each(cases)("$key is $name $flags", ({ key, type, flags }) => {
      const original = synthetic(key);
      const mapped = dialect.mapError(original);
      expectMapped(mapped, original, type, {
        outcome: flags.includes("unknown") ? "unknown" : "not_applied",
        retryable: flags.includes("retryable"),
      });
      expect(dialect.isFatal(mapped)).toBe(
        flags.includes("fatal") || mapped instanceof ConnectionLost || mapped instanceof TransactionLost,
      );
      expect(mapped.nativeCode).toEqual(expect.any(String));
    });
  });
}

/** Passing errors through, and surviving whatever gets thrown. */
export function testForeign({ mapError, isFatal }: Mapping): void {
  it("passes our own errors unchanged", () => {
    const own = new KakaError("mine");
    expect(mapError(own)).toBe(own);
  });
  it.each([[undefined], [null], [7], [secret], [{}], [new Error(secret)], [Object.assign(new Error(secret), { code: `${secret} ` })]])(
    "maps %o to a QueryError",
    (thrown) => {
      const mapped = mapError(thrown);
      expect(mapped.code).toBe("KAKA_QUERY");
      expect(mapped.nativeCode).toBeUndefined();
      expect(mapped.hint).toContain("driverError()");
      expect(mapped.driverError()).toBe(thrown);
      expect(isFatal(mapped)).toBe(false);
      expectSilent(mapped);
    },
  );
  it("keeps no method or value of a hostile error", () => {
    const mapped = mapError({
      name: { secret },
      code: { toString: () => secret },
      message: { secret },
      constraint: 1,
      table: `a\n${secret}`,
      detail: [secret],
    });
    expectSilent(mapped);
  });
}

/** A group that runs when its server answers or its client loads; else it is skipped aloud, or fails when KAKA_REQUIRE_ALL=1. */
export async function describeServer(name: string, probe: () => Promise<unknown>, body: () => void): Promise<void> {
  const refused = await probe().then(
    () => null,
    (error: unknown) =>
      `${name} cannot be used: ${error instanceof Error ? (error.message || error.name).split("\n", 1)[0] : String(error)}`,
  );
  const required = process.env.KAKA_REQUIRE_ALL === "1";
  if (refused !== null && !required) console.log(`skipped: ${refused}`);
  describe.skipIf(refused !== null && !required)(name, () => {
    beforeAll(() => {
      if (refused !== null) throw new Error(refused);
    });
    body();
  });
}
