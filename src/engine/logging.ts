/** The options `logging` and `slowMs`: statement events as lines of text. Layer 5. */
import type { Events, StatementEvent } from "./events.ts";
import type { EngineOptions } from "./options.ts";

/** Listens for the whole life of the engine when the options ask for it. */
export function startLogging(events: Events, name: string, options: EngineOptions): void {
  const { logging, slowMs } = options;
  if (logging === false && slowMs === null) return;
  const write = typeof logging === "function" ? logging : toStderr;
  events.on("statement", (event) => {
    const slow = slowMs !== null && event.milliseconds >= slowMs;
    if (logging !== false || slow) write(statementLine(name, event, slow));
  });
}

/** One line: engine, duration, fate, text with placeholders, parameter types, reasons of unscoped(). */
export function statementLine(name: string, event: StatementEvent, slow: boolean): string {
  const transaction = event.transactionId === null ? "" : ` t${event.transactionId}`;
  const fate = event.error === null ? `${event.rows} rows, ${event.affected} affected` : `failed ${event.error.code}`;
  const parameters = event.parameterCount === 0 ? "" : ` [${event.parameterTypes.join(", ")}]`;
  const unscoped = event.unscoped.length === 0 ? "" : ` (unscoped: ${oneLine(event.unscoped.join("; "))})`;
  return `${slow ? "slow " : ""}${name}${transaction} ${event.milliseconds.toFixed(1)} ms ${fate}: ${oneLine(event.sql)}${parameters}${unscoped}`;
}

// A line break or control character in the text would forge further log lines.
function oneLine(sql: string): string {
  return sql.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
