/** Rows against their rules: everything that is wrong in one error, before anything is sent, the same on every database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  bigint,
  bool,
  date,
  datetime,
  decimal,
  foreignKey,
  int,
  json,
  Model,
  oneOf,
  str,
  text,
  translateDetail,
  UsageError,
  ValidationError,
  ValueError,
} from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Person extends Model("v_person", {
  email: str({ length: 40 }).email().unique(),
  nick: str({ length: 10 }).minLength(3, "too short for a name").slug(),
  age: int().minValue(0).maxValue(150).nullable(),
  balance: decimal({ precision: 6, scale: 2 }).minValue("-10.005").default("0"),
  seen: bigint()
    .rule("even", (n) => n % 2n === 0n, "must be even")
    .default(0n),
  born: date().minValue("1900-01-01").nullable(),
  role: oneOf("reader", "editor").default("reader"),
  site: text().url().nullable(),
  data: json<unknown>().nullable(),
  word: str()
    .validate((word) => {
      if (word === "bad") throw new Error("this word is not allowed");
    })
    .nullable(),
  active: bool().default(true),
  changedAt: datetime().autoNow(),
}) {
  get events() {
    return this.hasMany(Event, (event) => event.ownerId);
  }
}

class Event extends Model("v_event", {
  title: str().minLength(2),
  startsAt: int(),
  endsAt: int(),
  ownerId: foreignKey(() => Person, { onDelete: "cascade" }).nullable(),
}) {
  override clean() {
    this.title = this.title.trim();
    if (this.endsAt < this.startsAt) return { endsAt: "must not be before the start", "*": ["the event has no time"] };
    return undefined;
  }
}

class Booking extends Model("v_booking", { seat: int(), note: str().minLength(1).default("-") }) {
  override async clean() {
    const taken = await Booking.using(this.#engine()).where({ seat: this.seat }).count();
    if (taken > 3) throw new ValidationError("the row of seats is full");
  }
  #engine() {
    return Booking.engine;
  }
  static engine: never;
}

class Page extends Model("v_page", { title: str(), slug: str().minLength(2).slug() }) {
  override async beforeSave() {
    this.slug ??= this.title.toLowerCase().replaceAll(" ", "-");
  }
  override clean() {
    return this.slug === "new" ? { slug: "is a word of the router" } : undefined;
  }
}

const good = { email: "ada@example.com", nick: "ada" };
const bad = {
  email: "no address",
  nick: "A",
  age: 200,
  balance: "-10.01",
  seen: 3n,
  born: "1899-12-31",
  role: "owner" as never,
  site: "javascript:alert(1)",
  word: "bad",
};
/** The rule of each field of `bad`, in the order of the columns. */
const broken = [
  ["email", "email"],
  ["nick", "min_length"],
  ["nick", "slug"],
  ["age", "max_value"],
  ["balance", "min_value"],
  ["seen", "even"],
  ["born", "min_value"],
  ["role", "one_of"],
  ["site", "url"],
  ["word", "custom"],
];

function rulesOf(error: unknown): unknown[] {
  return (error as ValidationError).detail.map(({ field, rule }) => [field, rule]);
}

export function suite(t: TargetContext): void {
  const People = () => Person.using(t.engine());
  const Events = () => Event.using(t.engine());

  beforeAll(() => t.engine().createTable(Person, Event, Booking, Page));
  afterAll(() => t.engine().dropTable(Event, Person, Booking, Page));
  beforeEach(async () => {
    await Events().all().allRows().delete();
    await People().all().allRows().delete();
    await Booking.using(t.engine()).all().allRows().delete();
  });

  describe("one error", () => {
    it("tells everything that is wrong with a row, wherever the row comes from", async () => {
      const ways: Record<string, () => unknown> = {
        create: () => People().create(bad),
        save: () => new (People())(bad).save(),
        getOrCreate: () => People().getOrCreate({ email: "no address" }, bad),
        upsert: () => People().upsert([bad], { on: ["email"] }),
        bulkCreate: () => People().bulkCreate([bad]),
      };
      for (const [way, work] of Object.entries(ways)) {
        let error: unknown;
        // getOrCreate has looked for the row.
        const sent = await sentBy(t.engine(), async () => {
          error = await Promise.resolve(work()).catch((thrown: unknown) => thrown);
        });
        expect(error, way).toBeInstanceOf(ValidationError);
        expect(rulesOf(error), way).toEqual(broken);
        expect(sent.filter(({ operation }) => operation !== "select")).toEqual([]);
      }
      const person = await People().create(good);
      const changed = await refused(t.engine(), () => Object.assign(person, bad).save(), ValidationError);
      expect(rulesOf(changed)).toEqual(broken);
      expect(rulesOf(await refused(t.engine(), () => People().bulkUpdate([person]), ValidationError))).toEqual(broken);
      expect(rulesOf(await refused(t.engine(), () => People().where({ id: person.id }).update(bad), ValidationError))).toEqual(broken);
      expect(await People().where(good).count()).toBe(1);
    });

    it("has messages by field and entries that say what was expected, never what was given", async () => {
      const error = (await refused(
        t.engine(),
        () => People().create({ ...bad, email: "x".repeat(50) }),
        ValidationError,
      )) as ValidationError;
      expect(error.model).toBe("Person");
      expect(error.columns).toEqual(["email", "nick", "age", "balance", "seen", "born", "role", "site", "word"]);
      expect(error.errors).toMatchObject({
        email: ["must be 40 or fewer characters long", "must be an email address"],
        nick: ["too short for a name", expect.stringContaining("lower-case")],
        age: ["must be 150 or less"],
        role: ["must be one of: reader, editor"],
        word: ["this word is not allowed"],
      });
      expect(error.detail[0]).toEqual({
        field: "email",
        rule: "max_length",
        message: "must be 40 or fewer characters long",
        expectedMax: 40,
        received: 50,
      });
      expect(error.detail).toContainEqual({
        field: "nick",
        rule: "min_length",
        message: "too short for a name",
        expectedMin: 3,
        received: 1,
      });
      expect(error.detail).toContainEqual({
        field: "balance",
        rule: "min_value",
        message: "must be -10.005 or more",
        expectedMin: "-10.005",
        received: "string",
      });
      const json = JSON.parse(JSON.stringify(error)) as Record<string, unknown>;
      expect(json).toMatchObject({ name: "ValidationError", code: "KAKA_VALIDATION", errors: error.errors, detail: error.detail });
      for (const value of ["xxxxxxxxxx", "owner", "javascript:", "1899"]) expect(JSON.stringify(error)).not.toContain(value);
    });

    it("lists what is missing, what is null and what has another type beside broken rules", async () => {
      const values = { nick: 5, age: "8", seen: 1, born: "2001-02-29", active: null, email: undefined, data: { big: 1n } };
      const error = await refused(t.engine(), () => People().create(values as never), ValidationError);
      expect(rulesOf(error)).toEqual([
        ["email", "required"],
        ["nick", "type"],
        ["age", "type"],
        ["seen", "type"],
        ["born", "type"],
        ["data", "type"],
        ["active", "not_null"],
      ]);
      expect((error as ValidationError).detail[1]).toMatchObject({ expectedType: "string", received: "number" });
      expect(error.message).toMatch(/^Person is not valid: Person needs email; Person\.nick takes a string, got a number; /);
    });

    it("tells digits, ranges and documents apart", async () => {
      const cases: [object, string, object][] = [
        [{ balance: "12345.0" }, "precision", { expectedDigits: 4 }],
        [{ balance: "1.001" }, "scale", { expectedDigits: 2 }],
        [{ age: 2 ** 40 }, "range", { expectedMax: 2 ** 31 - 1 }],
        [{ seen: 2n ** 64n }, "range", { expectedMax: String(2n ** 63n - 1n) }],
        [{ nick: "a\0b" }, "well_formed", {}],
        [{ data: ["\ud800"] }, "well_formed", {}],
      ];
      for (const [values, rule, facts] of cases) {
        const error = (await refused(t.engine(), () => People().create({ ...good, ...values }), ValidationError)) as ValidationError;
        expect(error.detail, rule).toContainEqual(expect.objectContaining({ rule, ...facts }));
      }
    });

    it("is about rows: conditions with such values are wrong use, and unknown names are too", async () => {
      await refused(
        t.engine(),
        () =>
          People()
            .where({ age: "8" as never })
            .all(),
        ValueError,
      );
      await refused(t.engine(), () => People().create({ ...good, nickname: "x" } as never), UsageError);
      expect(new ValidationError("x")).not.toBeInstanceOf(UsageError);
    });

    it("counts characters as the database does, an emoji as one", async () => {
      const face = await Events().create({ title: "😀😀", startsAt: 1, endsAt: 2 });
      expect((await face.refresh()).title).toBe("😀😀");
      await refused(t.engine(), () => Events().create({ title: "😀", startsAt: 1, endsAt: 2 }), ValidationError);
    });
  });

  describe("many rows", () => {
    it("tell which of them are wrong", async () => {
      const rows = [good, { ...good, email: "b@example.com", age: -1 }, { ...good, email: "nobody" }];
      for (const work of [() => People().bulkCreate(rows), () => People().upsert(rows, { on: ["email"] })]) {
        const error = (await refused(t.engine(), work, ValidationError)) as ValidationError;
        expect(error.detail.map(({ index, field, rule }) => [index, field, rule])).toEqual([
          [1, "age", "min_value"],
          [2, "email", "email"],
        ]);
        expect(Object.keys(error.errors)).toEqual(["1.age", "2.email"]);
        expect(error.message).toContain("row 1: Person.age");
      }
      const people = await People().bulkCreate([good, { ...good, email: "c@example.com" }]);
      for (const person of people) person.age = 151;
      const error = (await refused(t.engine(), () => People().bulkUpdate(people), ValidationError)) as ValidationError;
      expect(Object.keys(error.errors)).toEqual(["0.age", "1.age"]);
      await refused(t.engine(), () => People().bulkCreate([{ ...good, email: "d@example.com", data: [1n] }]), ValidationError);
      expect(await People().count()).toBe(2);
    });
  });

  describe("clean", () => {
    it("may change the row, and speaks of several columns at once", async () => {
      const event = await Events().create({ title: "  fair  ", startsAt: 1, endsAt: 2 });
      expect((await event.refresh()).title).toBe("fair");
      const error = (await refused(
        t.engine(),
        () => Events().create({ title: "ok", startsAt: 2, endsAt: 1 }),
        ValidationError,
      )) as ValidationError;
      expect(error.errors).toEqual({ endsAt: ["must not be before the start"], "*": ["the event has no time"] });
      event.endsAt = 0;
      await refused(t.engine(), () => event.save(), ValidationError);
      await refused(t.engine(), () => Events().bulkUpdate([event]), ValidationError);
      await event.refresh();
      event.title = "  feast ";
      await event.save();
      expect((await event.refresh()).title).toBe("feast");
    });

    it("is asked beside the columns, and its changes are checked too", async () => {
      const owner = await People().create(good);
      const error = (await refused(
        t.engine(),
        () => owner.events.create({ title: "x", startsAt: 2, endsAt: 1 }),
        ValidationError,
      )) as ValidationError;
      expect(Object.keys(error.errors)).toEqual(["title", "endsAt", "*"]);
      // It stumbles over the missing title, which is told already.
      expect(rulesOf(await refused(t.engine(), () => Events().create({ startsAt: 1, endsAt: 2 } as never), ValidationError))).toEqual([
        ["title", "required"],
      ]);
      expect(rulesOf(await refused(t.engine(), () => Events().create({ title: " y ", startsAt: 1, endsAt: 2 }), ValidationError))).toEqual([
        ["title", "min_length"],
      ]);
    });

    it("may ask the database", async () => {
      Booking.engine = t.engine() as never;
      const Bookings = Booking.using(t.engine());
      for (let i = 0; i < 4; i++) await Bookings.create({ seat: 1 });
      await expect(Bookings.create({ seat: 1, note: "" })).rejects.toMatchObject({
        errors: { note: [expect.any(String)], "*": ["the row of seats is full"] },
      });
      await expect(Bookings.bulkCreate([{ seat: 2 }, { seat: 1 }])).rejects.toMatchObject({
        errors: { "1.*": ["the row of seats is full"] },
      });
      expect(await Bookings.count()).toBe(4);
    });
  });

  it("comes after the hooks, whose changes it checks", async () => {
    const Pages = Page.using(t.engine());
    const page = await Pages.create({ title: "My Page" } as never);
    expect((await page.refresh()).slug).toBe("my-page");
    for (const [title, rule] of [
      ["a", "min_length"],
      ["no?", "slug"],
      ["New", "custom"],
    ])
      await expect(Pages.create({ title } as never)).rejects.toMatchObject({ detail: [{ field: "slug", rule }] });
    page.slug = "A";
    await expect(page.save()).rejects.toMatchObject({ detail: [{ rule: "min_length" }, { rule: "slug" }] });
    expect(await Pages.count()).toBe(1);
  });

  it("is translated, and one's own messages are not", async () => {
    const error = (await refused(t.engine(), () => People().create(bad), ValidationError)) as ValidationError;
    const detail = translateDetail(JSON.parse(JSON.stringify(error.detail)), "ja");
    expect(detail.map(({ message }) => message).slice(0, 4)).toEqual([
      "メールアドレスを指定してください",
      "too short for a name",
      "小文字の英数字をハイフンかアンダースコアでつないでください",
      "150 以下にしてください",
    ]);
    expect(translateDetail(detail, "en")).toEqual(error.detail);
  });
}
