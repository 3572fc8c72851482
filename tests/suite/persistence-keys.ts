/** Keys of several columns and of other types, and the engine that a row belongs to. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connect,
  date,
  decimal,
  foreignKey,
  int,
  Model,
  StaleObjectError,
  str,
  UniqueViolation,
  UsageError,
  uuid,
  ValidationError,
  ValueError,
} from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Box extends Model("p_box", { id: uuid().primaryKey().default(randomUUID), label: str() }) {}
class Country extends Model("p_country", { code: str({ length: 2 }).primaryKey(), name: str() }) {}
class Seat extends Model("p_seat", {
  row: int().primaryKey(),
  place: str({ length: 4 }).primaryKey(),
  boxId: foreignKey(() => Box).nullable(),
  note: str().nullable(),
}) {}
class Odd extends Model("p_odd", {
  day: date().primaryKey(),
  amount: decimal({ precision: 6, scale: 2 }).primaryKey(),
  note: str().nullable(),
}) {}
class Thing extends Model("p_thing", { label: str() }) {
  get shout(): string {
    return `${this.label}!`;
  }
}

export function suite(t: TargetContext): void {
  beforeAll(() => t.engine().createTable(Seat, Box, Country, Odd, Thing));
  afterAll(() => t.engine().dropTable(Seat, Box, Country, Odd, Thing));

  describe("a key of several columns", () => {
    it("finds, saves and deletes one row", async () => {
      const Seats = Seat.using(t.engine());
      const seat = await Seats.create({ row: 1, place: "a" });
      await Seats.bulkCreate([
        { row: 1, place: "b" },
        { row: 2, place: "a", note: "other" },
      ]);
      expect(String(seat)).toBe("<Seat row=1 place=a>");
      seat.note = "mine";
      await seat.save();
      expect(await Seats.find({ row: 1, place: "a" })).toMatchObject({ note: "mine" });
      expect(await Seats.find({ place: "a", row: 2 })).toMatchObject({ note: "other" });
      expect(await Seats.find({ row: 2, place: "b" })).toBeNull();
      await expect(Seats.create({ row: 1, place: "a" })).rejects.toBeInstanceOf(UniqueViolation);
      await seat.delete();
      expect(await Seats.count()).toBe(2);
      const gone = (await Seats.find({ row: 1, place: "b" })) as Seat;
      await Seats.where({ row: 1 }).delete();
      gone.note = "x";
      await expect(gone.save()).rejects.toBeInstanceOf(StaleObjectError);
    });

    it("refuses a part of it, other columns and no key", async () => {
      const Seats = Seat.using(t.engine());
      for (const key of [
        1,
        "a",
        null,
        undefined,
        {},
        { row: 1 },
        { row: 1, place: null },
        { row: 1, place: "a", note: "x" },
        [1, "a"],
        { row: "1", place: "a" },
      ]) {
        await refused(t.engine(), () => Seats.find(key as never), UsageError, JSON.stringify(key));
      }
    });

    it("of days and decimals", async () => {
      const Odds = Odd.using(t.engine());
      const odd = await Odds.create({ day: "2024-02-29", amount: "1.5" });
      odd.note = "x";
      await odd.save();
      expect(await Odds.find({ day: "2024-02-29", amount: "1.50" })).toEqual(odd);
      await odd.delete();
    });
  });

  it("keys of text and uuid work as numbers do", async () => {
    const Boxes = Box.using(t.engine());
    const Countries = Country.using(t.engine());
    const boxes = await Boxes.bulkCreate([{ label: "a" }, { label: "b" }]);
    expect(new Set(boxes.map((box) => box.id)).size).toBe(2);
    const box = (await Boxes.find(boxes[1]?.id as string)) as Box;
    box.label = "c";
    await box.save();
    const seat = await Seat.using(t.engine()).create({ row: 9, place: "z", boxId: box.id.toUpperCase() });
    expect(seat.boxId).toBe(box.id);
    await seat.delete();
    await box.delete();
    expect(await Boxes.count()).toBe(1);
    const japan = await Countries.create({ code: "JP", name: "Japan" });
    expect(await Countries.find("JP")).toEqual(japan);
    expect(await Countries.find("jp")).toBeNull();
    expect(await Countries.find("")).toBeNull();
    await refused(t.engine(), () => Countries.find("JPN"), ValueError);
    await refused(t.engine(), () => Countries.find(5 as never), ValueError);
    await refused(t.engine(), () => Countries.find(null as never), UsageError);
    await refused(t.engine(), () => Countries.create({ name: "nowhere" } as never), ValidationError);
  });

  describe("using", () => {
    it("gives one view per engine or transaction, and rows of the class itself", async () => {
      const engine = t.engine();
      expect(Thing.using(engine)).toBe(Thing.using(engine));
      expect(Thing.using(engine).using(engine)).toBe(Thing.using(engine));
      expect(Thing.using(engine)).not.toBe(Thing);
      const thing = await Thing.using(engine).create({ label: "a" });
      expect(thing).toBeInstanceOf(Thing);
      expect(thing).toBeInstanceOf(Thing.using(engine));
      expect(thing.constructor).toBe(Thing);
      expect(((await Thing.using(engine).find(thing.id)) as Thing).shout).toBe("a!");
      await thing.delete();
    });

    it("takes an engine by its name, and refuses what is none", async () => {
      const named = await Thing.using(t.engine().name).create({ label: "named" });
      expect(await Thing.all().using(t.engine()).count()).toBe(1);
      await named.delete();
      expect(() => Thing.using("no such engine").all().toSQL()).toThrow(UsageError);
      for (const wrong of [null, undefined, {}, 5, Thing]) expect(() => Thing.using(wrong as never)).toThrow(UsageError);
    });

    it("runs in a transaction through its handle", async () => {
      const engine = t.engine();
      const done = await engine.transaction(async (tx) => {
        const thing = await Thing.using(tx).create({ label: "in" });
        expect(await Thing.using(tx).count()).toBe(1);
        return thing;
      });
      // The row outlives its transaction: it knows the engine.
      done.label = "out";
      await done.save();
      expect((await Thing.using(engine).find(done.id))?.label).toBe("out");
      await expect(
        engine.transaction(async () => {
          await done.delete();
          expect(await Thing.using(engine).count()).toBe(0);
          throw new Error("undo");
        }),
      ).rejects.toThrow("undo");
      expect(await Thing.using(engine).count()).toBe(1);
      await Thing.using(engine).all().allRows().delete();
    });

    it("sends a row back to the engine it came from", async () => {
      await using other = await connect("sqlite::memory:", { default: false });
      await other.createTable(Thing);
      const far = await Thing.using(other).create({ label: "far" });
      const near = await Thing.using(t.engine()).create({ label: "near" });
      far.label = "far away";
      near.label = "near by";
      const sent = await sentBy(t.engine(), () => far.save());
      expect(sent).toEqual([]);
      await near.save();
      expect(
        await Thing.using(other)
          .all()
          .pluck((x) => x.label),
      ).toEqual(["far away"]);
      expect(
        await Thing.using(t.engine())
          .all()
          .pluck((x) => x.label),
      ).toEqual(["near by"]);
      const draft = new (Thing.using(other))({ label: "draft" });
      expect(draft).toBeInstanceOf(Thing);
      await draft.save();
      expect(await Thing.using(other).count()).toBe(2);
      await near.delete();
    });
  });
}
