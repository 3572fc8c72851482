/** Plans as data: what every database says of the same queries, and what each keeps to itself. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { int, Model, type PlanNode, str, UnsupportedError } from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Leaf extends Model("x_leaf", { n: int(), name: str({ length: 100 }), treeId: int() }, { indexes: (l) => [l.treeId] }) {}
class Tree extends Model("x_tree", { kind: str({ length: 20 }) }) {}

const all = (node: PlanNode): PlanNode[] => [node, ...node.children.flatMap(all)];

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const leaves = () => Leaf.using(engine()).all();
  const measures = t.family !== "sqlite";

  beforeAll(async () => {
    await engine().createTable(Leaf, Tree);
    await Tree.using(engine()).bulkCreate(Array.from({ length: 200 }, (_, i) => ({ kind: `k${i % 3}` })));
    await Leaf.using(engine()).bulkCreate(Array.from({ length: 2000 }, (_, n) => ({ n, name: `leaf ${n}`, treeId: n % 200 })));
    if (t.family === "postgres") await engine().execute`analyze`;
    else if (t.family === "mysql") await engine().sql`analyze table x_leaf, x_tree`;
    else await engine().execute`analyze`;
  });
  afterAll(() => engine().dropTable(Leaf, Tree));

  it("tells the statement, and a tree of steps without holes", async () => {
    const query = leaves()
      .where((l) => l.n.gt(10))
      .orderBy((l) => l.name)
      .limit(5);
    const { sql, plan, raw } = await query.explain();
    expect(sql).toBe(query.toSQL().sql);
    expect(raw).toBeTruthy();
    const steps = all(plan);
    for (const step of steps) {
      expect(step.operation).toMatch(/\S/);
      expect(Object.keys(step).sort()).toEqual([
        "actualRows",
        "children",
        "estimatedRows",
        "index",
        "loops",
        "milliseconds",
        "operation",
        "table",
      ]);
      expect([step.actualRows, step.loops, step.milliseconds]).toEqual([null, null, null]);
    }
    expect(steps.filter((step) => step.table === "x_leaf")).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it("tells a scan from the use of an index", async () => {
    const scan = all((await leaves().where({ name: "x" }).explain()).plan);
    expect(scan.map(({ index }) => index).filter((index) => index !== null)).toEqual([]);
    const range = leaves().where((l) => l.id.between(5, 7));
    const byKey = all((await range.explain()).plan).find(({ index }) => index !== null);
    expect(byKey?.index?.toLowerCase()).toMatch(/pkey|_pk|primary/);
    const byIndex = all((await leaves().where({ treeId: 5 }).explain()).plan).map(({ index }) => index);
    expect(byIndex.some((index) => index?.includes("tree_id"))).toBe(true);
  });

  it("names the tables of joins and of subqueries as the statement does", async () => {
    const joined = leaves()
      .join(Tree, (l, tree) => tree.id.eq(l.treeId))
      .join(Tree, (l, _, other) => other.id.eq(l.n))
      .where((l) => l.n.lt(3));
    const tables = all((await joined.explain()).plan).flatMap(({ table }) => table ?? []);
    expect([...new Set(tables)].sort()).toEqual(["x_leaf", "x_tree", "x_tree_2"]);
    const nested = leaves().where((l) => l.treeId.in(Tree.where({ kind: "k1" }).select("id")));
    const names = all((await nested.explain()).plan).flatMap(({ table }) => table ?? []);
    expect(names).toEqual(expect.arrayContaining(["x_leaf", "x_tree"]));
  });

  it("estimates rows where the server does", async () => {
    const steps = all((await leaves().explain()).plan);
    const leaf = steps.find(({ table }) => table === "x_leaf") as PlanNode;
    if (t.family === "sqlite") return void expect(leaf.estimatedRows).toBeNull();
    expect(leaf.estimatedRows).toBeGreaterThan(1000);
    expect(leaf.estimatedRows).toBeLessThan(4000);
  });

  it("measures when asked to, and refuses where the database cannot", async () => {
    const query = leaves()
      .join(Tree, (l, tree) => tree.id.eq(l.treeId))
      .where((l) => l.n.lt(30));
    if (!measures) {
      const error = await refused(engine(), () => query.explain({ analyze: true }), UnsupportedError);
      return void expect(error.message).toContain("trait explainAnalyze");
    }
    const { plan, sql } = await query.explain({ analyze: true });
    expect(sql).toBe(query.toSQL().sql);
    const steps = all(plan);
    // MariaDB counts what it reads from a table, before the condition.
    if (t.name === "mariadb") expect(steps.find(({ table }) => table === "x_leaf")?.actualRows).toBeGreaterThanOrEqual(30);
    else expect(steps.map(({ actualRows }) => actualRows)).toContain(30);
    expect(steps.filter(({ loops }) => loops !== null).length).toBeGreaterThan(1);
    for (const step of steps) {
      if (step.milliseconds !== null) expect(step.milliseconds).toBeGreaterThanOrEqual(0);
      if (step.actualRows !== null) expect(Number.isInteger(step.actualRows)).toBe(true);
    }
    expect(steps.some(({ milliseconds }) => milliseconds !== null && milliseconds > 0)).toBe(true);
  });

  it("binds values, and is one statement", async () => {
    const hostile = [
      "x' or 1 = 1; drop table x_leaf --",
      'a "quoted" \\ name\n\t',
      '\\"}], "key": "x',
      "\\' \\u \\x41 \\0",
      "-> Table scan on y",
      "{[(",
    ];
    for (const name of hostile) {
      const sent = await sentBy(engine(), async () => {
        const { plan } = await leaves().where({ name }).explain();
        const found = all(plan).filter(({ table }) => table !== null);
        expect(found.map(({ table, index }) => [table, index])).toEqual([["x_leaf", null]]);
      });
      expect(sent).toHaveLength(1);
      expect(sent[0]?.sql).not.toContain("drop");
      expect(sent[0]?.parameterCount).toBe(1);
    }
    expect(await leaves().count()).toBe(2000);
  });

  it("explains a locked query, and runs it with its lock inside a transaction only", async () => {
    const locked = leaves().where({ id: 1 }).forUpdate();
    expect((await locked.explain()).sql).toBe(locked.toSQL().sql);
    if (!measures) return;
    await refused(engine(), () => locked.explain({ analyze: true }));
    expect((await engine().transaction(() => locked.explain({ analyze: true }))).sql).toBe(locked.toSQL().sql);
  });

  it("refuses options that are none before anything is sent", async () => {
    for (const o of [null, true, "analyze", [], { analyse: true }, { analyze: 1 }, { analyze: "true" }] as never[])
      await refused(engine(), () => leaves().explain(o));
  });
}
