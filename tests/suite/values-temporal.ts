/** Instants, days and clock times: none of them moves with the time zone of the process. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { date, datetime, Model, time, ValidationError, ValueError } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Event extends Model("v_event", {
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
}) {}

const zones = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Pacific/Kiritimati"];
const instants = [
  "0001-01-01T00:00:00.000Z",
  "0099-12-31T23:59:59.999Z",
  "1582-10-10T12:00:00.000Z",
  "1899-12-31T23:59:59.500Z",
  "1969-12-31T23:59:59.999Z",
  "1970-01-01T00:00:00.000Z",
  "2024-02-29T12:34:56.789Z",
  "2024-03-10T07:30:00.001Z",
  "2024-11-03T06:30:00.120Z",
  "2038-01-19T03:14:08.000Z",
  "9999-12-31T23:59:59.999Z",
];
const days = ["0001-01-01", "1000-01-01", "1582-10-10", "1970-01-01", "2024-02-29", "2024-03-10", "2024-12-31", "9999-12-31"];
const clocks = ["00:00:00", "00:00:00.001", "02:30:00", "12:34:56.7", "12:34:56.78", "12:34:56.789", "23:59:59.999"];

export function suite(t: TargetContext): void {
  const Events = () => Event.using(t.engine());
  const zone = process.env["TZ"];

  beforeAll(() => t.engine().createTable(Event));
  afterAll(() => t.engine().dropTable(Event));
  beforeEach(async () => void (await Events().all().allRows().delete()));
  afterEach(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  it("keeps instants, days and times in every zone of the process", async () => {
    const offsets = new Set<number>();
    for (const name of zones) {
      process.env["TZ"] = name;
      offsets.add(new Date(2024, 0, 1).getTimezoneOffset());
      await Events().all().allRows().delete();
      await Events().bulkCreate([
        ...instants.map((at) => ({ at: new Date(at) })),
        ...days.map((day) => ({ day })),
        ...clocks.map((clock) => ({ clock })),
      ]);
      // Written in one zone, read in the next.
      for (const reader of [name, "America/St_Johns"]) {
        process.env["TZ"] = reader;
        const rows = await Events()
          .all()
          .orderBy((e) => e.id);
        expect(
          rows.flatMap((row) => (row.at === null ? [] : [row.at.toISOString()])),
          reader,
        ).toEqual(instants);
        expect(
          rows.flatMap((row) => row.day ?? []),
          reader,
        ).toEqual(days);
        expect(
          rows.flatMap((row) => row.clock ?? []),
          reader,
        ).toEqual(clocks);
        for (const at of instants)
          expect(
            await Events()
              .where({ at: new Date(at) })
              .count(),
            `${at} in ${reader}`,
          ).toBe(1);
        for (const day of days) expect(await Events().where({ day }).count(), `${day} in ${reader}`).toBe(1);
      }
    }
    expect(offsets.size, "the process did change its zone").toBe(zones.length);
  });

  describe("an instant", () => {
    it("is compared, ordered and taken apart in UTC", async () => {
      process.env["TZ"] = "America/New_York";
      await Events().bulkCreate([...instants].reverse().map((at) => ({ at: new Date(at) })));
      const at = async (pick: (row: Date) => boolean) => instants.filter((text) => pick(new Date(text)));
      const limit = new Date("1970-01-01T00:00:00.000Z");
      const texts = (found: (Date | null)[]) => found.map((one) => one?.toISOString());
      const byTime = Events()
        .all()
        .orderBy((e) => e.at);
      expect(texts(await byTime.pluck((e) => e.at))).toEqual(instants);
      expect(texts(await byTime.where((e) => e.at.gt(limit)).pluck((e) => e.at))).toEqual(await at((d) => d > limit));
      expect(texts(await byTime.where((e) => e.at.lte(limit)).pluck((e) => e.at))).toEqual(await at((d) => d <= limit));
      expect(texts(await byTime.where((e) => e.at.between(limit, new Date("2024-02-29T12:34:56.789Z"))).pluck((e) => e.at))).toEqual(
        instants.slice(5, 7),
      );
      expect(
        await Events()
          .where((e) => e.at.in(instants.slice(0, 3).map((text) => new Date(text))))
          .count(),
      ).toBe(3);
      expect(
        (
          await Events()
            .all()
            .min((e) => e.at)
        )?.toISOString(),
      ).toBe(instants[0]);
      expect(
        (
          await Events()
            .all()
            .max((e) => e.at)
        )?.toISOString(),
      ).toBe(instants.at(-1));
      const parts = await Events()
        .where({ at: new Date("2024-02-29T12:34:56.789Z") })
        .select((e) => ({
          year: e.at.part("year"),
          month: e.at.part("month"),
          day: e.at.part("day"),
          hour: e.at.part("hour"),
          minute: e.at.part("minute"),
          second: e.at.part("second"),
        }));
      expect(parts).toEqual([{ year: 2024, month: 2, day: 29, hour: 12, minute: 34, second: 56 }]);
      expect(
        await Events()
          .where((e) => e.at.part("year").eq(1))
          .count(),
      ).toBe(1);
    });

    it("is a Date of the row's own", async () => {
      const given = new Date("2024-01-02T03:04:05.006Z");
      const row = await Events().create({ at: given });
      given.setUTCFullYear(1999);
      expect(row.at?.toISOString()).toBe("2024-01-02T03:04:05.006Z");
      row.at?.setUTCMilliseconds(7);
      expect(row.changes).toHaveProperty("at");
      await row.save();
      expect((await Events().find(row.id))?.at?.getUTCMilliseconds()).toBe(7);
    });

    it("ignores what a subclass of Date says about itself", async () => {
      class Odd extends Date {
        override toISOString(): string {
          return "'; drop table v_event; --";
        }
        override getTime(): number {
          return 0;
        }
        override valueOf(): number {
          return 0;
        }
        toSqlString(): string {
          return "1 = 1";
        }
      }
      const row = await Events().create({ at: new Odd("2024-01-02T03:04:05.006Z") });
      expect((await Events().find(row.id))?.at?.toISOString()).toBe("2024-01-02T03:04:05.006Z");
    });

    it("refuses invalid and far Dates, numbers and text", async () => {
      const far = [new Date("+010000-01-01T00:00:00Z"), new Date("0000-12-31T23:59:59.999Z"), new Date(8.64e15), new Date(-8.64e15)];
      for (const at of [
        new Date(Number.NaN),
        ...far,
        0,
        Date.now(),
        "2024-01-01",
        "now",
        {},
        Object.create(Date.prototype),
        new Proxy(new Date(), {}),
      ]) {
        await refused(t.engine(), () => Events().create({ at: at as never }), ValidationError);
        await refused(
          t.engine(),
          () =>
            Events()
              .where((e) => e.at.gt(at as never))
              .all(),
          ValueError,
        );
        await refused(
          t.engine(),
          () =>
            Events()
              .all()
              .allRows()
              .update({ at: at as never }),
          ValidationError,
        );
      }
    });

    it("fails on reading what no Date can hold", async () => {
      if (t.family !== "postgres") return;
      for (const [text, all] of Object.entries({
        infinity: 1,
        "-infinity": 1,
        "4713-01-01 00:00:00+00 BC": 1,
        "20000-01-01 00:00:00+00": 1,
      })) {
        await t.engine().execute`insert into v_event (at) values (cast(cast(${text} as text) as timestamptz))`;
        await expect(Events().all().all(), text).rejects.toBeInstanceOf(ValueError);
        expect(await Events().count()).toBe(all);
        await Events().all().allRows().delete();
      }
    });
  });
}
