/** Ending a session that nobody needs any more. Layer 5. */
import type { Connection } from "../drivers/driver.ts";

/** How long a polite goodbye may take. */
const GOODBYE_MS = 2_000;

/** Ends a session, politely if that is possible within its time, and says when it is over. */
export function endSession(connection: Connection, ended: () => void): void {
  if (!connection.alive) {
    connection.destroy();
    ended();
    return;
  }
  let open = true;
  const finish = (destroy: boolean) => {
    if (!open) return;
    open = false;
    clearTimeout(timer);
    if (destroy) connection.destroy();
    ended();
  };
  const timer = setTimeout(() => finish(true), GOODBYE_MS);
  timer.unref();
  connection.close().then(
    () => finish(false),
    () => finish(true), // A session that cannot be ended politely is dropped; there is nobody to tell.
  );
}
