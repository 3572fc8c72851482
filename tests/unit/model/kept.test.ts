/** Kept statements: the text of an earlier call must never speak for a call that differs. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, datetime, type Engine, int, json, Model, sql, str } from "../../../src/index.ts";

class Place extends Model("kept_place", {
  name: str(),
  rank: int().nullable(),
  seats: int().dbDefault(4),
  at: datetime().default(() => new Date("2024-02-03T04:05:06.789Z")),
  extra: json<{ n: number }>().nullable(),
}) {}

class Seat extends Model("kept_seat", { row: str().primaryKey(), place: int().primaryKey(), note: str() }) {}

let engine: Engine;
let lines: string[];
const sent = () => lines.splice(0).length;

beforeEach(async () => {
  lines = [];
  engine = await connect("sqlite::memory:", { name: "kept", default: false, logging: (line) => lines.push(line) });
  await engine.createTable(Place, Seat);
});
afterEach(() => engine.disconnect());

describe("inserts", () => {
  it("follow the columns that were given", async () => {
    const Here = Place.using(engine);
    const rows = [
      await Here.create({ name: "a" }),
      await Here.create({ name: "b", rank: 1 }),
      await Here.create({ name: "c", rank: null, seats: 9 }),
      await Here.create({ name: "d" }),
      await Here.create({ name: "e", rank: 2, extra: { n: 1 } }),
      await Here.create({ name: "f", rank: 3, extra: { n: 2 } }),
    ];
    expect(rows.map((row) => [row.id, row.seats])).toEqual([1, 2, 3, 4, 5, 6].map((id) => [id, id === 3 ? 9 : 4]));
    const read = await Here.all().orderBy((p) => p.id);
    expect(read.map((row) => row.toDict())).toEqual(rows.map((row) => row.toDict()));
    expect(read.map((row) => [row.name, row.rank, row.extra])).toEqual([
      ["a", null, null],
      ["b", 1, null],
      ["c", null, null],
      ["d", null, null],
      ["e", 2, { n: 1 }],
      ["f", 3, { n: 2 }],
    ]);
  });

  it("refuse a value every time", async () => {
    const Here = Place.using(engine);
    await Here.create({ name: "a", rank: 1 });
    await expect(Here.create({ name: "a", rank: 1.5 })).rejects.toThrow("Place.rank");
    await expect(Here.create({ name: "\0", rank: 1 })).rejects.toThrow("Place.name");
    expect(await Here.count()).toBe(1);
  });
});

describe("updates", () => {
  it("follow the changed columns, and NULL", async () => {
    const Here = Place.using(engine);
    const one = await Here.create({ name: "a" });
    const two = await Here.create({ name: "b" });
    const ranks: (number | null)[] = [5, 6, null, 7, null, 8];
    for (const rank of ranks) {
      one.rank = rank;
      await one.save();
      expect([(await Here.find(one.id))?.rank, (await Here.find(two.id))?.rank]).toEqual([rank, null]);
    }
    two.rank = 1;
    two.name = "c";
    await two.save();
    one.rank = 2;
    await one.save();
    expect(
      await Here.all()
        .orderBy((p) => p.id)
        .select("name", "rank"),
    ).toEqual([
      { name: "a", rank: 2 },
      { name: "c", rank: 1 },
    ]);
  });
});

describe("find", () => {
  it("sends one statement, with the key of this call", async () => {
    const Here = Place.using(engine);
    for (const name of ["a", "b", "c"]) await Here.create({ name });
    sent();
    expect((await Here.find(2))?.name).toBe("b");
    expect((await Here.find(3))?.name).toBe("c");
    expect(await Here.find(4)).toBeNull();
    expect(sent()).toBe(3);
    await expect(Here.find(undefined as never)).rejects.toThrow("Place.find");
    await expect(Here.find("2" as never)).rejects.toThrow("Place.id");
    expect(sent()).toBe(0);
  });

  it("keeps what the query asks for beside the key", async () => {
    const Here = Place.using(engine);
    for (const name of ["a", "b"]) await Here.create({ name });
    expect(await Here.find(1)).not.toBeNull();
    expect(await Here.where({ name: "b" }).find(1)).toBeNull();
    expect(await Here.exclude({ name: "a" }).find(1)).toBeNull();
    expect(await Here.all().offset(1).find(1)).toBeNull();
    expect(await Here.all().select("name").find(1)).toEqual({ name: "a" });
    expect(
      await Here.all()
        .annotate((p) => ({ twice: p.seats.mul(2) }))
        .find(1),
    ).toMatchObject({ name: "a", twice: 8 });
    expect(
      await Here.all()
        .leftJoin(Seat.using(engine), (p, s) => p.id.eq(s.place))
        .find(1),
    ).toMatchObject({ name: "a" });
  });

  it("takes the parts of a key in any order", async () => {
    const Here = Seat.using(engine);
    await Here.create({ row: "A", place: 1, note: "first" });
    await Here.create({ row: "B", place: 1, note: "second" });
    expect((await Here.find({ row: "B", place: 1 }))?.note).toBe("second");
    expect((await Here.find({ place: 1, row: "A" }))?.note).toBe("first");
    expect(await Here.find({ place: 2, row: "A" })).toBeNull();
  });
});

it("are kept for each database by itself", async () => {
  const other = await connect("sqlite::memory:", { name: "kept other", default: false, naming: (property) => `x_${property}` });
  try {
    await other.createTable(Place);
    const [here, there] = [Place.using(engine), Place.using(other)];
    for (const home of [here, there, here, there]) {
      const row = await home.create({ name: "a" });
      row.rank = row.id;
      await row.save();
      expect((await home.find(row.id))?.rank).toBe(row.id);
    }
    expect(await other.scalar`select ${sql.id("x_rank")} from ${sql.id("kept_place")} where ${sql.id("x_id")} = ${2}`).toBe(2);
  } finally {
    await other.disconnect();
  }
});
