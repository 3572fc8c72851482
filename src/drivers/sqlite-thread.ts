/** The thread's side of a SQLite connection that has one: the usual driver, asked by messages. Layer 4. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Connection, ConnectionTarget, Driver, RawRow, SessionSettings } from "./driver.ts";
import { fastestSqlite, SQLITE_ENTRIES } from "./sqlite-library.ts";
import { errorData, type ThreadAnswer, type ThreadData, type ThreadRequest, type ThreadValue, type ThreadWork } from "./thread-messages.ts";

/** The driver that works in the thread. */
export async function openInner(target: ConnectionTarget, settings: SessionSettings): Promise<Driver> {
  const { load } = SQLITE_ENTRIES[await fastestSqlite()];
  return (await load()).openDriver({ ...target, driver: null }, settings);
}

/** Opens the connection that the thread was started for, and does what it is asked to until it is told to close. */
export async function serve(): Promise<void> {
  const port = parentPort as MessagePort;
  const { target, settings, role } = workerData as ThreadData;
  const answer = (message: ThreadAnswer) => port.postMessage(message);
  let connection: Connection;
  try {
    connection = await (await openInner(target, settings)).open(role);
  } catch (error) {
    answer({ id: 0, status: null, error: errorData(error) });
    return;
  }
  const streams = new Map<number, AsyncIterator<readonly RawRow[]>>();
  port.on("message", async ({ id, work }: ThreadRequest) => {
    try {
      const value = await done(connection, streams, work);
      answer({ id, status: connection.status(), value });
    } catch (error) {
      answer({ id, status: connection.status(), error: errorData(error) });
    }
    if (work.kind === "close") port.close();
  });
  answer({ id: 0, status: connection.status(), value: connection.server });
}

async function done(
  connection: Connection,
  streams: Map<number, AsyncIterator<readonly RawRow[]>>,
  work: ThreadWork,
): Promise<ThreadValue> {
  switch (work.kind) {
    case "execute":
      return await connection.execute(work.statement, { names: work.names });
    case "stream":
      streams.set(work.stream, connection.stream(work.statement, work.batchSize)[Symbol.asyncIterator]());
      return null;
    case "next": {
      const next = await streams.get(work.stream)?.next();
      return next === undefined || next.done === true ? null : next.value;
    }
    case "end":
      await streams.get(work.stream)?.return?.();
      streams.delete(work.stream);
      return null;
    case "reset":
      return connection.reset();
    case "close":
      await connection.close();
      return null;
    default:
      throw work satisfies never;
  }
}
