/** What MySQL and MariaDB can do and how they spell it. Layer 4. */
import type { ServerInfo } from "../../drivers/driver.ts";
import type { Traits } from "../../render/traits.ts";

type Versioned = Pick<
  Traits,
  "insertReturning" | "conditionalKeys" | "changesWhatItReads" | "jsonEquals" | "textCollation" | "listParameter"
>;

/** The collations compare by code point and see trailing spaces, as the other databases do. */
function mariadb(since: (major: number, minor: number) => boolean): Versioned {
  return {
    insertReturning: since(10, 5),
    conditionalKeys: true,
    changesWhatItReads: since(10, 3),
    jsonEquals: "function",
    textCollation: "utf8mb4_nopad_bin",
    listParameter: since(10, 6) ? "json" : "each",
  };
}

function mysql(since: (major: number, minor: number) => boolean): Versioned {
  return {
    insertReturning: false,
    conditionalKeys: false,
    changesWhatItReads: false,
    jsonEquals: "operator",
    textCollation: since(8, 0) ? "utf8mb4_0900_bin" : "utf8mb4_bin",
    listParameter: since(8, 0) ? "json" : "each",
  };
}

export function traitsOf(server: ServerInfo, aliasedRows: boolean): Traits {
  const [major, minor] = server.versionParts;
  const since = (first: number, second: number): boolean => major > first || (major === first && minor >= second);
  const maria = server.flavour === "mariadb";
  return {
    label: `${maria ? "MariaDB" : "MySQL"} ${server.version}`,
    quote: "`",
    placeholder: () => "?",
    maxParameters: 65_535,
    // The smallest default of max_allowed_packet is 16 MiB; the slack is for packet headers and type bytes.
    maxStatementBytes: 16 * 1024 * 1024 - 256 * 1024,
    maxNameLength: 64,
    nameLengthUnit: "characters",
    conflict: "on duplicate key",
    rowAliases: aliasedRows,
    nullsOrdering: false,
    nullsSort: "first",
    shiftFallback: !maria,
    fullFrames: false,
    fullJoin: false,
    rowLocks: "clause",
    partialIndexes: false,
    arrays: false,
    strictTables: false,
    limitForOffset: "18446744073709551615",
    emptyInsert: "() values ()",
    ...(maria ? mariadb(since) : mysql(since)),
  };
}
