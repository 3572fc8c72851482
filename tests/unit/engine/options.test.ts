import { describe, expect, it, vi } from "vitest";
import { resolveOptions } from "../../../src/engine/options.ts";
import { UsageError } from "../../../src/errors.ts";

/** As a JavaScript caller would pass it. */
const loose = (options: object) => () => resolveOptions(options);

describe("connect options", () => {
  it("fills in the defaults", () => {
    const options = resolveOptions();
    expect(options.pool).toEqual({ min: 0, max: 10, acquireTimeoutMs: 10_000, idleMs: 30_000, maxLifetimeMs: 1_800_000, debug: false });
    expect(options.session).toMatchObject({ connectTimeoutMs: 5_000, lockTimeoutMs: 5_000, prepare: true, applicationName: "kakaorm" });
    expect(options.naming.column).toBeNull();
  });

  it("keeps property names on request", () => {
    expect(resolveOptions({ naming: "preserve" }).naming.column?.("createdAt")).toBe("createdAt");
    expect(resolveOptions({ naming: (name) => `x_${name}` }).naming.column?.("a")).toBe("x_a");
  });

  it("warns of relations loaded row by row, except in production", () => {
    expect(resolveOptions().lazyLoading).toEqual({ mode: "warn", limit: 10 });
    expect(resolveOptions({ lazyLoading: "throw" }).lazyLoading).toEqual({ mode: "throw", limit: 0 });
    expect(resolveOptions({ lazyLoading: "throw", lazyLoadingLimit: 3 }).lazyLoading).toEqual({ mode: "throw", limit: 3 });
    vi.stubEnv("NODE_ENV", "production");
    expect(resolveOptions().lazyLoading.mode).toBe("allow");
    expect(resolveOptions({ lazyLoading: "warn" }).lazyLoading.mode).toBe("warn");
    vi.unstubAllEnvs();
  });

  it.each([
    [{ poool: {} }, "unknown option poool (did you mean pool?)"],
    [{ pool: { maxx: 3 } }, "unknown option pool.maxx (did you mean max?)"],
    [{ pool: { max: 0 } }, "option pool.max must be at least 1"],
    [{ pool: { max: 2.5 } }, "option pool.max must be a whole number from 0"],
    [{ pool: { max: "5" } }, "option pool.max must be a whole number from 0"],
    [{ pool: { min: 3, max: 2 } }, "option pool.min (3) is larger than pool.max (2)"],
    [{ pool: { acquireTimeoutMs: 0 } }, "option pool.acquireTimeoutMs must be at least 1"],
    [{ pool: [] }, "option pool must be an object"],
    [{ slowMs: -1 }, "option slowMs must be whole milliseconds from 0"],
    [{ lockTimeoutMs: Number.NaN }, "option lockTimeoutMs must be whole milliseconds from 0"],
    [{ connectTimeoutMs: 2 ** 31 }, "option connectTimeoutMs must be whole milliseconds from 0"],
    [{ name: "" }, "option name must be a non-empty string"],
    [{ prepare: 1 }, "option prepare must be true or false"],
    [{ naming: "snake" }, 'option naming must be a function or "preserve"'],
    [{ logging: "yes" }, "option logging must be true, false or a function"],
    [{ lazyLoading: true }, 'option lazyLoading must be "allow", "warn" or "throw"'],
    [{ lazyLoadingLimit: -1 }, "option lazyLoadingLimit must be a whole number from 0"],
    [{ constructor: 1 }, "unknown option constructor"],
  ])("refuses %j", (options, message) => {
    expect(loose(options)).toThrow(UsageError);
    expect(loose(options)).toThrow(message);
  });
});
