/** What PostgreSQL can do and how it spells it. Layer 4. */
import type { ServerInfo } from "../../drivers/driver.ts";
import type { Traits } from "../../render/traits.ts";

export function traitsOf(server: ServerInfo, aliasedRows: boolean): Traits {
  return {
    label: `PostgreSQL ${server.version}${server.flavour === "pglite" ? " (PGlite)" : ""}`,
    quote: '"',
    placeholder: (n) => `$${n}`,
    maxParameters: 65_535,
    // One message of the protocol is held in one allocation, which ends at 1 GiB.
    maxStatementBytes: 1_000_000_000,
    maxNameLength: 63,
    nameLengthUnit: "bytes",
    conflict: "on conflict",
    rowAliases: aliasedRows,
    insertReturning: true,
    nullsOrdering: true,
    nullsSort: "last",
    shiftFallback: true,
    fullFrames: true,
    fullJoin: true,
    rowLocks: "clause",
    partialIndexes: true,
    arrays: true,
    strictTables: false,
    conditionalKeys: false,
    changesWhatItReads: true,
    listParameter: "array",
    limitForOffset: null,
    emptyInsert: "default values",
    jsonEquals: "operator",
    textCollation: null,
  };
}
