/** Tables made from models: order, keys, defaults, names, and making them again. */
import { afterEach, describe, expect, it } from "vitest";
import {
  bigint,
  bool,
  connect,
  date,
  datetime,
  decimal,
  ForeignKeyViolation,
  float,
  foreignKey,
  int,
  json,
  Model,
  oneOf,
  QueryError,
  sql,
  str,
  text,
  UsageError,
  uuid,
} from "../../src/index.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class City extends Model("s_city", { name: str() }) {}
class Street extends Model("s_street", { name: str(), cityId: foreignKey(() => City) }) {}
class House extends Model("s_house", { number: int(), streetId: foreignKey(() => Street), cityId: foreignKey(() => City) }) {}
class Egg extends Model("s_egg", { id: int().primaryKey(), henId: foreignKey("s_hen").nullable() }) {}
class Hen extends Model("s_hen", { id: int().primaryKey(), eggId: foreignKey(() => Egg).nullable() }) {}
class Node extends Model("s_node", { id: int().primaryKey(), parentId: foreignKey("s_node").nullable() }) {}
class Country extends Model("s_country", { code: str({ length: 2 }).primaryKey(), iso: uuid().unique() }) {}
class Flag extends Model("s_flag", {
  id: int().primaryKey(),
  country: foreignKey(() => Country),
  iso: uuid().references(() => Country, { column: "iso" }),
}) {}
class Seat extends Model("s_seat", { row: int().primaryKey(), place: str({ length: 3 }).primaryKey() }) {}
class Ticket extends Model(
  "s_ticket",
  { id: int().primaryKey(), seatRow: int(), seatPlace: str({ length: 3 }) },
  { foreignKeys: [{ on: ["seatRow", "seatPlace"], target: () => Seat, onDelete: "cascade" }] },
) {}
class Defaults extends Model("s_defaults", {
  id: int().primaryKey(),
  n: int().dbDefault(7),
  big: bigint().dbDefault(-(2n ** 60n)),
  real: float().dbDefault(-0.5),
  price: decimal({ precision: 6, scale: 2 }).dbDefault("9.5"),
  flag: bool().dbDefault(true),
  label: str().dbDefault('it\'s \\ "quoted"`'),
  day: date().dbDefault("2024-02-29"),
  at: datetime().dbDefault(new Date("2001-02-03T04:05:06.789Z")),
  word: oneOf("a", "b'c").dbDefault("b'c"),
  doc: json<{ a: string }>().dbDefault({ a: "it's" }),
  made: datetime().dbDefault(sql`current_timestamp`),
}) {}

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const made: [object, ...object[]][] = [];
  const create = async (...models: [object, ...object[]]) => {
    made.push(models);
    await engine().createTable(...models);
  };

  afterEach(async () => {
    for (const models of made.splice(0)) await engine().dropTableIfExists(...models);
  });

  describe("createTable and dropTable", () => {
    it("put tables in the order their foreign keys need", async () => {
      await create(House, Street, City);
      const city = await City.using(engine()).create({ name: "x" });
      const street = await Street.using(engine()).create({ name: "y", cityId: city.id });
      await House.using(engine()).create({ number: 1, streetId: street.id, cityId: city.id });
      await expect(House.using(engine()).create({ number: 1, streetId: 99, cityId: city.id })).rejects.toBeInstanceOf(ForeignKeyViolation);
      await engine().dropTable(City, House, Street);
      await expect(City.using(engine()).count()).rejects.toBeInstanceOf(QueryError);
    });

    it("take two tables that refer to each other, and one that refers to itself", async () => {
      await create(Hen, Egg, Node);
      const [hens, eggs, nodes] = [Hen.using(engine()), Egg.using(engine()), Node.using(engine())];
      await hens.create({ id: 1 });
      await eggs.create({ id: 1, henId: 1 });
      await hens.where({ id: 1 }).update({ eggId: 1 });
      await expect(hens.create({ id: 2, eggId: 9 })).rejects.toBeInstanceOf(ForeignKeyViolation);
      await expect(eggs.create({ id: 2, henId: 9 })).rejects.toBeInstanceOf(ForeignKeyViolation);
      await nodes.bulkCreate([{ id: 1 }, { id: 2, parentId: 1 }, { id: 3, parentId: 3 }]);
      await expect(nodes.create({ id: 4, parentId: 9 })).rejects.toBeInstanceOf(ForeignKeyViolation);
      // Rows still refer to each other both ways.
      await engine().dropTable(Egg, Hen);
    });

    it("give a key the type of what it refers to, by another column too", async () => {
      await create(Flag, Country);
      const iso = "00000000-0000-4000-8000-00000000000a";
      await Country.using(engine()).create({ code: "FR", iso });
      await Flag.using(engine()).create({ id: 1, country: "FR", iso });
      await expect(Flag.using(engine()).create({ id: 2, country: "DE", iso })).rejects.toBeInstanceOf(ForeignKeyViolation);
      await expect(Flag.using(engine()).create({ id: 3, country: "FR", iso: iso.replace("a", "b") })).rejects.toBeInstanceOf(
        ForeignKeyViolation,
      );
    });

    it("take keys of several columns", async () => {
      await create(Ticket, Seat);
      await Seat.using(engine()).bulkCreate([
        { row: 1, place: "a" },
        { row: 1, place: "b" },
      ]);
      await Ticket.using(engine()).create({ id: 1, seatRow: 1, seatPlace: "b" });
      await expect(Ticket.using(engine()).create({ id: 2, seatRow: 2, seatPlace: "a" })).rejects.toBeInstanceOf(ForeignKeyViolation);
      await Seat.using(engine()).where({ place: "b" }).delete();
      expect(await Ticket.using(engine()).count()).toBe(0);
    });

    it("say when a table is there already, or not there", async () => {
      await create(Node);
      await Node.using(engine()).create({ id: 1 });
      await expect(engine().createTable(Node)).rejects.toBeInstanceOf(QueryError);
      await engine().createTableIfNotExists(Node);
      await engine().createTableIfNotExists(Hen, Node, Egg);
      await engine().createTableIfNotExists(Egg, Hen);
      made.push([Hen, Egg]);
      await Hen.using(engine()).create({ id: 1 });
      await expect(Egg.using(engine()).create({ id: 1, henId: 2 })).rejects.toBeInstanceOf(ForeignKeyViolation);
      expect(await Node.using(engine()).count()).toBe(1);
      await engine().dropTable(Node);
      await expect(engine().dropTable(Node)).rejects.toBeInstanceOf(QueryError);
      await engine().dropTableIfExists(Node, City);
    });

    it("are seen by listeners as statements of their own kind", async () => {
      const sent = await sentBy(engine(), () => create(Node));
      expect(sent.filter(({ operation }) => operation === "ddl").length).toBeGreaterThan(0);
      expect(sent.every(({ parameterCount }) => parameterCount === 0)).toBe(true);
    });
  });

  it("declares defaults in the database and reads them back", async () => {
    await create(Defaults);
    const row = await Defaults.using(engine()).create({ id: 1 });
    const { made: at, ...rest } = row.toDict();
    const expected = {
      n: 7,
      big: -(2n ** 60n),
      real: -0.5,
      price: "9.50",
      flag: true,
      label: 'it\'s \\ "quoted"`',
      day: "2024-02-29",
      at: new Date("2001-02-03T04:05:06.789Z"),
      word: "b'c",
      doc: { a: "it's" },
    };
    expect(rest).toEqual({ id: 1, ...expected });
    expect(Math.abs((at as Date).getTime() - Date.now())).toBeLessThan(60_000);
    await engine().execute`insert into s_defaults (id) values (${2})`;
    expect((await Defaults.using(engine()).find(2))?.toDict()).toMatchObject(expected);
    await Defaults.using(engine()).bulkCreate([
      { id: 3, n: 1 },
      { id: 4, label: "x" },
    ]);
    expect(
      await Defaults.using(engine())
        .all()
        .orderBy((d) => d.id)
        .pluck((d) => d.n),
    ).toEqual([7, 7, 1, 7]);
  });

  describe("truncate", () => {
    it("empties the table and numbers from the start again", async () => {
      await create(City);
      const cities = City.using(engine());
      await cities.bulkCreate([{ name: "a" }, { name: "b" }]);
      await cities.all().allRows().delete();
      expect((await cities.create({ name: "c" })).id).toBe(3);
      await cities.truncate();
      expect(await cities.count()).toBe(0);
      expect((await cities.create({ name: "d" })).id).toBe(1);
    });
  });

  describe("names", () => {
    it("come from properties, unless the column, the table or the engine says otherwise", async () => {
      class Snake extends Model("s_snake", { firstName: str(), htmlBody: text({ column: "BODY" }).nullable(), x2y: int().default(0) }) {}
      class Kept extends Model("s_kept", { firstName: str(), other: str({ column: "third" }).nullable() }, { naming: "preserve" }) {}
      class Own extends Model("s_own", { firstName: str() }, { naming: (property) => `f_${property.toLowerCase()}` }) {}
      await create(Snake, Kept, Own);
      const models = [Snake, Kept, Own].map((model) => model.using(engine()));
      for (const model of models) await model.create({ firstName: "x" } as never);
      const names = async (table: string) => Object.keys((await engine().sql`select * from ${sql.id(table)}`)[0] ?? {});
      expect(await names("s_snake")).toEqual(["id", "first_name", "BODY", expect.stringMatching(/^x2_?y$/)]);
      expect(await names("s_kept")).toEqual(["id", "firstName", "third"]);
      expect(await names("s_own")).toEqual(["f_id", "f_firstname"]);
      for (const model of models) expect(await model.all().pluck((m) => m.firstName)).toEqual(["x"]);
    });

    it("of an engine are used by everything that goes through it", async () => {
      class Plain extends Model("s_plain", { firstName: str().unique(), shelfMark: str({ column: "mark" }).default("m") }) {}
      const own = await connect(t.url(), {
        name: `${t.name} naming`,
        default: false,
        naming: (property) => `the_${property.toLowerCase()}`,
      });
      try {
        await own.createTable(Plain);
        const plains = Plain.using(own);
        const row = await plains.create({ firstName: "a" });
        row.firstName = "b";
        await row.save();
        expect(
          await plains
            .where((p) => p.firstName.eq("b"))
            .orderBy((p) => p.firstName)
            .select("firstName", "shelfMark"),
        ).toEqual([{ firstName: "b", shelfMark: "m" }]);
        await plains.where({ firstName: "b" }).update({ firstName: "c" });
        expect(Object.keys((await own.sql`select * from s_plain`)[0] ?? {})).toEqual(["the_id", "the_firstname", "mark"]);
        expect(Plain.using(engine()).where({ firstName: "c" }).toSQL().sql).toMatch(/first_name/);
        await expect(plains.create({ firstName: "c" })).rejects.toMatchObject({ columns: ["firstName"] });
        await own.dropTable(Plain);
      } finally {
        await own.disconnect();
      }
    });

    it("may be long: those of keys and indexes are cut to what the database takes", async () => {
      const long = "a_rather_long_name_for_a_column_of_a_table";
      class Long extends Model(
        "s_another_rather_long_name_of_a_table_in_here",
        {
          one: str({ column: `${long}_1`, length: 40 })
            .unique()
            .index(),
          two: int({ column: `${long}_2` })
            .default(0)
            .check((two) => two.gte(0)),
        },
        {
          indexes: (l) => [
            [l.one, l.two],
            [l.two, l.one],
          ],
        },
      ) {}
      await create(Long);
      await Long.using(engine()).create({ one: "x" });
      await expect(Long.using(engine()).create({ one: "x" })).rejects.toMatchObject({ code: "KAKA_UNIQUE" });
      await expect(Long.using(engine()).create({ one: "y", two: -1 })).rejects.toMatchObject({ code: "KAKA_CHECK" });
    });
  });

  it("refuses what no database can build, before anything is sent", async () => {
    const wrong = [
      Model("s_w", { code: str({ column: "same" }), other: str({ column: "same" }) }),
      Model("s_w", { other: foreignKey(() => City, { onDelete: "set null" }) }),
      Model("s_w", { a: int() }, { indexes: () => [{ on: [] }] }),
      Model("s_w", { a: int() }, { foreignKeys: [{ on: ["a"], target: () => Seat }] }),
      Model(
        "s_w",
        { a: str(), b: str() },
        {
          indexes: () => [
            { on: ["a"], name: "twice" },
            { on: ["b"], name: "twice" },
          ],
        },
      ),
    ];
    for (const model of wrong) {
      const sent = await sentBy(engine(), () => expect(engine().createTable(model)).rejects.toBeInstanceOf(UsageError));
      expect(sent.filter(({ operation }) => operation === "ddl")).toEqual([]);
    }
  });
}
