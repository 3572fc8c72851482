/** What MySQL and MariaDB can do and how they spell it. Layer 4. */
import type { ServerInfo } from "../../drivers/driver.ts";
import type { Traits } from "../../render/traits.ts";

type Versioned = Pick<
  Traits,
  | "insertReturning"
  | "skipLocked"
  | "noWait"
  | "lockOf"
  | "shareLock"
  | "returning"
  | "withBeforeWrites"
  | "lateral"
  | "conditionalKeys"
  | "changesWhatItReads"
  | "jsonTable"
  | "jsonEquals"
  | "textCollation"
  | "listParameter"
  | "regularExpressions"
>;

/** The collations compare by code point and see trailing spaces, as the other databases do. */
function mariadb(since: (major: number, minor: number) => boolean): Versioned {
  return {
    insertReturning: since(10, 5),
    skipLocked: since(10, 6),
    noWait: since(10, 3),
    lockOf: false,
    shareLock: "lock in share mode",
    // DELETE has it too, but not on all of its forms.
    returning: [],
    withBeforeWrites: false,
    lateral: false,
    regularExpressions: "regexp",
    conditionalKeys: true,
    changesWhatItReads: since(10, 3),
    jsonTable: since(10, 6),
    jsonEquals: "function",
    textCollation: "utf8mb4_nopad_bin",
    listParameter: since(10, 6) ? "json" : "each",
  };
}

function mysql(since: (major: number, minor: number) => boolean): Versioned {
  return {
    insertReturning: false,
    skipLocked: since(8, 0),
    noWait: since(8, 0),
    lockOf: since(8, 0),
    shareLock: since(8, 0) ? "for share" : "lock in share mode",
    returning: [],
    withBeforeWrites: since(8, 0),
    lateral: since(8, 0),
    regularExpressions: since(8, 0) ? "regexp_like" : null,
    conditionalKeys: false,
    changesWhatItReads: false,
    jsonTable: since(8, 0),
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
    answersNumber: false,
    updateFrom: "join",
    materializedHints: false,
    nullsOrdering: false,
    nullsSort: "first",
    shiftFallback: !maria,
    aggregateFilter: false,
    aggregateOrder: true,
    rollup: "with rollup",
    rollupOrder: !maria && since(8, 0),
    grouping: !maria && since(8, 0),
    listsOverWindows: false,
    fullFrames: false,
    fullJoin: null,
    ofGroup: ["min(", ")"],
    // Neither finds a.k in `group by a.k, b.k having a.k`, and 9.7 finds no c.k in
    // `with c (k) as (select n + 1 from t) select 1 from c group by c.k having c.k`.
    havingKnows: maria ? "names" : "tables",
    namesExpressions: false,
    assignsInTurn: true,
    cascadesAtOnce: false,
    // 9.7 calls both columns c1 in `select d.v as c0, d.v as c1 from t join (select id, 0 + 0e0 as v from u) as d on ... order by t.n`.
    namesRepeated: maria,
    correlatedDerived: !maria && since(8, 0),
    // 10.11 gives 1 for `select max(c.v) from (select n is null as v from t where false) as c right join u on u.ok`.
    outlives: maria ? "defaults" : "constants",
    // 10.11 joins every p in `select (select count(p.id) from u as x left join p on u.ok) from u`, whatever u.ok is.
    outerConditions: !maria,
    // 10.11 gives false for `(select min(name) from t) < all (select 'z' from p where t.ok)` where min(name) is 'a', and
    // for `select distinct t.id < all (select null from p) from t`.
    comparesQueries: !maria,
    // 10.11 gives a row for `select distinct 1 from t limit 3 offset 1`.
    distinctOffset: !maria,
    // 10.11 sorts once for windows of which each begins like the next one: `(partition by a order by b)`, `()`, `(order by c)`.
    likeWindows: !maria,
    // 10.11 has ten.
    fullRatios: !maria,
    distinctExists: false,
    descendingKeys: maria,
    // 9.7 joins `o right join i on exists (select 1 from p where p.item_id = i.id) and o.active` once for each of `p`, depending
    // on the plan: with optimizer_switch = 'materialization=off' always.
    keepsTest: maria ? "" : "/*+ no_semijoin() */ ",
    rowLocks: "clause",
    locksOuterRows: true,
    explainAnalyze: maria || since(8, 0),
    partialIndexes: false,
    arrays: false,
    strictTables: false,
    limitInText: false,
    limitForOffset: "18446744073709551615",
    prefixRanges: false,
    emptyInsert: "() values ()",
    ...(maria ? mariadb(since) : mysql(since)),
  };
}
