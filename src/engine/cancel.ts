/** Stopping a statement that runs: ask the server, wait for both answers, and only then drop the line. Layer 5. */
import type { Connection } from "../drivers/driver.ts";

const ASK_AGAIN_MS = 100;

/**
 * Resolves when the cancel request was answered and the statement settled: before that the connection belongs to nobody
 * else, or the request could hit the next statement. When that takes longer than the limit the line is dropped.
 */
export async function stopStatement(connection: Connection, statement: Promise<unknown>, limitMs: number): Promise<void> {
  const settled = statement.then(ignore, ignore); // its owner sees how it ended
  const answered = ask(connection, settled).catch(() => connection.destroy()); // a server that cannot be asked is not going to stop it
  let timer: NodeJS.Timeout | undefined;
  const dropped = new Promise<void>((resolve) => {
    timer = setTimeout(
      () => {
        connection.destroy();
        resolve();
      },
      Math.max(1, limitMs),
    );
  });
  await Promise.race([Promise.all([answered, settled]), dropped]);
  clearTimeout(timer);
}

/**
 * Asks until the statement has settled: it may have been between two of its steps (parsed and not yet run, begun and not
 * yet fetched from), where a request finds nothing to stop.
 */
async function ask(connection: Connection, settled: Promise<void>): Promise<void> {
  let over = false;
  settled.then(() => {
    over = true;
  });
  while (!over && connection.alive) {
    await connection.cancel();
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ASK_AGAIN_MS);
    });
    await Promise.race([settled, pause]);
    clearTimeout(timer);
  }
}

/** The statement's own fate, with the signal able to stop it on the way. */
export async function stoppable<T>(connection: Connection, statement: Promise<T>, signal: AbortSignal, limitMs: number): Promise<T> {
  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping = stopStatement(connection, statement, limitMs);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await statement;
  } finally {
    signal.removeEventListener("abort", stop);
    await stopping;
  }
}

function ignore(): void {}
