/** Wrong use: a typed error that says what to do, before anything is sent, without the value in it, and no row changed. */
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, int, KakaError, Model, str } from "../../src/index.ts";
import { Bad, type BadCase, type BadKit, secret } from "../support/bad-models.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";
import { connectCases, modelCases } from "./bad-input-setup.ts";
import { conditionCases, queryCases, rawCases, writeCases } from "./bad-input-use.ts";
import { valueCases } from "./bad-input-values.ts";

const groups: Readonly<Record<string, readonly BadCase[]>> = {
  conditions: conditionCases,
  queries: queryCases,
  values: valueCases,
  writes: writeCases,
  "raw SQL": rawCases,
  connecting: connectCases,
  models: modelCases,
};

class Hostile extends Model('b_"we`ird" \\ \' table; --', {
  id: int().primaryKey(),
  quote: str({ column: 'a"b' }).nullable(),
  tick: str({ column: "a`b" }).nullable(),
  mark: str({ column: "a'b\\" }).nullable(),
  space: str({ column: "select from" }).nullable(),
  c0: str().nullable(),
}) {}

/** Everything of an error that ends up in a log. */
function printed(error: KakaError): string {
  return [error.message, error.stack, JSON.stringify(error), inspect(error, { depth: 9, showHidden: true }), String(error.cause)].join(
    "\n",
  );
}

export function suite(t: TargetContext): void {
  let kit: BadKit;
  const rows = async () =>
    (
      await Bad.using(t.engine())
        .all()
        .orderBy((b) => b.id)
    ).map((row) => row.toDict());

  const kept = { id: 1, name: "kept", token: "00000000-0000-4000-8000-000000000001" };
  let before: unknown[] = [];

  beforeAll(async () => {
    await t.engine().createTable(Bad);
    kit = { t, engine: t.engine(), model: Bad.using(t.engine()) };
    await kit.model.create(kept);
    before = await rows();
    expect(before).toMatchObject([kept]);
  });
  afterAll(() => t.engine().dropTable(Bad));

  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const { name, run, error: kind, message, sent = 0 } of cases) {
        it(name, async () => {
          let error: unknown = null;
          const events = await sentBy(t.engine(), async () => {
            try {
              await run(kit);
            } catch (thrown) {
              error = thrown;
            }
          });
          expect(error).toBeInstanceOf(kind);
          const ours = error as KakaError;
          expect(ours.message).toMatch(message);
          expect(ours).toBeInstanceOf(KakaError);
          expect(printed(ours)).not.toContain(secret);
          // A statement that the engine itself refused on its way out never left.
          expect(
            events.filter((event) => event.error?.code !== "KAKA_USAGE" && event.error?.code !== "KAKA_VALUE").map(({ sql }) => sql),
          ).toHaveLength(sent);
          expect(await rows()).toEqual(before);
        });
      }
    });
  }

  it("runs one statement at a time: none of several", async () => {
    const several = [
      () => t.engine().execute`delete from b_bad where id = 99; delete from b_bad`,
      () => t.engine().execute`delete from b_bad where name = ${secret}; delete from b_bad`,
      () => t.engine().sql`select 1; delete from b_bad`,
    ];
    for (const run of several) {
      const error: unknown = await run().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KakaError);
      expect(error).toMatchObject({ outcome: "not_applied" });
      expect(printed(error as KakaError)).not.toContain(secret);
      expect(await rows()).toEqual(before);
    }
  });

  it("keeps hostile names as they are", async () => {
    await t.engine().createTable(Hostile);
    try {
      const model = Hostile.using(t.engine());
      await model.create({ id: 1, quote: "q", tick: "t", mark: "m", space: "s", c0: "c" });
      await model
        .where((h) => h.quote.eq("q").and(h.tick.startsWith("t"), h.mark.in(["m"]), h.space.isNotNull()))
        .update((h) => ({ mark: h.tick }));
      const read = { id: 1, quote: "q", tick: "t", mark: "t", space: "s", c0: "c" };
      expect(
        (
          await model
            .all()
            .orderBy((h) => [h.c0.desc(), h.quote])
            .first()
        )?.toDict(),
      ).toEqual(read);
      expect(await model.where({ tick: "t" }).select("mark", "space")).toEqual([{ mark: "t", space: "s" }]);
      expect(await model.where((h) => h.id.in(model.where({ quote: "q" }).select("id"))).delete()).toBe(1);
    } finally {
      await t.engine().dropTable(Hostile);
    }
  });

  it("refuses a disconnected engine", async () => {
    const engine = await connect(t.url(), { name: `${t.name} to be closed`, default: false });
    const closed = Bad.using(engine);
    const query = closed.where({ id: 1 });
    await engine.disconnect();
    for (const use of [
      () => query,
      () => query.first(),
      () => closed.create({ id: 9, name: "x" }),
      () => engine.sql`select 1`,
      () => engine.transaction(async () => {}),
    ]) {
      await expect((async () => use())()).rejects.toMatchObject({ code: "KAKA_USAGE", message: expect.stringContaining("disconnected") });
    }
    expect(() => Bad.using(`${t.name} to be closed`)).toThrow(/no engine named/);
    expect(query.toSQL().sql).toContain("b_bad");
  });
}
