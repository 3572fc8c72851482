/** Relations over keys of every kind, of a table with itself, and with standing conditions. */
import { type AnyModel, bool, type Engine, foreignKey, int, Model, str } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class Team extends Model("rk_team", { name: str({ length: 20 }).primaryKey() }) {
  get players() {
    return this.hasMany(Player, (player) => player.teamName);
  }
  get captain() {
    return this.hasOne(Player, (player) => player.teamName, { where: (player) => player.leads, orderBy: (player) => player.age.desc() });
  }
  get best() {
    return this.hasMany(Player, (player) => player.teamName, {
      where: (player) => player.goals.gt(0),
      orderBy: (player) => [player.goals.desc(), player.age.asc()],
    });
  }
}
class Player extends Model("rk_player", {
  age: int(),
  goals: int().default(0),
  leads: bool().default(false),
  teamName: foreignKey(() => Team).nullable(),
  mentorId: foreignKey("rk_player").nullable(),
}) {
  get team() {
    return this.belongsTo(Team, (player) => player.teamName);
  }
  get mentor() {
    return this.belongsTo(Player, (player) => player.mentorId);
  }
  get pupils() {
    return this.hasMany(Player, (player) => player.mentorId, { orderBy: (player) => player.age.asc() });
  }
  get youngPupils() {
    return this.hasMany(Player, (player) => player.mentorId, { where: (player) => player.age.lt(18) });
  }
}
/** Its foreign key names the columns in another order than the primary key. */
class Cell extends Model(
  "rk_cell",
  { row: int().primaryKey(), col: int().primaryKey(), upRow: int().nullable(), upCol: int().nullable() },
  { foreignKeys: [{ on: ["upCol", "upRow"], target: "rk_cell", references: ["col", "row"] }] },
) {
  get up() {
    return this.belongsTo(Cell, (cell) => [cell.upCol, cell.upRow]);
  }
  get down() {
    return this.hasMany(Cell, (cell) => [cell.upCol, cell.upRow], { orderBy: (cell) => cell.col.asc() });
  }
}
/** Referred to by columns that are no primary key. */
class Product extends Model(
  "rk_product",
  { sku: str({ length: 20 }), region: str({ length: 20 }), label: str() },
  { uniques: (product) => [[product.region, product.sku]] },
) {
  get stocks() {
    return this.hasMany(Stock, (stock) => [stock.sku, stock.region]);
  }
}
class Stock extends Model(
  "rk_stock",
  { sku: str({ length: 20 }), region: str({ length: 20 }), amount: int() },
  { foreignKeys: [{ on: ["region", "sku"], target: () => Product, references: ["region", "sku"] }] },
) {
  get product() {
    return this.belongsTo(Product, (stock) => [stock.sku, stock.region]);
  }
}

const tables = [Team, Player, Cell, Product, Stock] as const;

export function suite(t: TargetContext): void {
  const on = <M extends AnyModel>(model: M): M => (model as unknown as { using(engine: Engine): M }).using(t.engine());
  beforeAll(() => t.engine().createTable(...tables));
  afterAll(() => t.engine().dropTable(...tables));
  beforeEach(async () => {
    await on(Player).all().allRows().update({ mentorId: null });
    await on(Cell).all().allRows().update({ upRow: null, upCol: null });
    for (const model of [Stock, Product, Cell, Player, Team]) await model.using(t.engine()).all().allRows().delete();
  });

  describe("with standing conditions", () => {
    let reds: Team;
    beforeEach(async () => {
      reds = await on(Team).create({ name: "reds" });
      await on(Team).create({ name: "blues" });
      const old = await reds.players.create({ age: 30, goals: 2, leads: true });
      const older = await reds.players.create({ age: 33, leads: true });
      await on(Player).bulkCreate([
        { age: 16, goals: 2, teamName: "reds", mentorId: old.id },
        { age: 19, goals: 7, teamName: "reds", mentorId: old.id },
        { age: 17, mentorId: older.id },
      ]);
    });

    it("hold on a row, in a query and ahead", async () => {
      expect((await reds.best).map((p) => p.age)).toEqual([19, 16, 30]);
      expect((await reds.captain)?.age).toBe(33);
      expect(await reds.best.where((p) => p.age.lt(20)).count()).toBe(2);
      expect((await reds.best.where((p) => p.age.lt(20)).limit(1)).map((p) => p.age)).toEqual([19]);
      const teams = await on(Team)
        .all()
        .orderBy((team) => team.name)
        .prefetch("best", "captain", "players");
      expect(teams.map((team) => team.best.loaded.map((p) => p.age))).toEqual([[], [19, 16, 30]]);
      expect(teams.map((team) => team.captain.loaded?.age ?? null)).toEqual([null, 33]);
      expect(teams.map((team) => team.players.loaded.length)).toEqual([0, 4]);
      const counts = await on(Team)
        .all()
        .orderBy((team) => team.name)
        .select((team) => ({ best: team.best.count(), all: team.players.count(), most: team.best.max((p) => p.goals) }));
      expect(counts).toEqual([
        { best: 0, all: 0, most: null },
        { best: 3, all: 4, most: 7 },
      ]);
    });

    it("hold between the rows of one table, and both ways around", async () => {
      const [old] = await on(Player).where({ age: 30 }).prefetch("pupils.team.best", "youngPupils");
      expect(old?.pupils.loaded.map((p) => p.age)).toEqual([16, 19]);
      expect(old?.youngPupils.loaded.map((p) => p.age)).toEqual([16]);
      expect(old?.pupils.loaded[0]?.team.loaded?.best.loaded).toHaveLength(3);
      const ages = (players: PromiseLike<Player[]>) => players.then((all) => all.map((p) => p.age).sort());
      expect(await ages(on(Player).where((p) => p.youngPupils.some()))).toEqual([30, 33]);
      expect(await ages(on(Player).where((p) => p.youngPupils.some((young) => young.mentor.leads.and(young.goals.gt(0)))))).toEqual([30]);
      expect(await ages(on(Player).where((p) => p.mentor.youngPupils.some((young) => young.id.ne(p.id))))).toEqual([19]);
      expect(await ages(on(Player).where((p) => p.team.best.some((other) => other.goals.gt(p.goals))))).toEqual([16, 30, 33]);
      expect(await ages(on(Player).where((p) => p.team.best.some((other) => other.mentorId.eq(p.id))))).toEqual([30]);
      expect(await ages(on(Player).where((p) => p.team.name.eq("reds").and(p.pupils.none())))).toEqual([16, 19]);
    });
  });

  it("follow keys in the order of the foreign key, within one table", async () => {
    const top = await on(Cell).create({ row: 1, col: 2 });
    await on(Cell).create({ row: 2, col: 1 });
    const below = await top.down.create({ row: 5, col: 6 });
    expect([below.upRow, below.upCol]).toEqual([1, 2]);
    expect((await below.up)?.toDict()).toMatchObject({ row: 1, col: 2 });
    expect(await top.up).toBeNull();
    await on(Cell).create({ row: 5, col: 7, upRow: 1, upCol: 2 });
    // Half a key refers to nothing.
    const half = await on(Cell).create({ row: 9, col: 9, upRow: 1 });
    expect(await half.up).toBeNull();
    const cells = await on(Cell)
      .all()
      .orderBy((cell) => [cell.row.asc(), cell.col.asc()])
      .prefetch("up", "down.up");
    expect(cells.map((cell) => [cell.row, cell.col, cell.up.loaded?.row ?? null, cell.down.loaded.length])).toEqual([
      [1, 2, null, 2],
      [2, 1, null, 0],
      [5, 6, 1, 0],
      [5, 7, 1, 0],
      [9, 9, null, 0],
    ]);
    expect(cells[0]?.down.loaded[1]?.up.loaded?.col).toBe(2);
    expect(
      await on(Cell)
        .where((cell) => cell.up.row.eq(1))
        .count(),
    ).toBe(2);
    expect(
      await on(Cell)
        .where((cell) => cell.down.some((one) => one.col.eq(7)))
        .count(),
    ).toBe(1);
  });

  it("follow unique columns that are no key", async () => {
    const product = await on(Product).create({ sku: "a", region: "b", label: "here" });
    await on(Product).create({ sku: "b", region: "a", label: "there" });
    const stock = await product.stocks.create({ amount: 3 });
    expect([stock.sku, stock.region]).toEqual(["a", "b"]);
    expect((await stock.product).label).toBe("here");
    const [loaded] = await on(Stock).all().prefetch("product.stocks");
    expect(loaded?.product.loaded.stocks.loaded).toHaveLength(1);
    expect(
      await on(Stock)
        .where((s) => s.product.label.eq("there"))
        .count(),
    ).toBe(0);
    expect(
      await on(Product)
        .all()
        .orderBy((p) => p.id)
        .select((p) => ({ n: p.stocks.count() })),
    ).toEqual([{ n: 1 }, { n: 0 }]);
  });
}
