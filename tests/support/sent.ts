/** What an engine sends while something runs, for suites that count statements. */
import { expect } from "vitest";
import { type Engine, type EngineEvents, type KakaError, UsageError } from "../../src/index.ts";

export type Sent = EngineEvents["statement"];

/** The statements of the engine until `work` is over, those that failed included. */
export async function sentBy(engine: Engine, work: () => unknown): Promise<Sent[]> {
  const sent: Sent[] = [];
  const stop = engine.on("statement", (event) => void sent.push(event));
  try {
    await work();
  } finally {
    stop();
  }
  return sent;
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** Expects an error of this class (a UsageError or one of its kinds) before anything was sent; resolves to it. */
export async function refused(engine: Engine, work: () => unknown, kind: ErrorClass = UsageError, label = ""): Promise<KakaError> {
  let error: unknown = null;
  const sent = await sentBy(engine, async () => {
    try {
      await work();
    } catch (thrown) {
      error = thrown;
    }
  });
  expect(error, label).toBeInstanceOf(kind);
  expect(
    sent.map(({ sql }) => sql),
    label,
  ).toEqual([]);
  return error as KakaError;
}
