/** What a migration holds up, rewrites, may fail at or cannot undo, on each kind of database, and the safer way. */
import { applyOperation, changedColumn, columnOf, tableOf } from "./apply.ts";
import { describeOperation } from "./compile.ts";
import type { DialectName } from "./definition.ts";
import type { LoadedMigration } from "./migration.ts";
import type { Operation } from "./operations.ts";
import { replay } from "./plan.ts";
import { destroyedBy, reverseOf } from "./reverse.ts";
import type { ColumnState, SchemaState } from "./state.ts";

/** What others cannot do while it runs: `none` nothing noticeable, `writes` no writing, `all` neither reading nor writing. */
export type Held = "none" | "writes" | "all";

/** How one operation behaves on one kind of database. */
export interface Behaviour {
  readonly holds: Held;
  /** PostgreSQL: the lock's own name. */
  readonly lock: string | null;
  /** The table is written anew: the time grows with its rows. */
  readonly rewrites: boolean;
  /** Every row is looked at while the lock is held. */
  readonly scans: boolean;
  /** Rows decide whether it succeeds: which ones are in the way. */
  readonly fails: string | null;
  readonly safer: string | null;
}

export interface Finding {
  readonly migration: string;
  /** From 1. */
  readonly operation: number;
  readonly label: string;
  readonly dialect: DialectName | "all";
  readonly rule: "holds" | "rewrites" | "may-fail" | "loses-data" | "irreversible" | "breaks-running-code";
  readonly text: string;
  readonly safer: string | null;
}

const quiet: Behaviour = { holds: "none", lock: null, rewrites: false, scans: false, fails: null, safer: null };
const exclusive = { ...quiet, lock: "AccessExclusiveLock" };

/** Which column an alteration changes, before and after. */
interface Alteration {
  readonly from: ColumnState;
  readonly to: ColumnState;
}

function alterationOf(operation: Extract<Operation, { op: "alterColumn" }>, before: SchemaState): Alteration {
  const from = columnOf(tableOf(before, operation.table), operation.column);
  return { from, to: changedColumn(from, operation.change) };
}

/** Longer text needs no new rows. */
function onlyWidens({ from, to }: Alteration): boolean {
  const text = ["string", "text"];
  if (!text.includes(from.type) || !text.includes(to.type)) return false;
  return to.type === "text" || (from.type === "string" && (to.length ?? 255) >= (from.length ?? 255));
}

function postgres(operation: Operation, before: SchemaState): Behaviour {
  switch (operation.op) {
    case "addIndex":
      if (operation.concurrently === true)
        return { ...quiet, lock: "ShareUpdateExclusiveLock", fails: operation.index.unique ? "rows that are equal" : null };
      return {
        ...quiet,
        holds: "writes",
        lock: "ShareLock",
        scans: true,
        fails: operation.index.unique ? "rows that are equal" : null,
        safer: "addIndex(table, index, { concurrently: true })",
      };
    case "addUnique":
      return {
        ...exclusive,
        holds: "all",
        lock: operation.unique.among === undefined ? "AccessExclusiveLock" : "ShareLock",
        scans: true,
        fails: "rows that are equal",
        safer: "a unique index built concurrently",
      };
    case "addForeignKey":
      return {
        ...quiet,
        holds: "writes",
        lock: "ShareRowExclusiveLock",
        scans: true,
        fails: "rows that refer to nothing",
        safer: "runSql with ADD CONSTRAINT ... NOT VALID, and VALIDATE CONSTRAINT in a migration of its own",
      };
    case "addCheck":
      return {
        ...exclusive,
        holds: "all",
        scans: true,
        fails: "rows that do not meet it",
        safer: "runSql with ADD CONSTRAINT ... NOT VALID, and VALIDATE CONSTRAINT in a migration of its own",
      };
    case "addColumn": {
      const { fill, column } = operation;
      const counted = column.identity === true;
      const calculated = typeof fill === "object" && !Array.isArray(fill);
      return {
        ...exclusive,
        holds: counted || calculated ? "all" : "none",
        rewrites: counted || calculated,
        safer: calculated ? "add it nullable, fill it in batches, then close it" : null,
      };
    }
    case "alterColumn": {
      const alteration = alterationOf(operation, before);
      const retyped = operation.change.type !== undefined;
      const closes = operation.change.nullable === false;
      const ruled = retyped && (alteration.to.type === "enum" || alteration.from.type === "enum");
      const rewrites = retyped && !onlyWidens(alteration) && !ruled;
      return {
        ...exclusive,
        holds: rewrites || closes || ruled ? "all" : "none",
        rewrites,
        scans: closes || ruled,
        fails: closes && operation.fill === undefined ? "rows without a value" : rewrites || ruled ? "values that do not fit" : null,
        safer: rewrites
          ? "a new column, filled in batches, that takes the old one's place"
          : closes
            ? "a check that is not valid yet, validated in a migration of its own, before it"
            : null,
      };
    }
    case "setPrimaryKey":
      return { ...exclusive, holds: "all", scans: true, fails: "rows that are equal or have no value" };
    case "createTable":
    case "run":
    case "runSql":
    case "separateState":
      return quiet;
    case "comment":
      return { ...quiet, lock: "ShareUpdateExclusiveLock" };
    case "dropIndex":
      return operation.concurrently === true ? quiet : { ...exclusive, safer: "dropIndex(table, name, { concurrently: true })" };
    default:
      return exclusive;
  }
}

function mysql(operation: Operation, before: SchemaState): Behaviour {
  switch (operation.op) {
    case "addForeignKey":
      return { ...quiet, holds: "writes", rewrites: true, fails: "rows that refer to nothing", safer: "do it when nobody writes" };
    case "addCheck":
      return { ...quiet, holds: "writes", rewrites: true, fails: "rows that do not meet it", safer: "do it when nobody writes" };
    case "addUnique":
      return { ...quiet, scans: true, fails: "rows that are equal" };
    case "addIndex":
      return { ...quiet, scans: true, fails: operation.index.unique ? "rows that are equal" : null };
    case "setPrimaryKey":
      return { ...quiet, rewrites: true, fails: "rows that are equal or have no value" };
    case "alterColumn": {
      const alteration = alterationOf(operation, before);
      const retyped = operation.change.type !== undefined;
      const closes = operation.change.nullable === false;
      const text = alteration.from.type === "string" && alteration.to.type === "string" && onlyWidens(alteration);
      const rewrites = retyped && !text;
      return {
        ...quiet,
        holds: rewrites ? "writes" : "none",
        rewrites: rewrites || operation.change.nullable !== undefined,
        fails: closes && operation.fill === undefined ? "rows without a value" : rewrites ? "values that do not fit" : null,
        safer: rewrites ? "a new column, filled in batches, that takes the old one's place" : null,
      };
    }
    default:
      return quiet;
  }
}

function sqlite(operation: Operation): Behaviour {
  switch (operation.op) {
    case "createTable":
    case "renameTable":
    case "renameColumn":
    case "comment":
    case "addIndex":
    case "dropIndex":
    case "dropTable":
    case "run":
    case "runSql":
    case "separateState":
      return { ...quiet, fails: operation.op === "addIndex" && operation.index.unique ? "rows that are equal" : null };
    case "addColumn":
      return operation.fill === undefined ? quiet : { ...quiet, holds: "writes", rewrites: true };
    case "addUnique":
      return { ...quiet, holds: "writes", rewrites: operation.unique.among === undefined, fails: "rows that are equal" };
    case "addCheck":
      return { ...quiet, holds: "writes", rewrites: true, fails: "rows that do not meet it" };
    case "addForeignKey":
      return { ...quiet, holds: "writes", rewrites: true, fails: "rows that refer to nothing" };
    default:
      return { ...quiet, holds: "writes", rewrites: true };
  }
}

/** How an operation behaves on one kind of database, on a table that has many rows. */
export function behaviourOf(operation: Operation, before: SchemaState, dialect: DialectName): Behaviour {
  return dialect === "postgres" ? postgres(operation, before) : dialect === "mysql" ? mysql(operation, before) : sqlite(operation);
}

const holding: Readonly<Record<Held, string>> = { none: "", writes: "nobody can write", all: "nobody can read or write" };

/** Findings about these operations; tables that they make themselves have no rows and nobody waiting. */
function lintOperations(file: LoadedMigration, start: SchemaState, dialects: readonly DialectName[]): Finding[] {
  const found: Finding[] = [];
  const made = new Set<string>();
  let state = start;
  file.operations.forEach((operation, i) => {
    const at = { migration: file.name, operation: i + 1, label: describeOperation(operation) };
    const add = (dialect: Finding["dialect"], rule: Finding["rule"], text: string, safer: string | null): void => {
      found.push({ ...at, dialect, rule, text, safer });
    };
    const table = "table" in operation ? JSON.stringify(operation.table) : null;
    if (operation.op === "createTable" && table !== null) made.add(table);
    const loss = destroyedBy(operation);
    if (loss !== null) add("all", "loses-data", loss, "keep it until nothing uses it any more, and have a backup");
    const back = reverseOf(operation, state);
    if ("irreversible" in back) add("all", "irreversible", back.irreversible, "give it a `down`, [] for nothing");
    if (["renameTable", "renameColumn", "dropColumn", "dropTable"].includes(operation.op) && !(table !== null && made.has(table))) {
      add(
        "all",
        "breaks-running-code",
        "programs that still use the old name fail until they are replaced",
        "add the new one beside it, move over, and drop the old one later",
      );
    }
    for (const dialect of table !== null && made.has(table) ? [] : dialects) {
      const { holds, lock, rewrites, scans, fails, safer } = behaviourOf(operation, state, dialect);
      const named = lock === null ? "" : ` (${lock})`;
      if (rewrites)
        add(dialect, "rewrites", `the table is written anew${holds === "none" ? "" : `, and ${holding[holds]} meanwhile${named}`}`, safer);
      else if (holds !== "none")
        add(dialect, "holds", `${holding[holds]}${named} while ${scans ? "every row is looked at" : "it runs"}`, safer);
      if (fails !== null) add(dialect, "may-fail", `it fails when there are ${fails}`, "look for them in a step before");
    }
    state = applyOperation(state, operation);
  });
  return found;
}

/** What is to be known of these files before they are run. `only`: the names of those to look at. */
export function lintMigrations(files: readonly LoadedMigration[], only: ReadonlySet<string>, dialects: readonly DialectName[]): Finding[] {
  replay(files); // a file that does not fit is named
  return files.flatMap((file, i) => (only.has(file.name) ? lintOperations(file, replay(files.slice(0, i)), dialects) : []));
}
