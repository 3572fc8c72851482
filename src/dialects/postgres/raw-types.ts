/** PostgreSQL's own types in raw SQL, by OID (catalogue pg_type); every other type stays text. Layer 4. */
import { readInstant } from "../wire.ts";

const number = (raw: string): number => Number(raw);
const bool = (raw: string): boolean => raw === "t";
const instant = (raw: string): Date => readInstant(raw);
const bytes = (raw: string): Uint8Array => new Uint8Array(Buffer.from(raw.slice(2), "hex"));
const json = (raw: string): unknown => JSON.parse(raw);
const int8 = (raw: string): number | bigint => (Number.isSafeInteger(Number(raw)) ? Number(raw) : BigInt(raw));

const decoders: ReadonlyMap<number, (raw: never) => unknown> = new Map<number, (raw: never) => unknown>([
  [16, bool],
  [17, bytes],
  [20, int8],
  [21, number],
  [23, number],
  [26, number],
  [114, json],
  [700, number],
  [701, number],
  [1114, instant],
  [1184, instant],
  [3802, json],
]);

export function rawDecoder(type: number): ((raw: never) => unknown) | null {
  return decoders.get(type) ?? null;
}
