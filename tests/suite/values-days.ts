/** Calendar days and times of day: strings in one spelling, compared as what they are. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { date, Model, time, ValidationError, ValueError } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Event extends Model("v_day", { day: date().nullable(), clock: time().nullable() }) {}

const days = ["0001-01-01", "1000-01-01", "1582-10-10", "1970-01-01", "2024-02-29", "2024-03-10", "2024-12-31", "9999-12-31"];
const clocks = ["00:00:00", "00:00:00.001", "02:30:00", "12:34:56.7", "12:34:56.78", "12:34:56.789", "23:59:59.999"];

export function suite(t: TargetContext): void {
  const Events = () => Event.using(t.engine());

  beforeAll(() => t.engine().createTable(Event));
  afterAll(() => t.engine().dropTable(Event));
  beforeEach(async () => void (await Events().all().allRows().delete()));

  describe("a day", () => {
    it("is compared, ordered and taken apart", async () => {
      await Events().bulkCreate([...days].reverse().map((day) => ({ day })));
      const byDay = Events()
        .all()
        .orderBy((e) => e.day);
      expect(await byDay.pluck((e) => e.day)).toEqual(days);
      expect(await byDay.where((e) => e.day.between("1582-10-10", "2024-02-29")).pluck((e) => e.day)).toEqual(days.slice(2, 5));
      expect(
        await Events()
          .where((e) => e.day.in([...days.slice(0, 2), "2001-01-01"]))
          .count(),
      ).toBe(2);
      expect(
        await Events()
          .where((e) =>
            e.day.in([
              ...days,
              ...Array.from({ length: 1100 }, (_, i) => `${1600 + (i % 100)}-01-${String((i % 28) + 1).padStart(2, "0")}`),
            ]),
          )
          .count(),
      ).toBe(days.length);
      expect([
        await Events()
          .all()
          .min((e) => e.day),
        await Events()
          .all()
          .max((e) => e.day),
      ]).toEqual([days[0], days.at(-1)]);
      expect(
        await Events()
          .where({ day: "2024-02-29" })
          .pluck((e) => e.day.part("day")),
      ).toEqual([29]);
    });

    it("refuses what is no day", async () => {
      for (const day of [
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-04-31",
        "0000-00-00",
        "0000-01-01",
        "10000-01-01",
        "2024-1-1",
        "2024-01-01T00:00:00Z",
        " 2024-01-01",
        "now",
        "infinity",
        new Date(),
        20240101,
      ]) {
        await refused(t.engine(), () => Events().create({ day: day as never }), ValidationError, String(day));
        await refused(
          t.engine(),
          () =>
            Events()
              .where({ day: day as never })
              .all(),
          ValueError,
          String(day),
        );
      }
    });
  });

  describe("a clock time", () => {
    it("has one spelling and up to three digits of a second", async () => {
      for (const [given, kept] of Object.entries({
        "12:30": "12:30:00",
        "12:30:00.120": "12:30:00.12",
        "00:00:00.000": "00:00:00",
        "23:59:59.999000": "23:59:59.999",
      })) {
        const row = await Events().create({ clock: given });
        expect(row.clock).toBe(kept);
        expect((await row.refresh()).clock).toBe(kept);
        expect(await Events().where({ clock: given }).count()).toBe(1);
      }
    });

    it("is compared and ordered", async () => {
      await Events().bulkCreate([...clocks].reverse().map((clock) => ({ clock })));
      const byClock = Events()
        .all()
        .orderBy((e) => e.clock);
      expect(await byClock.pluck((e) => e.clock)).toEqual(clocks);
      expect(await byClock.where((e) => e.clock.gt("12:34:56.7")).pluck((e) => e.clock)).toEqual(clocks.slice(4));
      expect(await byClock.where((e) => e.clock.lt("02:30")).pluck((e) => e.clock)).toEqual(clocks.slice(0, 2));
      expect(
        await Events()
          .where((e) => e.clock.in(["02:30", "12:34:56.780"]))
          .count(),
      ).toBe(2);
      expect([
        await Events()
          .all()
          .min((e) => e.clock),
        await Events()
          .all()
          .max((e) => e.clock),
      ]).toEqual([clocks[0], clocks.at(-1)]);
    });

    it("refuses what is no time of a day", async () => {
      for (const clock of [
        "24:00:00",
        "12:60",
        "12:00:60",
        "1:00",
        "12",
        "-01:00:00",
        "12:00:00.0001",
        "12:00:00Z",
        "noon",
        "",
        12,
        new Date(),
      ]) {
        await refused(t.engine(), () => Events().create({ clock: clock as never }), ValidationError, String(clock));
      }
    });
  });
}
