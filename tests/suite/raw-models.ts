/** Instances from hand-written SQL. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, int, Model, QueryError, sql, str, UsageError, ValueError } from "../../src/index.ts";
import { createItems, full, Item, nasty } from "../support/raw-items.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const Items = () => Item.using(t.engine());
  const ordered = () =>
    Items()
      .all()
      .orderBy((i) => i.id);

  const columnNames = async (): Promise<string[]> => {
    const [row] = await t.engine().sql`select * from rf_item where id = ${1}`;
    return Object.keys(row ?? {}).filter((name) => name !== "secret");
  };
  beforeAll(() => createItems(t.engine()));
  afterAll(() => t.engine().dropTable(Item));

  it("makes instances of the rows, whatever the order of the columns, exactly as a query does", async () => {
    expect((await Items().fromSQL`select * from rf_item order by id`).map((row) => row.toDict())).toEqual(
      (await ordered()).map((row) => row.toDict()),
    );
    const names = (await columnNames()).reverse();
    const list = sql.join(names.map((name) => sql.id(name)));
    const [row, ...rest] = await Items().fromSQL`select ${list} from rf_item where id = ${1} and (${nasty} <> ${"x"})`;
    expect(rest).toEqual([]);
    expect(row).toBeInstanceOf(Item);
    expect(row?.toDict()).toEqual({ id: 1, flag: true, ...full });
    expect(await Items().fromSQL`select * from rf_item where id > ${99}`).toEqual([]);
  });

  it("gives rows that are the engine's: changed, saved, refreshed", async () => {
    await t
      .engine()
      .transaction(async (tx) => {
        const [row] = await Item.using(tx).fromSQL`select * from rf_item where id = ${1}`;
        expect(row?.changes).toEqual({});
        Object.assign(row ?? {}, { n: 11, someLabel: null });
        expect(row?.changes).toEqual({ n: [10, 11], someLabel: ["one", null] });
        const sent = await sentBy(t.engine(), () => row?.save());
        expect(sent).toHaveLength(1);
        expect(
          await Item.using(tx)
            .where({ id: 1 })
            .pluck((i) => i.n),
        ).toEqual([11]);
        await row?.refresh();
        await row?.delete();
        expect(await Item.using(tx).count()).toBe(2);
        throw new RangeError("undo");
      })
      .catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    expect(await Items().count()).toBe(3);
  });

  it("reads hundreds of rows", async () => {
    const rows = await Items().fromSQL`select rf_item.* from rf_item ${sql.unsafe("cross join (select 1 as x")} ${sql.unsafe(
      Array.from({ length: 99 }, () => "union all select 1").join(" "),
    )}) many order by rf_item.id`;
    expect(rows).toHaveLength(300);
    expect(rows[299]?.someLabel).toBe(nasty);
    expect(rows[0]?.toDict()).toEqual({ id: 1, flag: true, ...full });
  });

  it("does not read hidden columns that are there", async () => {
    const [row] = await Items().fromSQL`select * from rf_item where id = ${1}`;
    expect(row !== undefined && "secret" in row).toBe(false);
    expect(JSON.stringify(row)).not.toContain("hush");
  });

  it("names the columns that are missing, not the model's, or there twice", async () => {
    const message = async (work: Promise<unknown>): Promise<string> => {
      const error: unknown = await work.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UsageError);
      return (error as Error).message;
    };
    expect(await message(Items().fromSQL`select id, n from rf_item`)).toMatch(
      /^Item.fromSQL: the result lacks "some_label", "big".*"Other Name"/,
    );
    expect(await message(Items().fromSQL`select rf_item.*, 1 as more, 2 as ${sql.id("__proto__x")} from rf_item`)).toMatch(
      /has no column "more", "__proto__x"/,
    );
    // The client of this target hands over objects keyed by name: of two columns it keeps one.
    if (t.name !== "sqlite3") expect(await message(Items().fromSQL`select rf_item.*, id from rf_item`)).toMatch(/are called "id"/);
    await expect(Items().fromSQL`select * from rf_nowhere`).rejects.toBeInstanceOf(QueryError);
  });

  it("reads 64 bits exactly, or says that the client has lost digits", async () => {
    const big = 2n ** 62n + 1n;
    // Read before a value stands there that node:sqlite refuses to read without being told to.
    const others = (await columnNames()).filter((name) => name !== "big").map((name) => sql.id(name));
    await t
      .engine()
      .transaction(async () => {
        await Items().where({ id: 1 }).update({ big });
        const read = Items().fromSQL`select * from rf_item where id = ${1}`;
        if (t.family === "sqlite") await expect(read).rejects.toBeInstanceOf(ValueError);
        else expect((await read)[0]?.big).toBe(big);
        const text = t.family === "mysql" ? sql`cast(big as char) as big` : sql`cast(big as text) as big`;
        expect((await Items().fromSQL`select ${sql.join([...others, text])} from rf_item where id = ${1}`)[0]?.big).toBe(big);
        throw new RangeError("undo");
      })
      .catch((error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
      });
  });

  it("uses the names of its engine", async () => {
    const named = await connect(t.url(), { name: `${t.name} shout`, default: false, naming: (property) => property.toUpperCase() });
    try {
      await named.execute`create table rf_shout (${sql.id("ID")} integer primary key, ${sql.id("TWOWORDS")} varchar(20))`;
      class Shout extends Model("rf_shout", { id: int().primaryKey(), twoWords: str({ length: 20 }) }) {}
      const Shouts = Shout.using(named);
      await named.execute`insert into rf_shout values (${1}, ${"x"})`;
      expect((await Shouts.fromSQL`select * from rf_shout`).map((row) => row.toDict())).toEqual([{ id: 1, twoWords: "x" }]);
      await named.execute`drop table rf_shout`;
    } finally {
      await named.disconnect();
    }
  });

  it("binds every hole and takes nothing but a template", async () => {
    for (const value of [{}, [1], undefined, () => 1, Number.NaN, "a\0", "\ud800"])
      await refused(t.engine(), async () => Items().fromSQL`select * from rf_item where id = ${value as never}`);
    await refused(t.engine(), async () => Items().fromSQL("select * from rf_item" as never));
    await refused(t.engine(), async () => Items().fromSQL(["select * from rf_item"] as never));
    const sent = await sentBy(t.engine(), () => Items().fromSQL`select * from rf_item where some_label = ${nasty}`);
    expect(sent[0]).toMatchObject({ operation: "raw", model: "Item", rows: 1, parameterCount: 1 });
    expect(sent[0]?.sql).not.toContain("drop table");
  });
}
