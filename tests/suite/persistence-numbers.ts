/** The numbers of many new rows: each row's own, whatever triggers and other tables' makers do. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bigint, type Engine, int, Model, str } from "../../src/index.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Counted extends Model("p_counted", { name: str({ length: 50 }) }) {}
class Big extends Model("p_counted_big", { id: bigint().primaryKey().identity(), name: str({ length: 50 }) }) {}
class Quoted extends Model("p_Counted 'q' `b`", { name: str({ length: 50 }) }) {}
class Foreign extends Model("p_counted_foreign", { id: int().primaryKey().identity(), name: str({ length: 50 }) }) {}

const names = (from: number, count: number) => Array.from({ length: count }, (_, i) => ({ name: `n${from + i}` }));

/** The rows of the model against what the database has under their numbers. */
async function agree(engine: Engine, model: typeof Counted, rows: readonly { id: unknown; name: string }[]): Promise<void> {
  const stored = new Map((await model.using(engine).all()).map((row) => [row.name, row.id]));
  for (const { id, name } of rows) expect([name, stored.get(name)]).toEqual([name, id]);
}

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  beforeEach(async () => {
    await engine().dropTableIfExists(Counted, Big, Quoted);
    await engine().createTable(Counted, Big, Quoted);
  });
  afterEach(() => engine().dropTable(Counted, Big, Quoted));

  it("follow those that are there, and one another", async () => {
    for (const model of [Counted, Quoted] as (typeof Counted)[]) {
      const first = await model.using(engine()).bulkCreate(names(0, 200));
      await model.using(engine()).where({ name: "n199" }).delete();
      const second = await model.using(engine()).bulkCreate(names(500, 3_000));
      await agree(engine(), model, [...first.slice(0, 199), ...second]);
      expect(new Set(second.map(({ id }) => id)).size).toBe(3_000);
    }
    const big = await Big.using(engine()).bulkCreate(names(0, 100));
    expect(big.map(({ id }) => typeof id)).toEqual(big.map(() => "bigint"));
    await agree(engine(), Big as never, big as never);
  });

  it("belong to rows of several statements", async () => {
    const rows = await Counted.using(engine()).bulkCreate(names(0, 260), { batchSize: 100 });
    await agree(engine(), Counted, rows);
  });

  describe.runIf(t.family === "sqlite")("in SQLite", () => {
    it("are not asked for where they are known, in one statement", async () => {
      const sent = await sentBy(engine(), () => Counted.using(engine()).bulkCreate(names(0, 60)));
      expect(sent).toHaveLength(1);
      expect(sent[0]?.sql).not.toContain("returning");
    });

    it("are asked for where a trigger inserts rows of its own, and none is there twice", async () => {
      await Counted.using(engine()).bulkCreate(names(0, 60));
      // In other letters than the table's, and each second row's trigger inserts another one.
      await engine().execute`create trigger p_more after insert on P_COUNTED when new.name not like 'more%' and new.id % 2 = 0
        begin insert into p_counted (name) values ('more' || new.id); end`;
      const rows = await Counted.using(engine()).bulkCreate(names(100, 80));
      await agree(engine(), Counted, rows);
      const again = await Counted.using(engine()).bulkCreate(names(300, 80));
      await agree(engine(), Counted, again);
      const all = await Counted.using(engine())
        .all()
        .pluck((c) => c.name);
      expect(all.filter((name) => name.startsWith("n"))).toHaveLength(220);
      expect(all.some((name) => name.startsWith("more"))).toBe(true);
    });

    it("are asked for where a temporary trigger does", async () => {
      await engine().transaction(async (tx) => {
        await tx.execute`create temp trigger p_temp after insert on main.p_counted when new.name not like 'more%'
          begin insert into p_counted (name) values ('more' || new.name); end`;
        const rows = await Counted.using(tx).bulkCreate(names(0, 80));
        await agree(tx as never, Counted, rows);
        await tx.execute`drop trigger p_temp`;
      });
    });

    it("are asked for where there are hardly any left", async () => {
      await engine().dropTableIfExists(Foreign);
      // As others declare it: without AUTOINCREMENT, after the greatest number comes any that is free.
      await engine().execute`create table p_counted_foreign (id integer primary key, name varchar(50) not null)`;
      await engine().execute`insert into p_counted_foreign values (9223372036854775807, 'last')`;
      await expect(Foreign.using(engine()).bulkCreate(names(0, 60))).rejects.toThrow();
      await engine().execute`delete from p_counted_foreign`;
      await engine().execute`insert into p_counted_foreign values (41, 'first')`;
      const rows = await Foreign.using(engine()).bulkCreate(names(0, 60));
      expect(rows[0]?.id).toBe(42);
      await agree(engine(), Foreign as never, rows as never);
      await engine().dropTable(Foreign);
    });
  });
}
