/**
 * DATETIME and TIMESTAMP as they stand in a row of the binary protocol. Layer 4.
 * mysql2 has two ways: a Date, which takes the years 1 to 99 for 1901 to 1999 and zero dates for others, and a text, which is put
 * together from numbers that are taken apart again.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */

/** A packet of mysql2, at the place where the value begins. */
export interface PacketBytes {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
}

const padded = (value: number, length: number): string => String(value).padStart(length, "0");

/** Milliseconds since 1970 in UTC; the text of what is no such instant, or one that `Date.UTC` takes for another. */
export function readInstantBytes(this: PacketBytes): number | string {
  const length = this.readInt8();
  let year = 0;
  let month = 0;
  let day = 0;
  let hour = 0;
  let minute = 0;
  let second = 0;
  let micros = 0;
  if (length > 3) {
    year = this.readInt16();
    month = this.readInt8();
    day = this.readInt8();
  }
  if (length > 6) {
    hour = this.readInt8();
    minute = this.readInt8();
    second = this.readInt8();
  }
  if (length > 10) micros = this.readInt32();
  if (year > 99 && month > 0 && day > 0 && (day < 29 || isDay(year, month, day)))
    return Date.UTC(year, month - 1, day, hour, minute, second, micros / 1000);
  const date = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  return `${date} ${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}.${padded(micros, 6)}`;
}

/** False for days that a server without strict dates keeps: February 31st. */
function isDay(year: number, month: number, day: number): boolean {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}
