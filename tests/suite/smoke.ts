/** The engine answers: the shortest way through connection, parameters and rows. */
import { expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  it("answers a statement with a parameter", async () => {
    const engine = t.engine();
    const text = `select 40 + ${engine.traits.placeholder(1)} as c0`;
    const result = await engine.run({ sql: text, params: [2], operation: "raw", rows: true, writes: false }, { model: null });
    expect(result.rows.map((row) => Number(Object.values(row)[0]))).toEqual([42]);
  });

  it("keeps the connection after a statement that the database refused", async () => {
    const engine = t.engine();
    const broken = { sql: "select from where", params: [], operation: "raw", rows: true, writes: false } as const;
    await expect((async () => engine.run(broken, { model: null }))()).rejects.toThrow();
    const result = await engine.run({ ...broken, sql: "select 1 as c0" }, { model: null });
    expect(result.rows).toHaveLength(1);
  });
}
