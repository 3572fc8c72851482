/** Reading row by row: every row once, writing inside the loop, leaving it early. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { int, Model, str, uuid } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

class Line extends Model("v_line", { n: int(), done: int().default(0) }) {}
class Concealed extends Model("v_concealed", { id: int().primaryKey().hidden(), label: str() }) {}
class Pair extends Model("v_pair", { a: int().primaryKey(), b: int().primaryKey() }) {}
class Token extends Model("v_token", { key: uuid().primaryKey(), n: int() }) {}

const range = (length: number) => Array.from({ length }, (_, n) => n);

export function suite(t: TargetContext): void {
  const Lines = () => Line.using(t.engine());
  const fill = (rows: number) => Lines().bulkCreate(range(rows).map((n) => ({ n })));
  const both = {
    "outside of a transaction": async <T>(work: () => Promise<T>) => work(),
    "in a transaction": async <T>(work: () => Promise<T>) => t.engine().transaction(work),
  };

  beforeAll(() => t.engine().createTable(Line, Concealed, Pair, Token));
  afterAll(() => t.engine().dropTable(Line, Concealed, Pair, Token));
  beforeEach(async () => void (await Lines().all().allRows().delete()));

  for (const [where, run] of Object.entries(both)) {
    describe(where, () => {
      for (const rows of [0, 1, 499, 500, 501, 1200]) {
        it(`yields each of ${rows} rows once`, async () => {
          await fill(rows);
          await run(async () => {
            const seen: number[] = [];
            for await (const line of Lines().all()) {
              expect(line).toBeInstanceOf(Line);
              seen.push(line.n);
            }
            expect(seen.sort((a, b) => a - b)).toEqual(range(rows));
          });
        });
      }

      it("updates every row inside the loop", async () => {
        await fill(1100);
        await run(async () => {
          for await (const line of Lines().all()) {
            line.done += 1;
            await line.save();
          }
        });
        expect(await Lines().where({ done: 1 }).count()).toBe(1100);
      });

      it("deletes every row inside the loop", async () => {
        await fill(1100);
        let seen = 0;
        await run(async () => {
          for await (const line of Lines().where((l) => l.n.gte(0))) {
            seen++;
            await line.delete();
          }
        });
        expect([seen, await Lines().count()]).toEqual([1100, 0]);
      });

      it("reads and inserts inside the loop", async () => {
        await fill(3);
        await run(async () => {
          for await (const line of Lines()
            .where({ done: 0 })
            .orderBy((l) => l.n)) {
            expect(await Lines().where({ n: line.n, done: 0 }).count()).toBe(1);
            await Lines().create({ n: line.n + 100, done: 1 });
          }
        });
        expect(
          await Lines()
            .all()
            .orderBy((l) => l.n)
            .pluck((l) => l.n),
        ).toEqual([0, 1, 2, 100, 101, 102]);
      });

      it("can be left early, and the next statement runs at once", async () => {
        await fill(1100);
        await run(async () => {
          for (const stop of [1, 2, 600]) {
            let seen = 0;
            for await (const _ of Lines().all()) if (++seen === stop) break;
            expect(seen).toBe(stop);
            expect(await Lines().count()).toBe(1100);
          }
        });
      });

      it("ends when the loop throws, with that error", async () => {
        await fill(600);
        const failing = run(async () => {
          for await (const line of Lines().all()) {
            await Lines().where({ id: line.id }).update({ done: 5 });
            throw new Error("from the loop");
          }
        });
        await expect(failing).rejects.toThrow("from the loop");
        expect(await Lines().where({ done: 5 }).count()).toBe(where === "in a transaction" ? 0 : 1);
      });

      it("keeps order, limit, offset and selections", async () => {
        await fill(700);
        await run(async () => {
          const seen: unknown[] = [];
          for await (const line of Lines()
            .all()
            .orderBy((l) => l.n.desc())
            .limit(600)
            .offset(50))
            seen.push(line.n);
          expect(seen).toEqual(range(650).slice(50).reverse());
          const picked: unknown[] = [];
          for await (const row of Lines()
            .where((l) => l.n.lt(3))
            .orderBy((l) => l.n)
            .select((l) => ({ twice: l.n.mul(2) })))
            picked.push(row);
          expect(picked).toEqual([{ twice: 0 }, { twice: 2 }, { twice: 4 }]);
        });
      });

      it("pages by keys of every kind", async () => {
        const engine = t.engine();
        await Pair.using(engine).bulkCreate(range(600).map((n) => ({ a: n % 7, b: n })));
        await Concealed.using(engine).bulkCreate(range(1000).map((id) => ({ id, label: `l${id}` })));
        await Token.using(engine).bulkCreate(
          range(1001).map((n) => ({ key: `00000000-0000-4000-8000-${String((n * 7919) % 10_007).padStart(12, "0")}`, n })),
        );
        await run(async () => {
          const pairs = new Set<number>();
          for await (const pair of Pair.using(engine).all()) pairs.add(pair.b);
          const labels = new Set<string>();
          for await (const row of Concealed.using(engine).all()) labels.add(row.label);
          const tokens = new Set<number>();
          for await (const token of Token.using(engine).all()) tokens.add(token.n);
          expect([pairs.size, labels.size, tokens.size]).toEqual([600, 1000, 1001]);
        });
        for (const model of [Pair, Concealed, Token]) await (model as typeof Pair).using(engine).all().allRows().delete();
      });
    });
  }

  it("runs two loops side by side", async () => {
    await fill(600);
    let pairs = 0;
    const inner = Lines().where((l) => l.n.lt(2));
    for await (const _ of Lines().where((l) => l.n.lt(550))) for await (const __ of inner) pairs++;
    expect(pairs).toBe(1100);
  });
}
