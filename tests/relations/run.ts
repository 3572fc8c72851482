/** Random relation graphs on one database: what prefetch loads, what loading row by row gives, and what the rows say. */
import { inspect } from "node:util";
import fc from "fast-check";
import type { Engine } from "../../src/index.ts";
import { anyCase, type Case, type Kept, perCase } from "./describe.ts";
import { byKey, evaluate, type Loaded } from "./evaluate.ts";
import { type Any, downwards, fill, keyNames, type Models, modelsOf } from "./models.ts";
import { type Branch, type Query, queryOf, type Table, toOne, type World, worldOf } from "./world.ts";

export interface Report {
  /** Queries that agreed, each loaded both ways. */
  agreed: number;
  statements: number;
  /** Statements that loading row by row took for the same. */
  naive: number;
  failure: string | null;
}

export async function compareRelations(
  engine: Engine,
  o: { readonly runs: number; readonly seed: number; readonly limitMs?: number },
): Promise<Report> {
  const report: Report = { agreed: 0, statements: 0, naive: 0, failure: null };
  let number = 0;
  const property = fc.asyncProperty(anyCase, (one) => compareCase(engine, one, `rg${number++}`, report));
  const details = await fc.check(property, {
    numRuns: Math.ceil(o.runs / perCase),
    seed: o.seed,
    ...(o.limitMs === undefined ? {} : { interruptAfterTimeLimit: o.limitMs, markInterruptAsFailure: false }),
  });
  if (details.failed) report.failure = `${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}`;
  return report;
}

async function compareCase(engine: Engine, one: Case, name: string, report: Report): Promise<void> {
  const world = worldOf(one);
  const models = modelsOf(world, name);
  const all = [...models.tables, ...models.links] as [object, ...object[]];
  await engine.createTable(...all);
  try {
    await fill(engine, world, models);
    for (const asked of one.queries) await compareQuery(engine, world, models, queryOf(world, asked), report);
  } finally {
    await engine.dropTable(...all);
  }
}

async function compareQuery(engine: Engine, world: World, models: Models, query: Query, report: Report): Promise<void> {
  const expected = evaluate(world, query);
  const counted = await counting(engine, () => read(engine, models, world, query));
  const found = counted.result.map((row) => loadedBelow(world, query.root, row, query.branches)).sort(byKey);
  same("prefetch", found, expected, query);
  if (query.reading === "await") {
    const most = 1 + branchesIn(query.branches);
    if (counted.statements > most) throw new Error(`${counted.statements} statements for ${most} places`);
  }
  report.statements += counted.statements;
  const naive = await counting(engine, () => naively(engine, models, world, query));
  same("row by row", naive.result, trimmed(expected, query.branches), query);
  report.naive += naive.statements;
  report.agreed++;
}

function same(what: string, found: unknown, expected: unknown, query: Query): void {
  const text = (value: unknown) => inspect(value, { depth: null, breakLength: 140 });
  if (text(found) !== text(expected))
    throw new Error(`${what} gives\n${text(found)}\ninstead of\n${text(expected)}\nfor ${text(query.branches)}`);
}

async function counting<T>(engine: Engine, work: () => Promise<T>): Promise<{ result: T; statements: number }> {
  let statements = 0;
  const stop = engine.on("statement", ({ operation }) => {
    if (operation === "select") statements++;
  });
  try {
    return { result: await work(), statements };
  } finally {
    stop();
  }
}

function keptRows(rows: Any, kept: Kept): Any {
  return kept === "live" ? rows : kept === "all" ? rows.includeDeleted() : rows.onlyDeleted();
}

/** What a branch asks of the related rows. */
function narrowed(rows: Any, { relation, min, limit, offset, kept, ordered }: Branch, target: Table): Any {
  let asked = keptRows(rows, kept);
  if (min !== null) asked = asked.where((row: Any) => row.n.gte(min));
  const standing = relation.kind === "hasMany" && relation.reference.min !== null;
  if (ordered && !standing) asked = asked.orderBy(downwards(target.key));
  if (limit !== null) asked = asked.limit(limit);
  return offset > 0 ? asked.offset(offset) : asked;
}

/** The branches as a program would write them: `true`, objects, and lambdas where something is asked for. */
function written(world: World, branches: readonly Branch[]): Record<string, unknown> {
  return Object.fromEntries(
    branches.map((branch) => {
      const below = written(world, branch.below);
      const target = world.tables[branch.relation.to] as Table;
      if (branch.plain) return [branch.relation.name, branch.below.length === 0 ? true : below];
      return [
        branch.relation.name,
        (rows: Any) => (branch.below.length === 0 ? narrowed(rows, branch, target) : narrowed(rows, branch, target).prefetch(below)),
      ];
    }),
  );
}

/** A path of relations that lead to one row by a key, of which nothing is asked; null for anything else. */
function joinable(branch: Branch): string | null {
  if (!branch.plain || branch.relation.kind !== "belongsTo" || branch.below.length > 1) return null;
  const [below] = branch.below;
  if (below === undefined) return branch.relation.name;
  const rest = joinable(below);
  return rest === null ? null : `${branch.relation.name}.${rest}`;
}

async function read(engine: Engine, models: Models, world: World, { root, kept, branches, joined, reading }: Query): Promise<Any[]> {
  let rows = keptRows(models.tables[root.at].using(engine).all(), kept);
  const paths = joined ? branches.map(joinable) : branches.map(() => null);
  const loaded = branches.filter((_, i) => paths[i] === null);
  for (const path of paths) if (path !== null) rows = rows.joined(path);
  if (loaded.length > 0) rows = rows.prefetch(written(world, loaded));
  if (reading === "await") return rows;
  const all: Any[] = [];
  for await (const row of reading === "for await" ? rows : rows.iterate({ batchSize: 2 })) all.push(row);
  return all;
}

function plainKey(table: Table, row: Any): Loaded["key"] {
  return keyNames(table.key).map((name) => row[name]);
}

/** The objects below, without a query: `loaded` throws for what is not there. */
function loadedBelow(world: World, table: Table, row: Any, branches: readonly Branch[]): Loaded {
  const below = branches.map(({ relation, below, ordered }) => {
    const target = world.tables[relation.to] as Table;
    const value = row[relation.name].loaded;
    if (toOne(relation)) return [relation.name, value === null ? null : loadedBelow(world, target, value, below)];
    const rows = value.map((one: Any) => loadedBelow(world, target, one, below));
    return [relation.name, ordered ? rows : rows.sort(byKey)];
  });
  return { key: plainKey(table, row), n: row.n, below: Object.fromEntries(below) };
}

/** A relation to one row takes no questions: what is asked of it can only be prefetched. */
function awaitable({ plain, relation }: Branch): boolean {
  return plain || !toOne(relation);
}

function trimmed(rows: readonly Loaded[], branches: readonly Branch[]): Loaded[] {
  return rows.map(
    ({ key, n, below }): Loaded => ({
      key,
      n,
      below: Object.fromEntries(
        branches.filter(awaitable).map((branch) => {
          const value = below[branch.relation.name];
          if (value === null || value === undefined) return [branch.relation.name, null];
          const list = trimmed([value].flat() as Loaded[], branch.below);
          return [branch.relation.name, Array.isArray(value) ? list : (list[0] ?? null)];
        }),
      ),
    }),
  );
}

async function naively(engine: Engine, models: Models, world: World, { root, kept, branches }: Query): Promise<Loaded[]> {
  const rows: Any[] = await keptRows(models.tables[root.at].using(engine).all(), kept);
  const all: Loaded[] = [];
  for (const row of rows) all.push(await loadedNaively(world, root, row, branches));
  return all.sort(byKey);
}

async function loadedNaively(world: World, table: Table, row: Any, branches: readonly Branch[]): Promise<Loaded> {
  const below: Record<string, Loaded | null | Loaded[]> = {};
  for (const branch of branches.filter(awaitable)) {
    const { relation } = branch;
    const target = world.tables[relation.to] as Table;
    if (toOne(relation)) {
      const one = await row[relation.name];
      below[relation.name] = one === null ? null : await loadedNaively(world, target, one, branch.below);
      continue;
    }
    const rows: Any[] = await narrowed(row[relation.name], branch, target);
    const list: Loaded[] = [];
    for (const one of rows) list.push(await loadedNaively(world, target, one, branch.below));
    below[relation.name] = branch.ordered ? list : list.sort(byKey);
  }
  return { key: plainKey(table, row), n: row.n, below };
}

function branchesIn(branches: readonly Branch[]): number {
  return branches.reduce((sum, { below }) => sum + 1 + branchesIn(below), 0);
}
