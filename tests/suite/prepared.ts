/** Queries that are rendered once and run with other values. */
import {
  bigint,
  bool,
  datetime,
  decimal,
  float,
  foreignKey,
  from,
  int,
  Model,
  prepare,
  str,
  sum,
  UsageError,
  uuid,
  ValueError,
} from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class MakerModel extends Model("pr_maker", { name: str() }) {
  get things() {
    return this.hasMany(ThingModel, (thing) => thing.makerId);
  }
}
class ThingModel extends Model("pr_thing", {
  name: str(),
  views: int().default(0),
  price: decimal({ precision: 8, scale: 2 }).default("1.00"),
  wide: decimal({ precision: 30, scale: 2 }).default("1.00"),
  size: bigint().default(0n),
  ratio: float().default(0),
  live: bool().default(true),
  at: datetime(),
  code: uuid(),
  makerId: foreignKey(() => MakerModel).nullable(),
}) {}

const code = "00000000-0000-4000-8000-00000000000";

export function suite(t: TargetContext): void {
  let Maker: typeof MakerModel;
  let Thing: typeof ThingModel;

  beforeAll(async () => {
    Maker = MakerModel.using(t.engine());
    Thing = ThingModel.using(t.engine());
    await t.engine().createTable(MakerModel, ThingModel);
    const maker = await Maker.create({ name: "Ada" });
    await Thing.bulkCreate(
      [1, 2, 3, 4].map((n) => ({
        name: `thing ${n}`,
        views: n * 10,
        price: `${n}.50`,
        wide: `${n}00000000000000000000.25`,
        size: 9007199254740990n + BigInt(n),
        ratio: n / 2,
        live: n % 2 === 0,
        at: new Date(Date.UTC(2024, 0, n, 12)),
        code: `${code}${n}`,
        makerId: n < 4 ? maker.id : null,
      })),
    );
  });
  afterAll(() => t.engine().dropTable(ThingModel, MakerModel));

  const names = (rows: readonly { name: string }[]) => rows.map((row) => row.name.at(-1)).join("");

  describe("prepared", () => {
    it("gives the rows of each call's values, and renders once", async () => {
      const between = prepare({ low: int(), high: int() }, ($) =>
        Thing.where((x) => x.views.gte($.low).and(x.views.lte($.high))).orderBy((x) => x.views),
      );
      expect(names(await between.all({ low: 15, high: 30 }))).toBe("23");
      expect(names(await between.all({ low: 0, high: 10 }))).toBe("1");
      expect(await between.all({ low: 50, high: 60 })).toEqual([]);
      expect((await between.first({ low: 15, high: 30 }))?.name).toBe("thing 2");
      expect(await between.first({ low: 50, high: 60 })).toBeNull();
      const [row] = await between.all({ low: 40, high: 40 });
      expect(row).toBeInstanceOf(ThingModel);
      expect(row?.changes).toEqual({});
      expect(between.toSQL().sql).toBe(between.toSQL().sql);
    });

    it("sends every type as exactly as a query does", async () => {
      const by = <T>(type: Parameters<typeof prepare>[0][string], where: (x: never, value: never) => unknown) =>
        prepare({ value: type }, ($) => Thing.where((x) => where(x as never, $.value as never) as never)) as unknown as {
          all(values: { value: T }): Promise<{ name: string }[]>;
        };
      type Side = { eq(other: unknown): unknown; gte(other: unknown): unknown };
      const same = (property: string) => (x: Record<string, Side>, value: unknown) => x[property]?.eq(value);
      const least = (property: string) => (x: Record<string, Side>, value: unknown) => x[property]?.gte(value);
      expect(names(await by(str(), same("name")).all({ value: "thing 3" }))).toBe("3");
      expect(names(await by(decimal({ precision: 8, scale: 2 }), same("price")).all({ value: "2.5" }))).toBe("2");
      expect(names(await by(decimal({ precision: 8, scale: 2 }), least("price")).all({ value: "3.50" }))).toBe("34");
      expect(names(await by(decimal({ precision: 30, scale: 2 }), least("wide")).all({ value: "300000000000000000000.25" }))).toBe("34");
      expect(names(await by(bigint(), same("size")).all({ value: 9007199254740993n }))).toBe("3");
      expect(names(await by(float(), same("ratio")).all({ value: 1.5 }))).toBe("3");
      expect(names(await by(bool(), same("live")).all({ value: true }))).toBe("24");
      expect(names(await by(datetime(), same("at")).all({ value: new Date(Date.UTC(2024, 0, 2, 12)) }))).toBe("2");
      expect(names(await by(uuid(), same("code")).all({ value: `${code}4` }))).toBe("4");
    });

    it("stands in selected values, orders, joins, subqueries and limits", async () => {
      const page = prepare({ factor: int(), owner: str(), count: int(), skip: int() }, ($) =>
        Thing.all()
          .join(Maker, (x, m) => x.makerId.eq(m.id).and(m.name.eq($.owner)))
          .where((x) => x.id.in(Thing.where((y) => y.views.mul($.factor).gt(10)).select("id")))
          .orderBy((x) => x.views.desc())
          .limit($.count)
          .offset($.skip)
          .select((x) => ({ name: x.name, more: x.views.mul($.factor) })),
      );
      expect(await page.all({ factor: 2, owner: "Ada", count: 2, skip: 1 })).toEqual([
        { name: "thing 2", more: 40 },
        { name: "thing 1", more: 20 },
      ]);
      expect(await page.all({ factor: 1, owner: "Ada", count: 5, skip: 0 })).toHaveLength(2);
      expect(await page.all({ factor: 2, owner: "Bob", count: 5, skip: 0 })).toEqual([]);
      const total = prepare({ least: int() }, ($) =>
        from(Thing.where((x) => x.views.gt($.least)).as("some")).select((x) => ({ sum: sum(x.views) })),
      );
      expect(await total.all({ least: 15 })).toEqual([{ sum: 90 }]);
    });

    it("loads relations with its rows", async () => {
      const makers = prepare({ name: str() }, ($) => Maker.where((m) => m.name.eq($.name)).prefetch("things"));
      const [ada] = await makers.all({ name: "Ada" });
      expect(names(ada?.things.loaded ?? [])).toBe("123");
    });

    it("belongs to the transaction it runs in", async () => {
      const named = prepare({ name: str() }, ($) => Thing.where((x) => x.name.eq($.name)));
      const undone = new Error("undone");
      await expect(
        t.engine().transaction(async () => {
          await Thing.where({ name: "thing 1" }).update({ name: "other" });
          expect(await named.all({ name: "other" })).toHaveLength(1);
          throw undone;
        }),
      ).rejects.toBe(undone);
      expect(await named.all({ name: "other" })).toEqual([]);
    });

    it("takes null where the parameter says so", async () => {
      const named = prepare({ name: str().nullable() }, ($) => Thing.where((x) => $.name.isNull().or(x.name.eq($.name))).select("name"));
      expect(await named.all({ name: "thing 1" })).toHaveLength(1);
      expect(await named.all({ name: null })).toHaveLength(4);
    });

    it("refuses missing, unknown and wrong values, and what is no query", async () => {
      const named = prepare({ name: str(), views: int() }, ($) => Thing.where((x) => x.name.eq($.name).and(x.views.gt($.views))));
      await expect(named.all({ name: "x" } as never)).rejects.toThrow(/parameter views is missing/);
      await expect(named.all({ name: null, views: 1 } as never)).rejects.toThrow(/parameter name is null/);
      await expect(named.all({ name: "x", views: 1, veiws: 2 } as never)).rejects.toThrow(/no parameter "veiws"/);
      await expect(named.all({ name: "x", views: "1" } as never)).rejects.toThrow(ValueError);
      await expect(named.all({ name: "a\u0000", views: 1.5 })).rejects.toThrow(ValueError);
      await expect(named.all(5 as never)).rejects.toThrow(UsageError);
      expect(() => prepare({}, () => 5 as never)).toThrow(/returns a query/);
      expect(() => prepare({ x: 5 as never }, () => Thing.all())).toThrow(UsageError);
      expect(() => prepare({ n: int() }, ($) => Thing.all().limit($.n.add(1)))).toThrow(UsageError);
    });
  });
}
