/** Arithmetic of the calendar: the same instants and days on every database. */
import { coalesce, count, date, datetime, Model, now, UsageError, value } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class EventModel extends Model("date_event", { at: datetime(), until: datetime().nullable(), day: date(), lastDay: date().nullable() }) {}

const utc = (text: string) => new Date(`${text}Z`);

export function suite(t: TargetContext): void {
  let Event: typeof EventModel;
  const all = () => Event.all().orderBy((e) => e.id);

  beforeAll(async () => {
    Event = EventModel.using(t.engine());
    await t.engine().createTable(EventModel);
    await Event.bulkCreate([
      { at: utc("2023-01-31T22:30:15.123"), until: utc("2023-02-01T00:00:00.000"), day: "2023-01-31", lastDay: "2023-03-01" },
      { at: utc("2024-02-29T00:00:00.001"), until: utc("2023-02-28T23:59:59.999"), day: "2024-02-29", lastDay: "2024-02-28" },
      { at: utc("1969-12-31T23:59:59.999"), day: "1999-12-31" },
    ]);
  });
  afterAll(() => t.engine().dropTable(EventModel));

  describe("plus and minus", () => {
    it("moves instants, and cuts the day to the end of its month", async () => {
      const found = await all().select((e) => ({
        month: e.at.plus({ months: 1 }),
        year: e.at.plus({ years: 1 }),
        back: e.at.minus({ months: 2 }),
        day: e.at.plus({ days: 1 }),
        week: e.at.minus({ weeks: 1 }),
        time: e.at.plus({ hours: 1, minutes: 29, seconds: 45 }),
        all: e.at.plus({ months: 1, days: 1, hours: -1 }),
        none: e.until.plus({ days: 0 }),
      }));
      expect(found).toEqual([
        {
          month: utc("2023-02-28T22:30:15.123"),
          year: utc("2024-01-31T22:30:15.123"),
          back: utc("2022-11-30T22:30:15.123"),
          day: utc("2023-02-01T22:30:15.123"),
          week: utc("2023-01-24T22:30:15.123"),
          time: utc("2023-02-01T00:00:00.123"),
          all: utc("2023-03-01T21:30:15.123"),
          none: utc("2023-02-01T00:00:00.000"),
        },
        {
          month: utc("2024-03-29T00:00:00.001"),
          year: utc("2025-02-28T00:00:00.001"),
          back: utc("2023-12-29T00:00:00.001"),
          day: utc("2024-03-01T00:00:00.001"),
          week: utc("2024-02-22T00:00:00.001"),
          time: utc("2024-02-29T01:29:45.001"),
          all: utc("2024-03-29T23:00:00.001"),
          none: utc("2023-02-28T23:59:59.999"),
        },
        {
          month: utc("1970-01-31T23:59:59.999"),
          year: utc("1970-12-31T23:59:59.999"),
          back: utc("1969-10-31T23:59:59.999"),
          day: utc("1970-01-01T23:59:59.999"),
          week: utc("1969-12-24T23:59:59.999"),
          time: utc("1970-01-01T01:29:44.999"),
          all: utc("1970-02-01T22:59:59.999"),
          none: null,
        },
      ]);
    });

    it("moves days, and keeps NULL", async () => {
      const found = await all().select((e) => ({
        month: e.day.plus({ months: 1 }),
        year: e.day.minus({ years: 1 }),
        days: e.day.plus({ days: 30 }),
        both: e.day.plus({ months: 1, weeks: -1 }),
        last: e.lastDay.plus({ years: 1, months: -12 }),
      }));
      expect(found).toEqual([
        { month: "2023-02-28", year: "2022-01-31", days: "2023-03-02", both: "2023-02-21", last: "2023-03-01" },
        { month: "2024-03-29", year: "2023-02-28", days: "2024-03-30", both: "2024-03-22", last: "2024-02-28" },
        { month: "2000-01-31", year: "1998-12-31", days: "2000-01-30", both: "2000-01-24", last: null },
      ]);
    });

    it("agrees with the calendar on every month and day", async () => {
      const start = Date.UTC(2023, 10, 25);
      for (let i = 0; i < 100; i += 9) {
        const from = new Date(start + i * 86_400_000);
        for (const months of [-13, -1, 1, 3, 14]) {
          const last = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
          const day = Math.min(from.getUTCDate(), last);
          const moved = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, day));
          const [row] = await all()
            .limit(1)
            .select(() => ({ at: value(from).plus({ months }), day: value(from.toISOString().slice(0, 10), date()).plus({ months }) }));
          expect(row).toEqual({ at: moved, day: moved.toISOString().slice(0, 10) });
        }
      }
    });

    it("stands in conditions, orders, groups and updates", async () => {
      expect(await Event.where((e) => e.at.plus({ hours: 2 }).gt(e.until)).count()).toBe(2);
      expect(await Event.where((e) => e.day.plus({ months: 1 }).between("2023-02-28", "2024-03-29")).count()).toBe(2);
      expect(
        await Event.where((e) =>
          e.at.between(value(utc("2023-02-28T00:00:00.000")).minus({ months: 1 }), utc("2023-02-01T00:00:00.000")),
        ).count(),
      ).toBe(1);
      expect(await Event.where((e) => e.at.lt(now().minus({ days: 1 }))).count()).toBe(3);
      expect(await Event.where((e) => e.at.plus({ days: 1 }).part("day").eq(1)).count()).toBe(3);
      expect(
        await all()
          .orderBy((e) => e.day.minus({ days: 1 }).desc())
          .pluck((e) => e.day),
      ).toEqual(["2024-02-29", "2023-01-31", "1999-12-31"]);
      const groups = await Event.all()
        .groupBy((e) => e.day.plus({ days: 1 }))
        .orderBy((e) => e.day.plus({ days: 1 }))
        .select((e) => ({ next: e.day.plus({ days: 1 }), n: count() }));
      expect(groups.map(({ next }) => next)).toEqual(["2000-01-01", "2023-02-01", "2024-03-01"]);
      await Event.where((e) => e.lastDay.isNull()).update((e) => ({ until: e.at.plus({ months: 2 }), lastDay: e.day.plus({ days: 1 }) }));
      const [changed] = await Event.where((e) => e.day.eq("1999-12-31"));
      expect([changed?.until, changed?.lastDay]).toEqual([utc("1970-02-28T23:59:59.999"), "2000-01-01"]);
      expect(await Event.where((e) => e.until.eq(utc("1970-02-28T23:59:59.999"))).count()).toBe(1);
      await Event.where((e) => e.day.eq("1999-12-31")).update({ until: null, lastDay: null });
    });

    it("refuses fractions, unknown units, hours of a date and endless spans", () => {
      const { at, day } = EventModel.c;
      for (const bad of [
        {},
        null,
        undefined,
        5,
        "1 day",
        [],
        new Date(),
        { days: 1.5 },
        { days: "1" },
        { days: null },
        { day: 1 },
        { days: Number.NaN },
        { toString: 1 },
      ])
        expect(() => at.plus(bad as never)).toThrow(UsageError);
      expect(() => at.minus({ years: 20_000 })).toThrow(/calendar/);
      expect(() => day.plus({ hours: 1 } as never)).toThrow(/cast/);
      expect(() => at.plus({ days: undefined } as never)).toThrow(UsageError);
    });
  });

  describe("since", () => {
    it("is the difference with its fraction, to the millisecond", async () => {
      const found = await all().select((e) => ({
        days: e.at.since(e.until, "days"),
        hours: e.at.since(e.until, "hours"),
        minutes: e.at.since(e.until, "minutes"),
        seconds: e.at.since(e.until, "seconds"),
        date: e.lastDay.since(e.day, "days"),
        hoursOfDate: e.lastDay.since(e.day, "hours"),
      }));
      const first = Date.parse("2023-01-31T22:30:15.123Z") - Date.parse("2023-02-01T00:00:00.000Z");
      const second = Date.parse("2024-02-29T00:00:00.001Z") - Date.parse("2023-02-28T23:59:59.999Z");
      const expected = (ms: number, dates: number) => ({
        days: ms / 86_400_000,
        hours: ms / 3_600_000,
        minutes: ms / 60_000,
        seconds: ms / 1000,
        date: dates,
        hoursOfDate: dates * 24,
      });
      expect(found).toEqual([
        expected(first, 29),
        expected(second, -1),
        { days: null, hours: null, minutes: null, seconds: null, date: null, hoursOfDate: null },
      ]);
    });

    it("takes values and expressions, and stands in conditions", async () => {
      const [row] = await all()
        .limit(1)
        .select((e) => ({
          value: e.at.since(utc("2023-01-31T22:30:14.122"), "seconds"),
          date: e.day.since("2023-01-01", "days"),
          moved: e.at.plus({ hours: 36 }).since(e.at, "days"),
          constant: value(utc("2023-02-01T22:30:15.123")).since(e.at, "days"),
          fallback: coalesce(e.until, e.at).since(e.at, "minutes"),
        }));
      expect(row).toEqual({ value: 1.001, date: 30, moved: 1.5, constant: 1, fallback: (3_600_000 + 1_784_877) / 60_000 });
      expect(await Event.where((e) => e.lastDay.since(e.day, "days").gt(1)).count()).toBe(1);
      expect(await Event.where((e) => now().since(e.at, "days").gt(365)).count()).toBe(3);
    });

    it("refuses other units, and a date beside an instant", () => {
      const { at, day } = EventModel.c;
      for (const bad of ["years", "day", undefined, null, 1, "constructor"]) expect(() => at.since(at, bad as never)).toThrow(UsageError);
      expect(() => at.since(day as never, "days")).toThrow(/cast/);
      expect(() => at.since(null as never, "days")).toThrow(UsageError);
    });
  });
}
