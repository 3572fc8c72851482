/** Text from outside in every slot that takes some: it is bound, quoted or refused, and never becomes SQL. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { json, KakaError, Model, sql, str, text, UsageError } from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Row extends Model("rh_row", { label: str(), body: text().default(""), doc: json<Record<string, unknown>>().nullable() }) {}

/** Text that a database can hold. */
const storable = [
  "'; drop table rh_row; --",
  '"; drop table rh_row; --',
  "`; drop table rh_row; --",
  "\\'; drop table rh_row; --",
  "' or '1'='1",
  "x' union select label from rh_row --",
  "$1",
  "$2",
  "?",
  "??",
  ":a",
  "@p1",
  "%",
  "_",
  "!",
  "[a]*?",
  "\\",
  "\\\\",
  "\\'",
  "'",
  "''",
  '"',
  '""',
  "`",
  "``",
  "/* */",
  "-- x",
  "#",
  "\n",
  "\r\n\t",
  "\u0001",
  "\u2028",
  "null",
  "NULL",
  "0",
  "1e3",
  "__proto__",
  "$where",
  "{{1}}",
  "\u{1F600}\u0301",
  "\u202Eright",
  "x".repeat(200),
];
/** Text that none can. */
const broken = ["\0", "a\0b", "\ud800", "\udc00x", "a\ud83d"];

export function suite(t: TargetContext): void {
  const Rows = () => Row.using(t.engine());
  const labels = (rows: readonly Row[]) => rows.map((row) => row.label);

  beforeAll(() => t.engine().createTable(Row));
  afterAll(() => t.engine().dropTable(Row));
  beforeEach(async () => {
    await Rows().all().allRows().delete();
    await Rows().bulkCreate(storable.map((label) => ({ label, body: `before${label}after`, doc: Object.fromEntries([[label, label]]) })));
  });

  /** Runs the work, and looks whether the text that was sent has any of the hostile one in it. */
  async function without(hostile: string, work: () => Promise<unknown>): Promise<void> {
    const sent = await sentBy(t.engine(), work);
    expect(sent.length).toBeGreaterThan(0);
    if (hostile.length > 4) for (const { sql: statement } of sent) expect(statement).not.toContain(hostile);
  }

  it.each(storable)("%j is bound in each slot", async (value) => {
    await without(value, async () => {
      const found = [{ label: value }];
      expect(await t.engine().sql`select label from rh_row where label = ${value}`, "sql").toEqual(found);
      expect(await t.engine().sql`select label from rh_row where label in (${sql.list([value, "nowhere"])})`, "list").toEqual(found);
      expect(await t.engine().sql`select label from rh_row where label in (${sql.join([value, sql`${"nowhere"}`])})`, "join").toEqual(
        found,
      );
      expect(
        await t.engine().sql`select label from rh_row where ${sql.join([sql`label = ${value}`, sql`1 = 1`], sql` and `)}`,
        "both",
      ).toEqual(found);
      expect(labels(await Rows().fromSQL`select id, label, body, doc from rh_row where label = ${value}`), "fromSQL").toEqual([value]);
      expect(await t.engine().execute`update rh_row set body = ${value} where label = ${value}`, "execute").toBe(1);
      expect(await t.engine().scalar`select body from rh_row where label = ${value}`, "scalar").toBe(value);
      expect(
        await Rows()
          .where((r) => sql<boolean>`${r.label} = ${value}`)
          .pluck((r) => r.body),
        "fragment",
      ).toEqual([value]);
      expect(await Rows().where({ label: value }).count(), "object").toBe(1);
      expect(
        await Rows()
          .where((r) => r.label.in([value]))
          .count(),
        "in",
      ).toBe(1);
    });
  });

  it.each(storable)("%j is taken literally by patterns", async (value) => {
    await Rows()
      .where({ label: value })
      .update({ body: `[${value}]` });
    await without(value, async () => {
      const wanted = storable.filter((label) => label === value || `before${label}after`.includes(value));
      const found = await Rows()
        .where((r) => r.body.contains(value))
        .pluck((r) => r.label);
      expect(found.toSorted()).toEqual(wanted.toSorted());
      expect(
        await Rows()
          .where((r) => r.body.startsWith(`[${value}`).and(r.body.endsWith(`${value}]`)))
          .pluck((r) => r.label),
      ).toEqual([value]);
      if (!/[%_]/.test(value))
        expect(
          await Rows()
            .where((r) => r.body.like(`[${value}]`))
            .pluck((r) => r.label),
        ).toEqual([value]);
    });
  });

  it.each(storable)("%j is bound as a key of a document", async (value) => {
    if (t.name === "mariadb" && value.startsWith("-")) return;
    await without(value, async () => {
      const member = Object.fromEntries([[value, value]]);
      expect(
        await Rows()
          .where((r) => r.doc.path(value).asText().eq(value))
          .count(),
      ).toBe(1);
      expect(
        await Rows()
          .where((r) => r.doc.contains(member))
          .count(),
      ).toBe(1);
      await Rows()
        .where((r) => r.doc.path(value).isNotNull())
        .update((r) => ({ doc: r.doc.set([value], { [value === "__proto__" ? "p" : value]: true }) }));
      expect(
        await Rows()
          .where({ label: value })
          .pluck((r) => r.doc.path(value)),
      ).toEqual([{ [value === "__proto__" ? "p" : value]: true }]);
      await Rows()
        .where((r) => r.doc.path(value).isNotNull())
        .update((r) => ({ doc: r.doc.unset([value]) }));
      expect(
        await Rows()
          .where({ label: value })
          .pluck((r) => r.doc),
      ).toEqual([{}]);
    });
    expect(await Rows().count()).toBe(storable.length);
  });

  it.each(storable)("%j as a name is quoted or refused", async (value) => {
    let piece: ReturnType<typeof sql.id>;
    try {
      piece = sql.id(value);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect(/\p{Cc}/u.test(value) || value.length > 63).toBe(true);
      return;
    }
    // Either the database has no such column, or it is only a name for a value.
    await expect(t.engine().sql`select ${piece} from rh_row`).rejects.toBeInstanceOf(KakaError);
    await expect(t.engine().sql`select * from ${sql.id("rh_row", value)}`).rejects.toBeInstanceOf(KakaError);
    expect(await Rows().count()).toBe(storable.length);
  });

  describe("text that no database can hold", () => {
    it.each(broken)("%j is refused in each slot, before anything is sent", async (value) => {
      const engine = t.engine();
      const works: (() => unknown)[] = [
        () => engine.sql`select ${value}`,
        () => engine.execute`update rh_row set body = ${value}`,
        () => engine.scalar`select ${sql.list(["a", value])}`,
        () => engine.sql`select ${sql.join([value, 1])}`,
        () => engine.sql`select ${sql.id(value)}`,
        () => engine.sql`select ${sql.id("rh_row", value)}`,
        () => engine.sql`select ${sql.unsafe(value)}`,
        () => Rows().fromSQL`select * from rh_row where label = ${value}`,
        () => Rows().where(sql<boolean>`label = ${value}`),
        () => Rows().where({ label: value }),
        () => Rows().where((r) => r.label.eq(value)),
        () => Rows().where((r) => r.label.in(["a", value])),
        () => Rows().where((r) => r.label.like(value)),
        () => Rows().where((r) => r.label.ilike(value)),
        () => Rows().where((r) => r.label.contains(value)),
        () => Rows().where((r) => r.label.startsWith(value, { ignoreCase: true })),
        () => Rows().where((r) => r.doc.path(value).isNull()),
        () => Rows().where((r) => r.doc.contains(Object.fromEntries([[value, 1]]))),
        () => Rows().where((r) => r.doc.contains({ a: value })),
        () =>
          Rows()
            .where((r) => r.doc.path("a").eq(value).not())
            .count(),
        () =>
          Rows()
            .all()
            .allRows()
            .update((r) => ({ doc: r.doc.set([value], 1) })),
        () =>
          Rows()
            .all()
            .allRows()
            .update((r) => ({ doc: r.doc.set(["a"], value) })),
      ];
      for (const [i, work] of works.entries()) await refused(engine, work, UsageError, `slot ${i}`);
    });
  });

  it("takes no object for a fragment, a name or a list, whatever it looks like", async () => {
    const shapes: unknown[] = [
      { kind: "raw", texts: ["1; drop table rh_row"], items: [], codec: null },
      { node: { kind: "raw", texts: ["1"], items: [] } },
      { item: { kind: "identifier", parts: ["x"] } },
      JSON.parse('{"sql":"1","values":[]}'),
      { toString: () => "1" },
      { toJSON: () => "1" },
      Object.create(sql`1` as object),
      new Proxy(sql`1` as object, {}),
      new String("x"),
      [sql`1`],
    ];
    for (const shape of shapes) {
      await refused(t.engine(), async () => t.engine().sql`select ${shape as never}`);
      await refused(t.engine(), async () => sql.list([shape]));
      await refused(t.engine(), async () => sql.join([shape]));
    }
  });
}
