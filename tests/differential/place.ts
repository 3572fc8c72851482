/** The databases that are compared, with the tables and whatever rows are wanted. */
import { connect, type Engine, sql, UnsupportedError } from "kakaorm";
import type { Target } from "../targets/target.ts";
import { Builder, models } from "./build.ts";
import { difference } from "./compare.ts";
import type { Change, Query, Statement } from "./describe.ts";
import { type Answer, Evaluation, OutOfRange } from "./evaluate.ts";
import type { LooseQuery } from "./loose.ts";
import { type Data, tables } from "./tables.ts";
import { decimalText, type Facts, isDecimal, type Row, type Value } from "./values.ts";

export interface Place {
  readonly name: string;
  readonly engine: Engine;
  readonly facts: Facts;
  leave(): Promise<void>;
}

const all = [models.owner, models.item, models.part] as const;

/** Connects to a fresh database and makes the tables. */
export async function openPlace(target: Target): Promise<Place> {
  const url = await target.url();
  let engine: Engine | null = null;
  const leave = async (): Promise<void> => {
    await engine?.disconnect();
    await target.dispose();
  };
  const open = (): Promise<Engine> => connect(url, { name: `differential ${target.name}`, default: false });
  try {
    engine = await open();
    await engine.createTable(...all);
    if (target.family === "postgres") {
      // It would compile each of these statements, for longer than it runs.
      await engine.execute`alter database ${sql.id(new URL(url).pathname.slice(1))} set jit = off`;
      await engine.disconnect();
      engine = await open();
    }
    return { name: target.name, engine, facts: factsOf(target), leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

export function factsOf(target: Pick<Target, "capabilities" | "family">): Facts {
  return { nulls: target.capabilities.nullsSort, asciiCase: target.family === "sqlite" };
}

function stored(value: Value, kind: string): unknown {
  if (value === null) return null;
  if (isDecimal(value)) return decimalText(value);
  if (kind === "datetime") return new Date(value as string);
  return typeof value === "object" ? value.json : value;
}

/** These rows and no others. */
export async function fill(engine: Engine, data: Data): Promise<void> {
  await engine.transaction(async (tx) => {
    for (const model of [...all].reverse()) await model.using(tx).all().allRows().delete();
    for (const name of ["owner", "item", "part"] as const) {
      const { columns } = tables[name];
      const rows = data[name].map((row) =>
        Object.fromEntries(Object.entries(row).map(([column, value]) => [column, stored(value, columns[column]?.kind ?? "")])),
      );
      if (rows.length > 0) await (models[name].using(tx) as unknown as { bulkCreate(rows: unknown): Promise<unknown> }).bulkCreate(rows);
    }
  });
}

class RolledBack extends Error {}

async function changed(engine: Engine, statement: Change): Promise<Record<string, unknown>[]> {
  let rows: Record<string, unknown>[] = [];
  const builder = new Builder();
  await engine
    .transaction(async (tx) => {
      const model = models[statement.table] as unknown as {
        where(condition: unknown): LooseQuery;
        using(engine: unknown): { all(): LooseQuery };
      };
      const narrowed = model.where((own: never) => builder.expression(statement.where, [[own]])).using(tx);
      const { set = {} } = statement;
      if (statement.change === "delete") await narrowed.delete();
      else
        await narrowed.update((own: never) =>
          Object.fromEntries(Object.entries(set).map(([name, node]) => [name, builder.expression(node, [[own]])])),
        );
      rows = await model.using(tx).all().execute();
      throw new RolledBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
  return rows;
}

/** What the database answers. */
function asked(engine: Engine, statement: Statement): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const builder = new Builder();
  if ("change" in statement) return changed(engine, statement);
  if ("set" in statement) return builder.union(statement).using(engine).execute();
  if (statement.group?.keys.length === 0)
    return builder
      .base(statement, [])
      .using(engine)
      .aggregate(builder.picked(statement, []))
      .then((row) => [row]);
  return builder.query(statement, []).using(engine).execute();
}

export function evaluated(data: Data, facts: Facts, statement: Statement): { answer: Answer; names: readonly string[] } {
  const evaluation = new Evaluation(data, facts);
  if ("change" in statement) {
    const rows: Row[] = evaluation.change(statement);
    return { answer: { rows, ordered: false }, names: Object.keys(tables[statement.table].columns) };
  }
  if ("set" in statement) return { answer: evaluation.union(statement), names: Object.keys(statement.left.select) };
  return { answer: evaluation.query(statement as Query, []), names: Object.keys(statement.select) };
}

/** Statements that a server refuses by mistake, by its error number. */
const serverFaults: Readonly<Record<string, string>> = {
  // select ... order by (select count((select ...)) from ...)
  "1140": "MariaDB takes an aggregate over a subquery, inside ORDER BY, for one of the query around",
};

export type Outcome = { readonly kind: "same" | "refused"; readonly text?: string } | { readonly kind: "different"; readonly text: string };

function inRange<T>(evaluate: () => T): T | null {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof OutOfRange) return null;
    throw error;
  }
}

/** Compares one statement on rows that are there already. */
export async function outcome({ engine, facts }: Pick<Place, "engine" | "facts">, data: Data, statement: Statement): Promise<Outcome> {
  const wanted = inRange(() => evaluated(data, facts, statement));
  if (wanted === null) return { kind: "refused", text: "an int out of its range" };
  const { answer, names } = wanted;
  let found: readonly Readonly<Record<string, unknown>>[];
  try {
    found = await asked(engine, statement);
  } catch (error) {
    if (error instanceof UnsupportedError) return { kind: "refused", text: error.message };
    const cause = (error as { driverError?: () => { errno?: unknown } | undefined }).driverError?.();
    const fault = serverFaults[String(cause?.errno)];
    if (fault !== undefined && engine.server.flavour === "mariadb") return { kind: "refused", text: fault };
    return { kind: "different", text: `${String(error)}${cause === undefined ? "" : ` (${String(cause)})`}` };
  }
  const differs = difference(answer, found, names);
  return differs === null ? { kind: "same" } : { kind: "different", text: differs };
}
