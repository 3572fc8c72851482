/** Fragments: joined, nested, and given the type of a column. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  avg,
  bigint,
  bool,
  bytes,
  date,
  datetime,
  decimal,
  float,
  foreignKey,
  int,
  json,
  Model,
  max,
  oneOf,
  sql,
  str,
  sum,
  time,
  UsageError,
  uuid,
} from "../../src/index.ts";
import { at, createItems, full, Item, nasty } from "../support/raw-items.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Other extends Model("rf_other", { itemId: foreignKey(() => Item) }) {}

export function suite(t: TargetContext): void {
  const Items = () => Item.using(t.engine());
  const ordered = () =>
    Items()
      .all()
      .orderBy((i) => i.id);

  beforeAll(() => createItems(t.engine()));
  afterAll(() => t.engine().dropTable(Item));

  describe("join", () => {
    it("writes values, expressions and fragments with a separator between them", async () => {
      expect(await t.engine().sql`select id from rf_item where id in (${sql.join([1, sql`1 + ${1}`, 9])}) order by id`).toEqual([
        { id: 1 },
        { id: 2 },
      ]);
      const parts = [sql`n >= ${20}`, sql`flag = ${true}`, sql.join([sql`some_label = ${nasty}`, sql`id = ${99}`], sql` or `)];
      const [first, second, third] = parts;
      expect(await t.engine().sql`select id from rf_item where ${sql.join([first, second, sql`(${third})`], sql` and `)}`).toEqual([
        { id: 3 },
      ]);
      expect(
        await Items()
          .where((i) => sql.join<boolean>([i.n.gt(10), sql`${i.flag} = ${true}`], sql` and `))
          .count(),
      ).toBe(1);
      expect(await t.engine().scalar`select count(*) from rf_item where ${sql.join([sql`id = ${1}`], sql` and `)}`).toBe(1);
    });

    it("takes a separator from the code alone, and at least one part", async () => {
      for (const separator of [" or 1=1 --", null, 1, {}, sql`${1}`, sql.id("x"), ["x"], Item.c.n])
        expect(() => sql.join([1, 2], separator as never), String(separator)).toThrow(UsageError);
      for (const parts of [[], "abc", null, undefined, {}, [undefined], [{}], [[1]], new Array(2), [Number.NaN], [() => 1]])
        expect(() => sql.join(parts as never)).toThrow(UsageError);
    });
  });

  describe("unsafe", () => {
    it("writes its text as it is", async () => {
      const sent = await sentBy(t.engine(), async () => {
        const direction = sql.unsafe("desc");
        expect(await t.engine().sql`select id from rf_item where id < ${3} order by id ${direction}`).toEqual([{ id: 2 }, { id: 1 }]);
        expect(
          await Items()
            .where(sql.unsafe<boolean>("n = 20 or n = 30"))
            .where((i) => i.id.lt(3))
            .count(),
        ).toBe(1);
      });
      expect(sent[0]?.sql).toContain("order by id desc");
    });

    it("refuses what is no text", () => {
      for (const text of [null, undefined, 5, ["desc"], { toString: () => "desc" }, Object.freeze(["a"]), sql`x`, "a\0", "\ud800"])
        expect(() => sql.unsafe(text as never)).toThrow(UsageError);
    });
  });

  describe("nested", () => {
    it("keeps the operators of a fragment together", async () => {
      const either = sql<boolean>`n = ${10} or n = ${20}`;
      expect(await Items().where(either).where({ id: 3 }).count()).toBe(0);
      expect(
        await Items()
          .where(either.and(Item.c.id.eq(2)))
          .count(),
      ).toBe(1);
      expect(await Items().where(either.not()).count()).toBe(1);
      expect(await Items().exclude(either).count()).toBe(1);
      expect(await ordered().pluck((i) => i.n.mul(sql<number>`1 + ${1}`))).toEqual([20, 40, 60]);
    });

    it("goes as deep as it likes, the values in their order", async () => {
      const deep = Array.from({ length: 50 }).reduce((inner: unknown, _, i) => sql`(${i} + ${inner})`, sql`${0}`);
      const cast = t.family === "mysql" ? sql`cast(${deep} as signed)` : sql`cast(${deep} as integer)`;
      if (t.family !== "postgres") expect(Number(await t.engine().scalar`select ${cast}`)).toBe(1225);
      const conditions = Array.from({ length: 30 }, (_, i) => sql`id <> ${i + 100}`);
      expect(await t.engine().scalar`select count(*) from rf_item where ${sql.join(conditions, sql` and `)} and id = ${3}`).toBe(1);
    });

    it("sees a lock or a change in a fragment, and does not send it to a reader", async () => {
      const lock = t.family === "sqlite" ? sql`` : sql`for update`;
      expect(await t.engine().sql`select id from rf_item where id = ${1} ${lock}`).toEqual([{ id: 1 }]);
      await t.engine().execute`${sql.unsafe("update rf_item set n = n where id = ")}${1}`;
    });

    it("refuses texts with an escape that is none", () => {
      const texts = Object.freeze(Object.assign([undefined], { raw: Object.freeze(["\\u"]) }));
      expect(() => sql(texts as never)).toThrow(UsageError);
      expect(() => sql(Object.freeze(Object.assign(["a\0"], { raw: ["a\0"] })) as never)).toThrow(UsageError);
      expect(() => sql(["select 1"] as never)).toThrow(UsageError);
      expect(() => sql("select 1" as never)).toThrow(UsageError);
    });
  });

  describe("as", () => {
    it("reads a fragment as a column of that type is read", async () => {
      const [row, empty] = await ordered().select((i) => ({
        n: sql`${i.n} * 2`.as(int()),
        big: sql`${i.big}`.as(bigint().nullable()),
        real: sql`${i.real}`.as(float().nullable()),
        price: sql`${i.price}`.as(decimal({ precision: 10, scale: 2 }).nullable()),
        flag: sql`${i.n} > ${15}`.as(bool()),
        at: sql`${i.at}`.as(datetime().nullable()),
        day: sql`${i.day}`.as(date().nullable()),
        clock: sql`${i.clock}`.as(time().nullable()),
        key: sql`${i.key}`.as(uuid().nullable()),
        kind: sql`${i.kind}`.as(oneOf("a", "b")),
        doc: sql`${i.doc}`.as(json<unknown>().nullable()),
        blob: sql`${i.blob}`.as(bytes().nullable()),
        label: sql`upper(${i.someLabel})`.as(str().nullable()),
      }));
      const { big, real, price, day, clock, key, kind, doc, blob } = full;
      expect(row).toEqual({ n: 20, big, real, price, flag: false, at, day, clock, key, kind, doc, blob, label: "ONE" });
      const none = { big: null, real: null, price: null, at: null, day: null, clock: null, key: null, doc: null, blob: null, label: null };
      expect(empty).toEqual({ n: 40, flag: true, kind: "a", ...none });
    });

    it("keeps 64 bits", async () => {
      await t
        .engine()
        .transaction(async () => {
          await Items()
            .where({ id: 1 })
            .update({ big: 2n ** 62n + 1n });
          expect(await ordered().pluck((i) => sql`${i.big} + ${0}`.as(bigint().nullable()))).toEqual([2n ** 62n + 1n, null, null]);
          throw new RangeError("undo");
        })
        .catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    });

    it("has the operators of its type in conditions, orders, groups and aggregates", async () => {
      const double = (i: typeof Item.c) => sql`${i.n} * 2`.as(int());
      expect(
        await Items()
          .where((i) => double(i).between(30, 50))
          .count(),
      ).toBe(1);
      expect(
        await Items()
          .where((i) => double(i).in([20, 60]))
          .orderBy((i) => double(i).desc())
          .pluck((i) => i.id),
      ).toEqual([3, 1]);
      expect(
        await Items()
          .all()
          .aggregate((i) => ({ total: sum(double(i)), mean: avg(double(i).add(1)), most: max(double(i)) })),
      ).toEqual({ total: 120, mean: 41, most: 60 });
      expect(
        await Items()
          .where((i) => sql`upper(${i.someLabel})`.as(str()).startsWith("ON"))
          .count(),
      ).toBe(1);
      expect(
        await Items()
          .where((i) => sql`${i.flag}`.as(bool()).not())
          .pluck((i) => i.id),
      ).toEqual([2]);
      expect(
        await Items()
          .where((i) => sql`${i.at}`.as(datetime()).part("year").eq(2024).and(sql`${i.at}`.as(datetime()).lte(at)))
          .count(),
      ).toBe(1);
      expect(
        await Items()
          .where((i) => sql`${i.doc}`.as(json<{ a: unknown[] }>()).path("a").length().eq(2))
          .count(),
      ).toBe(1);
      expect(
        await Items()
          .all()
          .groupBy((i) => sql`${i.n} / ${10}`.as(int()).gt(1))
          .select((i) => ({ many: sql`${i.n} / ${10}`.as(int()).gt(1), n: sum(i.n) }))
          .then((rows) => rows.map(({ n }) => n).toSorted()),
      ).toEqual([10, 50]);
    });

    it("compares and orders decimals by their number, stored or calculated", async () => {
      const price = (i: typeof Item.c) => sql`${i.price}`.as(decimal({ precision: 10, scale: 2 }));
      const half = (i: typeof Item.c) => sql`${i.price} / ${2}`.as(decimal({ precision: 10, scale: 2 }));
      for (const [pick, least] of [
        [price, "10"],
        [half, "5"],
      ] as const) {
        expect(
          await Items()
            .where((i) => pick(i).gt(least))
            .pluck((i) => i.id),
        ).toEqual([3]);
        expect(
          await Items()
            .where((i) => i.price.isNotNull())
            .orderBy((i) => pick(i))
            .pluck((i) => i.id),
        ).toEqual([1, 3]);
      }
      expect(
        await Items()
          .all()
          .sum((i) => price(i)),
      ).toBe("109.50");
    });

    it("takes a column, and no foreign key, whose type is not known yet", () => {
      for (const column of [undefined, null, "int", {}, Item, Item.c.n, int, foreignKey(() => Item)])
        expect(() => sql`x`.as(column as never)).toThrow(UsageError);
      expect(Other.c.itemId).toBeDefined();
    });
  });
}
