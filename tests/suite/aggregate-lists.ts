/** Values of many rows put together to a text or an array: the same on every database. */
import {
  bigint,
  bool,
  bytes,
  cast,
  custom,
  date,
  datetime,
  decimal,
  float,
  foreignKey,
  int,
  json,
  jsonAgg,
  Model,
  oneOf,
  rows,
  str,
  stringAgg,
  text,
  time,
  UnsupportedError,
  UsageError,
  uuid,
  ValueError,
  value,
} from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class TeamModel extends Model("list_team", { name: str() }) {}
class SaleModel extends Model("list_sale", {
  team: int(),
  item: str().nullable(),
  amount: int().nullable(),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
  wide: decimal({ precision: 30, scale: 2 }).nullable(),
  ratio: float().nullable(),
  paid: bool(),
  at: datetime(),
  teamId: foreignKey(() => TeamModel).nullable(),
}) {}
const points = custom(int(), { encode: (point: { x: number }) => point.x, decode: (x: number) => ({ x }) });
class EveryModel extends Model("list_every", {
  small: int().nullable(),
  big: bigint().nullable(),
  ratio: float().nullable(),
  price: decimal({ precision: 30, scale: 10 }).nullable(),
  yes: bool().nullable(),
  word: text().nullable(),
  kind: oneOf("a", "b").nullable(),
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
  key: uuid().nullable(),
  blob: bytes().nullable(),
  doc: json<unknown>().nullable(),
  point: points.nullable(),
}) {}

const day = (n: number) => new Date(Date.UTC(2024, 0, n, 12, 30, 0, n));
const everything = {
  small: -5,
  big: 9007199254740993n,
  ratio: 0.1 + 0.2,
  price: "12345678901234.0000000001",
  yes: true,
  word: 'a "quoted" \\ text,\n[{😀é}] with , and \' and \u0001',
  kind: "b" as const,
  at: new Date("2024-02-29T23:59:59.007Z"),
  day: "2024-02-29",
  clock: "10:20:30.5",
  key: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
  blob: new Uint8Array([0, 255, 34]),
  doc: { a: [1, "x", null, { "k'\"": true }], b: "text" },
  point: { x: 7 },
};

export function suite(t: TargetContext): void {
  let Sale: typeof SaleModel;
  let Every: typeof EveryModel;
  let Team: typeof TeamModel;

  beforeAll(async () => {
    Sale = SaleModel.using(t.engine());
    Every = EveryModel.using(t.engine());
    Team = TeamModel.using(t.engine());
    await t.engine().createTable(TeamModel, SaleModel, EveryModel);
    const [red] = await Team.bulkCreate([{ name: "red" }, { name: "blue" }]);
    const wide = "1234567890123456789012.50";
    await Sale.bulkCreate([
      { team: 1, item: "pen", amount: 3, price: "1.10", wide, ratio: 2, paid: true, at: day(1), teamId: red?.id ?? 0 },
      { team: 1, item: "ink", amount: 3, price: "2.20", wide: `-${wide}`, ratio: 4, paid: false, at: day(2), teamId: red?.id ?? 0 },
      { team: 1, item: "pen", amount: 5, price: "1.10", ratio: 9, paid: true, at: day(3) },
      { team: 2, item: "cup", amount: 10, price: "9.99", wide, ratio: 1.5, paid: false, at: day(4) },
      { team: 2, item: "Cup", paid: true, at: day(5) },
      { team: 3, paid: false, at: day(6) },
    ]);
    await Every.bulkCreate([everything, {}]);
  });
  afterAll(() => t.engine().dropTable(EveryModel, SaleModel, TeamModel));

  const perTeam = () =>
    Sale.all()
      .groupBy((s) => s.team)
      .orderBy((s) => s.team);

  describe("stringAgg", () => {
    it("puts texts together in an order", async () => {
      const found = await perTeam().select((s) => ({
        items: stringAgg(s.item, ", ", { orderBy: s.id }),
        back: stringAgg(s.item, "", { orderBy: [s.amount.desc(), s.id.desc()] }),
        paid: stringAgg(s.item, " → '\\\"").filter(s.paid).orderBy(s.id.asc()),
        different: stringAgg(s.item, "; ").distinct().orderBy(s.item.desc()),
        numbers: stringAgg(cast(s.amount, text()), "|", { orderBy: s.id }),
      }));
      expect(found.map(({ items, paid, numbers }) => ({ items, paid, numbers }))).toEqual([
        { items: "pen, ink, pen", paid: "pen → '\\\"pen", numbers: "3|3|5" },
        { items: "cup, Cup", paid: "Cup", numbers: "10" },
        { items: null, paid: null, numbers: null },
      ]);
      expect([found[0]?.different, found[2]?.different]).toEqual(["pen; ink", null]);
      expect(found[1]?.different?.split("; ").sort()).toEqual(["Cup", "cup"]);
      expect(found[0]?.back).toBe("peninkpen");
    });

    it("takes long texts whole", async () => {
      const [row] = await Sale.all().select((s) => ({ all: stringAgg(value("x".repeat(100_000)), "-").filter(s.id.gt(0)) }));
      expect(row?.all?.length).toBe(6 * 100_000 + 5);
    });

    it("works in conditions on groups", async () => {
      const found = await perTeam()
        .having((s) => stringAgg(s.item, ",", { orderBy: s.id }).eq("pen,ink,pen"))
        .select((s) => ({ team: s.team }));
      expect(found).toEqual([{ team: 1 }]);
    });

    it("refuses what is no text, and an order that distinct values do not have", () => {
      const c = SaleModel.c;
      expect(() => stringAgg(c.amount as never, ",")).toThrow(/cast/);
      for (const bad of [undefined, null, 5, {}, "\0"]) expect(() => stringAgg(c.item, bad as never)).toThrow(ValueError);
      expect(() => stringAgg("x" as never, ",")).toThrow(UsageError);
      expect(() => stringAgg(c.item, ",", { orderBy: c.id }).distinct()).toThrow(/value itself/);
      expect(() => stringAgg(c.item, ",").distinct().orderBy(c.id)).toThrow(/value itself/);
      for (const bad of [[], null, 5, "id"]) expect(() => stringAgg(c.item, ",").orderBy(bad as never)).toThrow(UsageError);
    });
  });

  describe("jsonAgg", () => {
    it("gives every value as a column would", async () => {
      const list = (name: keyof typeof everything) =>
        Every.all().aggregate((e) => ({ list: jsonAgg(e[name] as typeof e.small, { orderBy: e.id }) }));
      for (const name of Object.keys(everything) as (keyof typeof everything)[]) {
        expect([name, (await list(name)).list]).toEqual([name, [everything[name], null]]);
      }
      const { rows: all } = await Every.all().aggregate((e) => ({
        rows: jsonAgg(
          {
            small: e.small,
            big: e.big,
            ratio: e.ratio,
            price: e.price,
            yes: e.yes,
            word: e.word,
            kind: e.kind,
            at: e.at,
            day: e.day,
            clock: e.clock,
            key: e.key,
            blob: e.blob,
            doc: e.doc,
            point: e.point,
          },
          { orderBy: e.id },
        ),
      }));
      expect(all).toEqual([everything, Object.fromEntries(Object.keys(everything).map((name) => [name, null]))]);
    });

    it("gives an array for each group, empty ones too", async () => {
      const found = await perTeam().select((s) => ({
        items: jsonAgg({ item: s.item, more: { amount: s.amount, "odd 'key\"": s.paid } })
          .filter(s.amount.gt(3))
          .orderBy(s.id),
        amounts: jsonAgg(s.amount, { orderBy: s.id.desc() }),
        sums: jsonAgg(s.amount.mul(2), { orderBy: s.id }).filter(s.item.isNotNull()),
        big: jsonAgg(s.amount.gt(3), { orderBy: s.id }),
      }));
      expect(found).toEqual([
        {
          items: [{ item: "pen", more: { amount: 5, "odd 'key\"": true } }],
          amounts: [5, 3, 3],
          sums: [6, 6, 10],
          big: [false, false, true],
        },
        { items: [{ item: "cup", more: { amount: 10, "odd 'key\"": false } }], amounts: [null, 10], sums: [20, null], big: [true, null] },
        { items: [], amounts: [null], sums: [], big: [null] },
      ]);
      expect(await Sale.where((s) => s.team.eq(99)).aggregate((s) => ({ list: jsonAgg(s.item) }))).toEqual({ list: [] });
    });

    it("takes equal values once", async () => {
      const [first, second] = await perTeam().select((s) => ({
        prices: jsonAgg(s.price).distinct(),
        pairs: jsonAgg({ item: s.item, amount: s.price }).distinct(),
      }));
      expect(first?.prices.sort()).toEqual(["1.10", "2.20"]);
      expect(first?.pairs.map(({ item }) => item).sort()).toEqual(["ink", "pen"]);
      expect(second?.pairs.length).toBe(2);
    });

    it("collects the rows of a join", async () => {
      const found = await Team.all()
        .leftJoin(Sale, (team, s) => s.teamId.eq(team.id))
        .groupBy((team) => [team.id, team.name])
        .orderBy((team) => team.id)
        .select((team, s) => ({ team: team.name, sales: jsonAgg({ item: s.item, at: s.at }, { orderBy: s.id }).filter(s.id.isNotNull()) }));
      expect(found).toEqual([
        {
          team: "red",
          sales: [
            { item: "pen", at: day(1) },
            { item: "ink", at: day(2) },
          ],
        },
        { team: "blue", sales: [] },
      ]);
    });

    it("refuses what is no expression", () => {
      for (const bad of [undefined, null, 5, "x", [], {}, { a: 5 }, { a: {} }, new Date()])
        expect(() => jsonAgg(bad as never)).toThrow(UsageError);
      expect(() => jsonAgg(JSON.parse('{"__proto__": 5, "a": 1}'))).toThrow(UsageError);
      const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`f${i}`, SaleModel.c.item]));
      expect(() => jsonAgg(many)).toThrow(UsageError);
    });
  });

  it("puts lists together over windows where the database can", async () => {
    const query = Sale.where((s) => s.team.eq(1))
      .orderBy((s) => s.id)
      .select((s) => ({
        items: stringAgg(s.item, "+").over({ orderBy: s.id.asc() }),
        list: jsonAgg(s.price).over({ orderBy: s.id.asc(), frame: rows(-1, 0) }),
      }));
    if (!t.engine().traits.listsOverWindows) await expect(query).rejects.toThrow(UnsupportedError);
    else
      expect(await query).toEqual([
        { items: "pen", list: ["1.10"] },
        { items: "pen+ink", list: ["1.10", "2.20"] },
        { items: "pen+ink+pen", list: ["2.20", "1.10"] },
      ]);
    expect(() => stringAgg(SaleModel.c.item, ",", { orderBy: SaleModel.c.id }).over()).toThrow(UsageError);
  });
}
