/** Rows that were read and are told so, wherever they come from. */
import { foreignKey, int, Model, prepare, str } from "kakaorm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { log } from "../support/hook-models.ts";
import { usingOf } from "../support/kept-models.ts";
import type { TargetContext } from "../targets/target.ts";

class House extends Model("hk_house", { name: str() }) {
  loaded: string[] = [];
  get rooms() {
    return this.hasMany(Room, (room) => room.houseId, { orderBy: (room) => room.id.asc() });
  }
  override async afterLoad() {
    await Promise.resolve();
    const rooms = loadedNames(() => this.rooms.loaded);
    this.loaded.push(`${this.name}:${rooms}`);
    log.push(`house ${this.name}`);
  }
}
class Room extends Model("hk_room", { name: str(), size: int().default(1), houseId: foreignKey(() => House) }) {
  get house() {
    return this.belongsTo(House, (room) => room.houseId);
  }
  get doors() {
    return this.hasMany(Door, (door) => door.roomId);
  }
  override afterLoad() {
    log.push(`room ${this.name}`);
  }
}
class Door extends Model("hk_door", { name: str(), roomId: foreignKey(() => Room) }) {
  override afterLoad() {
    log.push(`door ${this.name}`);
  }
}

function loadedNames(rows: () => readonly { readonly name: string }[]): string {
  try {
    return rows()
      .map(({ name }) => name)
      .join("");
  } catch {
    return "?";
  }
}

const models = [House, Room, Door] as const;

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const taken = (): string[] => log.splice(0);

  beforeAll(async () => {
    await t.engine().dropTableIfExists(...models);
    await t.engine().createTable(...models);
  });
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    for (const model of [Door, Room, House] as const) await on(model).all().allRows().delete();
    log.length = 0;
    const [one, two] = await on(House).bulkCreate([{ name: "A" }, { name: "B" }]);
    const [a, b] = await on(Room).bulkCreate([
      { name: "a", houseId: one?.id ?? 0 },
      { name: "b", houseId: one?.id ?? 0 },
      { name: "c", houseId: two?.id ?? 0 },
    ]);
    await on(Door).bulkCreate([
      { name: "1", roomId: a?.id ?? 0 },
      { name: "2", roomId: b?.id ?? 0 },
    ]);
  });
  const byName = () =>
    on(House)
      .all()
      .orderBy((house) => house.name);

  it("runs for new rows never, and once for each row that is read", async () => {
    expect(taken()).toEqual([]);
    const houses = await byName();
    expect(taken()).toEqual(["house A", "house B"]);
    expect(houses.map(({ loaded }) => loaded)).toEqual([["A:?"], ["B:?"]]);
    expect(houses[0]?.changes).toEqual({});
  });

  it.each<[string, () => PromiseLike<unknown>, number]>([
    [
      "find",
      async () =>
        on(House).find(
          (
            await on(House)
              .where({ name: "A" })
              .pluck((h) => h.id)
          )[0] ?? 0,
        ),
      1,
    ],
    ["first", () => byName().first(), 1],
    ["get", () => on(House).get({ name: "B" }), 1],
    ["last", () => byName().last(), 1],
    ["keyset", () => byName().keyset({ limit: 1 }), 1],
    ["paginate", () => byName().paginate({ page: 2, perPage: 1 }), 1],
    ["fromSQL", () => on(House).fromSQL`select * from hk_house`, 2],
    ["returning update", () => on(House).where({ name: "A" }).returning().update({ name: "Z" }), 1],
    ["upsert", async () => on(House).upsert([{ id: (await ids())[0] ?? 0, name: "Y" }], { on: ["id"] }), 1],
    ["getOrCreate", () => on(House).getOrCreate({ name: "A" }), 1],
    [
      "select of whole rows",
      () =>
        on(Room)
          .where({ name: "c" })
          .select((r) => ({ house: r.house })),
      1,
    ],
    ["values alone", () => byName().select("name"), 0],
    ["a prepared query", () => prepare({ name: str() }, ($) => on(House).where((h) => h.name.eq($.name))).all({ name: "A" }), 1],
    ["count", () => on(House).count(), 0],
  ])("%s", async (_, work, expected) => {
    await work();
    expect(taken().filter((line) => line.startsWith("house"))).toHaveLength(expected);
  });
  const ids = () =>
    on(House)
      .all()
      .pluck((h) => h.id);

  it("for await and batches", async () => {
    const seen: string[] = [];
    for await (const house of byName().iterate({ batchSize: 1 })) seen.push(...house.loaded);
    for await (const batch of on(House).all().inBatches({ size: 1 })) seen.push(...batch.flatMap(({ loaded }) => loaded));
    expect(seen.sort()).toEqual(["A:?", "A:?", "B:?", "B:?"]);
    taken();
    await t.engine().transaction(async () => {
      for await (const house of on(House).all()) expect(house.loaded).toHaveLength(1);
    });
  });

  it("of prefetched rows, from the far end on: a row finds what was loaded beside it", async () => {
    const houses = await byName().prefetch("rooms.doors");
    expect(houses.map(({ loaded }) => loaded)).toEqual([["A:ab"], ["B:c"]]);
    const order = taken().map((line) => line.split(" ")[0]);
    expect(order).toEqual(["door", "door", "room", "room", "room", "house", "house"]);
    await Promise.all([byName().prefetch("rooms"), on(Room).all().prefetch("house")]);
    expect(taken().sort()).toEqual(
      ["house A", "house A", "house A", "house B", "house B", "room a", "room a", "room b", "room b", "room c", "room c"].slice(1),
    );
  });

  it("of joined rows, and of refresh", async () => {
    const rooms = await on(Room)
      .all()
      .orderBy((r) => r.name)
      .joined("house");
    expect(taken().sort()).toEqual(["house A", "house A", "house B", "room a", "room b", "room c"]);
    expect(rooms[0]?.house.loaded.loaded).toHaveLength(1);
    await rooms[0]?.refresh();
    expect(taken()).toEqual(["room a"]);
  });

  it("an error of it is the query's", async () => {
    const off = t.engine().on("afterLoad", House, () => Promise.reject(new RangeError("no")));
    await expect(byName()).rejects.toThrow(RangeError);
    await expect(on(House).get({ name: "A" })).rejects.toThrow(RangeError);
    off();
    expect(await byName()).toHaveLength(2);
  });
}
