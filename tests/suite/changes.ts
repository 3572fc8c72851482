/** What a row has that the database has not: seen, taken back, compared, copied. */
import {
  bigint,
  bytes,
  date,
  datetime,
  decimal,
  float,
  int,
  json,
  Model,
  SoftDeleteModel,
  str,
  UsageError,
  uuid,
  VersionedModel,
} from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { usingOf } from "../support/kept-models.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Sheet extends SoftDeleteModel.extend(VersionedModel)("ch_sheet", {
  title: str(),
  size: int().default(1),
  big: bigint().default(1n),
  rate: float().default(0.5),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
  day: date().nullable(),
  at: datetime().nullable(),
  raw: bytes().nullable(),
  meta: json<{ tags: string[]; deep: { n: number } }>().nullable(),
  pin: str().default("0000").hidden(),
  role: str().default("none").serverOnly(),
  createdAt: datetime().autoNowAdd(),
  changedAt: datetime().autoNow(),
}) {
  titleLength = 0;
}
class Tag extends Model("ch_tag", { code: str({ length: 10 }).primaryKey(), text: str() }) {}
class Token extends Model("ch_token", {
  id: uuid()
    .primaryKey()
    .default(() => crypto.randomUUID()),
  text: str(),
}) {}

const models = [Sheet, Tag, Token] as const;
const full = {
  title: "a",
  size: 2,
  big: 9_007_199_254_740_993n,
  rate: 1.25,
  price: "9.50",
  day: "2024-02-29",
  at: new Date("2024-02-29T12:30:00.123Z"),
  raw: Uint8Array.from([1, 2, 3]),
  meta: { tags: ["x"], deep: { n: 1 } },
};

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  let sheet: Sheet;

  beforeAll(async () => {
    await t.engine().dropTableIfExists(...models);
    await t.engine().createTable(...models);
  });
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    await on(Sheet).all().allRows().delete();
    await on(Sheet).onlyDeleted().purge();
    const { id } = await on(Sheet).create(structuredClone(full));
    sheet = await on(Sheet).get({ id });
  });

  it("a row that was read or written has none", async () => {
    expect([sheet.isDirty, sheet.changedFields, sheet.changes]).toEqual([false, [], {}]);
    const made = await on(Sheet).create({ title: "b" });
    expect([made.isDirty, made.changedFields]).toEqual([false, []]);
  });

  it("a new row has all that it was given", () => {
    const view = on(Tag);
    const tag = new view({ code: "a" });
    expect([tag.isDirty, tag.changedFields, tag.changes]).toEqual([true, ["code"], { code: [undefined, "a"] }]);
    tag.text = "t";
    expect(tag.changedFields).toEqual(["code", "text"]);
  });

  it.each<[string, (row: Sheet) => void]>([
    ["title", (row) => Object.assign(row, { title: "b" })],
    ["big", (row) => Object.assign(row, { big: row.big + 1n })],
    ["price", (row) => Object.assign(row, { price: null })],
    ["at", (row) => row.at?.setMilliseconds(124)],
    ["raw", (row) => row.raw?.fill(9)],
    ["meta", (row) => row.meta?.tags.push("y")],
    [
      "meta",
      (row) => {
        if (row.meta !== null) row.meta.deep.n = 2;
      },
    ],
  ])("%s: assigned, or changed in place, and back again", async (field, change) => {
    const before = structuredClone(sheet.toDict()[field as "title"]);
    change(sheet);
    expect(sheet.changedFields).toEqual([field]);
    expect(sheet.isDirty).toBe(true);
    const [old, now] = sheet.changes[field as "title"] ?? [];
    expect(old).toEqual(before);
    expect(now).toEqual(sheet.toDict()[field as "title"]);
    await sheet.save();
    expect(sheet.isDirty).toBe(false);
    const read = await on(Sheet).get({ id: sheet.id });
    expect(read.toDict()[field as "title"]).toEqual(sheet.toDict()[field as "title"]);
    // And once more after it was written.
    Object.assign(sheet, { [field]: before });
    expect(sheet.changedFields).toEqual([field]);
  });

  it("revert takes all back, or some, with values of their own", async () => {
    sheet.title = "b";
    sheet.meta?.tags.push("y");
    sheet.at?.setTime(0);
    expect(sheet.revert("title")).toBe(sheet);
    expect(sheet.changedFields).toEqual(["at", "meta"]);
    sheet.revert();
    expect(sheet.toDict()).toMatchObject({ ...full, raw: expect.anything() });
    sheet.meta?.tags.push("z");
    expect(sheet.changedFields).toEqual(["meta"]);
    expect(sheet.revert().meta).toEqual(full.meta);
    await sheet.save();
    sheet.size = 5;
    await sheet.save();
    sheet.size = 6;
    expect(sheet.revert().size).toBe(5);
    Object.assign(sheet, { pin: "1234" });
    expect(sheet.changedFields).toEqual(["pin"]);
    expect(sheet.revert().isDirty).toBe(false);
    expect(() => sheet.revert("nothing" as never)).toThrow(UsageError);
    const view = on(Tag);
    expect(() => new view({ code: "a" }).revert()).toThrow(UsageError);
  });

  it("diff compares what two rows hold, but for keys and versions", async () => {
    const other = await on(Sheet).create({ ...structuredClone(full), size: 3, meta: { tags: ["x", "y"], deep: { n: 1 } } });
    const found = sheet.diff(other);
    for (const time of ["createdAt", "changedAt"] as const) delete found[time];
    expect(found).toEqual({ size: [2, 3], meta: [full.meta, { tags: ["x", "y"], deep: { n: 1 } }] });
    expect(sheet.diff(await on(Sheet).get({ id: sheet.id }))).toEqual({});
    expect(() => sheet.diff(new Tag({ code: "a" }) as never)).toThrow(UsageError);
    expect(() => sheet.diff(null as never)).toThrow(UsageError);
  });

  describe("clone", () => {
    it("is a new row of the same values, saved as one", async () => {
      sheet.role = "admin";
      await sheet.save();
      sheet.title = "unsaved";
      const copy = sheet.clone({ size: 9 });
      expect(copy).toBeInstanceOf(Sheet);
      expect(String(copy)).toBe("<Sheet new>");
      expect([copy.id, copy.version, copy.role, copy.deletedAt, copy.createdAt]).toEqual([undefined, 1, "none", null, undefined]);
      copy.meta?.tags.push("copy");
      expect(sheet.meta?.tags).toEqual(["x"]);
      await copy.save();
      expect(copy.id).not.toBe(sheet.id);
      expect((await on(Sheet).get({ id: copy.id })).toDict()).toMatchObject({
        ...full,
        raw: expect.anything(),
        title: "unsaved",
        size: 9,
        meta: { tags: ["x", "copy"], deep: { n: 1 } },
        role: "none",
      });
      expect(sheet.changedFields).toEqual(["title"]);
    });

    it("of a deleted row is alive, and hidden columns come along where they were read", async () => {
      await on(Sheet).where({ id: sheet.id }).update({ pin: "1234" });
      const read = await on(Sheet).where({ id: sheet.id }).alsoSelect("pin").get();
      await read.delete();
      const copy = await read.clone().save();
      expect(await on(Sheet).count()).toBe(1);
      expect((await on(Sheet).where({ id: copy.id }).alsoSelect("pin").get()).pin).toBe("1234");
      const plain = await (await on(Sheet).get({ id: copy.id })).clone().save();
      expect((await on(Sheet).where({ id: plain.id }).alsoSelect("pin").get()).pin).toBe("0000");
    });

    it("makes keys anew, or asks for them", async () => {
      const token = await on(Token).create({ text: "t" });
      const copy = token.clone();
      expect(copy.id).not.toBe(token.id);
      await copy.save();
      const tag = await on(Tag).create({ code: "a", text: "t" });
      await expect(tag.clone().save()).rejects.toThrow(/needs code/);
      await tag.clone({ code: "b" }).save();
      expect(await on(Tag).count()).toBe(2);
      expect(() => sheet.clone({ role: "admin" } as never)).toThrow(UsageError);
      expect(() => sheet.clone({ nothing: 1 } as never)).toThrow(UsageError);
    });
  });

  it("writes only what has changed, or the fields that are named", async () => {
    sheet.title = "b";
    sheet.size = 7;
    const [update] = await sentBy(t.engine(), () => sheet.save({ fields: ["size"] }));
    expect(update?.sql).not.toMatch(/title/);
    expect(sheet.changedFields).toEqual(["title"]);
    expect(await on(Sheet).get({ id: sheet.id })).toMatchObject({ title: "a", size: 7 });
    const [second] = await sentBy(t.engine(), () => sheet.save());
    expect(second?.sql).toMatch(/title/);
    expect(second?.sql).not.toMatch(/size/);
  });
}
