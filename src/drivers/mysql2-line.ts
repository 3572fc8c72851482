/**
 * What we use of the package mysql2, described structurally, and how a connection is configured. Layer 4.
 */

import type { ConnectionTarget } from "./driver.ts";
import { type PacketBytes, readInstantBytes } from "./mysql2-instant.ts";

/** The answer to a statement without rows. */
export interface OkPacket {
  readonly affectedRows: number;
  readonly insertId: number | string;
  readonly serverStatus?: number;
}

export interface LineOptions {
  readonly sql: string;
  readonly values?: readonly unknown[];
  readonly rowsAsArray?: boolean;
  /** DATETIME as text too: the rows go to the caller as they are. */
  readonly dateStrings?: boolean;
}

export type LineCallback = (error: unknown, rows?: unknown, fields?: unknown) => void;

/** A statement that runs without a callback: it tells its rows as events. */
export interface LineCommand {
  on(event: "error" | "result" | "end" | "fields", listener: (value: unknown) => void): unknown;
}

/** `readDateTime` is what mysql2 reads a DATETIME with. */
interface LinePacket extends PacketBytes {
  readDateTime: (this: PacketBytes) => unknown;
  isEOF(): boolean;
  eofStatusFlags(): number;
}

export interface Line {
  readonly stream: { destroy(): void };
  /** Not public in mysql2: every packet of the server passes through it. See `watchPackets`. */
  handlePacket?: (packet?: LinePacket) => unknown;
  connect(callback: (error: unknown) => void): void;
  query(options: LineOptions, callback: LineCallback): unknown;
  execute(options: LineOptions, callback?: LineCallback): LineCommand;
  unprepare(options: LineOptions): unknown;
  reset(callback: (error: unknown) => void): unknown;
  pause(): void;
  resume(): void;
  end(callback: (error: unknown) => void): unknown;
  on(event: "error" | "end", listener: (error: unknown) => void): unknown;
}

export type CreateLine = (config: Readonly<Record<string, unknown>>) => Line;

/** Makes the typed parameter of an integer, where this version of mysql2 has such parameters. */
export interface TypedIntegers {
  (value: bigint): unknown;
  unsigned(value: bigint): unknown;
}

const KEPT_STATEMENTS = 256;

/** Everything that changes how values travel or what the server may ask of us is pinned: no URL can alter it. */
export function lineConfig(target: ConnectionTarget, timeoutMs: number): Record<string, unknown> {
  const socketPath = target.options["socket"];
  return {
    ...(socketPath === undefined ? { host: target.host ?? "localhost", port: target.port ?? 3306 } : { socketPath }),
    user: target.user ?? undefined,
    password: target.password ?? undefined,
    database: target.database ?? undefined,
    // A new object each time: mysql2 writes its defaults into it.
    ...(target.options["ssl"] === "true" ? { ssl: { rejectUnauthorized: true, verifyIdentity: true } } : {}),
    connectTimeout: timeoutMs,
    charset: "utf8mb4",
    timezone: "Z",
    supportBigNumbers: true,
    bigNumberStrings: false,
    // DATETIME is read by `readInstantBytes`; a statement whose rows are given to the caller as they are asks for text.
    dateStrings: ["DATE", "NEWDATE"],
    jsonStrings: true,
    decimalNumbers: false,
    multipleStatements: false,
    namedPlaceholders: false,
    enableCleartextPlugin: false,
    maxPreparedStatements: KEPT_STATEMENTS,
    // FOUND_ROWS: "affected" means matched rows. The file and syntax flags would let the server or a mode surprise us.
    flags: ["FOUND_ROWS", "-LOCAL_FILES", "-IGNORE_SPACE", "-ODBC"],
  };
}

const IN_TRANSACTION = 1;

export const isInTransaction = (flags: number): boolean => (flags & IN_TRANSACTION) !== 0;

/**
 * Tells the server's status flags after results with rows, and has instants read in our way.
 *
 * mysql2 hands the flags over with row-less results only; those of the packet that ends the rows it reads and drops.
 * Every packet passes `handlePacket`, so we look at it there. Should a later version rename it, the status stays the one
 * of the last row-less result, which is right except when a SELECT itself begins a transaction (autocommit off, which
 * the session settings exclude).
 */
export function watchPackets(line: Line, tell: (flags: number) => void): void {
  const inner = line.handlePacket;
  if (typeof inner !== "function") return;
  line.handlePacket = (packet) => {
    if (packet !== undefined) {
      if (packet.isEOF()) tell(packet.eofStatusFlags());
      packet.readDateTime = readInstantBytes;
    }
    return inner.call(line, packet);
  };
}

/** Values as mysql2 binds them best. Numbers would go as DOUBLE and bigints as text, and be compared as such. */
export function lineValues(params: readonly unknown[], integer: TypedIntegers | null): readonly unknown[] {
  return params.map((value) => {
    if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0))) {
      return integer === null ? value : typedInteger(BigInt(value), integer);
    }
    return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
  });
}

function typedInteger(value: bigint, integer: TypedIntegers): unknown {
  if (BigInt.asIntN(64, value) === value) return integer(value);
  // Beyond 64 bits it can only meet a DECIMAL column, which takes text exactly.
  return BigInt.asUintN(64, value) === value ? integer.unsigned(value) : String(value);
}
