/** What SQLite can do and how it spells it. Layer 4. */
import type { ServerInfo } from "../../drivers/driver.ts";
import type { Traits } from "../../render/traits.ts";

export function traitsOf(server: ServerInfo, aliasedRows: boolean): Traits {
  const [major, minor] = server.versionParts;
  const since = (version: number): boolean => major > 3 || (major === 3 && minor >= version);
  return {
    label: `SQLite ${server.version}`,
    // A name in double quotes that does not exist is silently read as a string; in backticks it is an error.
    quote: "`",
    placeholder: () => "?",
    maxParameters: since(32) ? 32_766 : 999,
    maxStatementBytes: Number.POSITIVE_INFINITY,
    // SQLite has no limit of its own: this one keeps schemas portable to PostgreSQL.
    maxNameLength: 63,
    nameLengthUnit: "bytes",
    conflict: "on conflict",
    rowAliases: aliasedRows,
    insertReturning: since(35),
    returning: since(35) ? ["update", "delete"] : [],
    updateFrom: "from",
    withBeforeWrites: true,
    materializedHints: since(35),
    lateral: false,
    nullsOrdering: since(30),
    nullsSort: "first",
    shiftFallback: true,
    aggregateFilter: since(30),
    aggregateOrder: since(44),
    rollup: null,
    rollupOrder: false,
    grouping: false,
    listsOverWindows: since(28),
    fullFrames: since(28),
    fullJoin: since(39) ? "any" : null,
    ofGroup: null,
    namesExpressions: false,
    assignsInTurn: false,
    correlatedDerived: true,
    outerConstants: true,
    keepsTest: "",
    rowLocks: "lease",
    regularExpressions: server.taughtFunctions === true ? "taught" : null,
    skipLocked: false,
    noWait: false,
    lockOf: true,
    shareLock: "for share",
    locksOuterRows: true,
    explainAnalyze: false,
    partialIndexes: true,
    arrays: false,
    strictTables: since(37),
    conditionalKeys: false,
    descendingKeys: true,
    changesWhatItReads: true,
    listParameter: "json",
    limitForOffset: "-1",
    emptyInsert: "default values",
    jsonTable: true,
    jsonEquals: "text",
    textCollation: null,
  };
}
