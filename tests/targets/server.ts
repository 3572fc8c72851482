/** What the targets with a server share: is it there, and the URL of another database on it. */
import { connect as dial } from "node:net";

/** Why nothing can be reached at the URL's host and port, or null. */
export function tcpAbsence(url: string, defaultPort: number, limitMs = 500): Promise<string | null> {
  const { hostname, port } = new URL(url);
  const at = { host: hostname.replace(/^\[|\]$/g, "") || "127.0.0.1", port: Number(port) || defaultPort };
  return new Promise((resolve) => {
    const socket = dial(at);
    const end = (reason: string | null) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(limitMs, () => end(`no answer from ${at.host}:${at.port} in ${limitMs} ms`));
    socket.once("connect", () => end(null));
    socket.once("error", () => end(`nothing listens on ${at.host}:${at.port}`));
  });
}

/** The same server with another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
