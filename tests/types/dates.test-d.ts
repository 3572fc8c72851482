/** What the types of date arithmetic promise. */
import { date, datetime, Model, now } from "kakaorm";
import { check, type Same } from "./assert.ts";

class Event extends Model("event", { at: datetime(), until: datetime().nullable(), day: date(), lastDay: date().nullable() }) {}

export async function dates(): Promise<void> {
  const found = await Event.all().select((e) => ({
    at: e.at.plus({ months: 1, hours: 2 }),
    until: e.until.minus({ days: 1 }),
    day: e.day.plus({ weeks: 1 }),
    days: e.at.since(now(), "days"),
    left: e.at.since(e.until, "days"),
    value: e.until.since(new Date(), "hours"),
    dates: e.lastDay.since("2024-01-01", "days"),
  }));
  type Found = {
    at: Date;
    until: Date | null;
    day: string;
    days: number;
    left: number | null;
    value: number | null;
    dates: number | null;
  };
  check<Same<typeof found, Found[]>>();
  Event.where((e) =>
    e.at
      .plus({ days: 1 })
      .gt(e.until)
      .and(e.day.minus({ months: 1 }).eq("2024-01-31")),
  );
  // @ts-expect-error a date has no time of day
  Event.where((e) => e.day.plus({ hours: 1 }).eq("2024-01-01"));
  // @ts-expect-error no such unit
  Event.where((e) => e.at.plus({ day: 1 }).gt(e.until));
  // @ts-expect-error differences are of days and less
  Event.where((e) => e.at.since(e.until, "months").gt(1));
  // @ts-expect-error a date and an instant do not differ
  Event.where((e) => e.at.since(e.day, "days").gt(1));
}
