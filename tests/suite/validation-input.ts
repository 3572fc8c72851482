/** Plain input to rows and back: what is checked, what never leaves, and what goes out beside a row. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  bigint,
  bytes,
  datetime,
  foreignKey,
  int,
  json,
  Model,
  NotLoadedError,
  str,
  UsageError,
  ValidationError,
} from "../../src/index.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Writer extends Model("vi_writer", {
  name: str({ length: 20 }).minLength(2),
  secret: str().hidden().default("s3cret"),
  admin: int().serverOnly().default(0),
}) {
  get texts() {
    return this.hasMany(Text, (one) => one.writerId, { orderBy: (one) => one.id.asc() });
  }
}
class Text extends Model("vi_text", {
  title: str(),
  body: str().nullable(),
  views: bigint().default(0n),
  raw: bytes().nullable(),
  meta: json<{ a: number }>().nullable(),
  at: datetime().nullable(),
  writerId: foreignKey(() => Writer),
}) {
  get writer() {
    return this.belongsTo(Writer, (one) => one.writerId);
  }
}
class Span extends Model("vi_span", { low: int(), high: int() }) {
  override async clean() {
    await Promise.resolve();
    if (this.high < this.low) return { high: "is below low" };
    return undefined;
  }
}

export function suite(t: TargetContext): void {
  const Writers = () => Writer.using(t.engine());
  const Texts = () => Text.using(t.engine());

  beforeAll(() => t.engine().createTable(Writer, Text));
  afterAll(() => t.engine().dropTable(Text, Writer));
  beforeEach(async () => {
    await Texts().all().allRows().delete();
    await Writers().all().allRows().delete();
  });

  describe("Model.validate", () => {
    it("makes an unsaved row, its values in their normal form", async () => {
      const row = Writers().validate({ name: "Ada" });
      expect(row).toBeInstanceOf(Writer);
      expect(row.name).toBe("Ada");
      expect(Writers().modelValidate(row)).toBe(row);
      await row.save();
      expect(await Writers().where({ name: "Ada" }).count()).toBe(1);
    });

    it("lists every key and value that is not welcome", () => {
      const hostile = JSON.parse('{"name":"A","admin":1,"__proto__":{"polluted":1},"constructor":1,"toString":1,"nmae":2}') as unknown;
      let error: unknown;
      try {
        Writers().validate(hostile);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(ValidationError);
      const { detail, errors } = error as ValidationError;
      expect(detail.map(({ field, rule }) => [field, rule])).toEqual([
        ["admin", "unknown"],
        ["__proto__", "unknown"],
        ["constructor", "unknown"],
        ["toString", "unknown"],
        ["nmae", "unknown"],
        ["name", "min_length"],
      ]);
      expect(Object.hasOwn(errors, "__proto__")).toBe(true);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      for (const input of [null, undefined, 5, "x", [], [{ name: "Ada" }], () => 1])
        expect(() => Writers().validate(input)).toThrow(ValidationError);
    });

    it("waits for a clean() that answers later", async () => {
      const span = await Span.validate({ low: 1, high: 2 });
      expect(span.high).toBe(2);
      await expect(Span.validate({ low: 2, high: 1 })).rejects.toMatchObject({ errors: { high: ["is below low"] } });
      await expect(Span.validate(new Span({ low: 2, high: 1 }))).rejects.toThrow(ValidationError);
    });

    it("reads back what toJSON wrote", async () => {
      const writer = await Writers().create({ name: "Ada" });
      const values = { title: "t", views: 2n ** 60n, raw: new Uint8Array([0, 255]), meta: { a: 1 }, at: new Date(5), writerId: writer.id };
      const row = await Texts().create(values);
      const text = JSON.stringify(row);
      const { id, ...input } = JSON.parse(text) as Record<string, unknown>;
      expect(id).toBe(row.id);
      const copy = Texts().validate(input, { json: true });
      expect(copy.toDict()).toMatchObject(values);
      expect(() => Texts().validate(input)).toThrow(/views takes a bigint/);
      for (const wrong of [{ at: "yesterday" }, { views: "1.5" }, { raw: "not base64!" }, { at: "2020-13-01T00:00:00Z" }])
        expect(() => Texts().validate({ ...input, ...wrong }, { json: true }), JSON.stringify(wrong)).toThrow(ValidationError);
    });
  });

  describe("a row as an object", () => {
    it("has the columns that were asked for, and never the hidden ones", async () => {
      const writer = await Writers().create({ name: "Ada" });
      const row = await Texts().create({ title: "t", writerId: writer.id, at: new Date(0) });
      expect(row.toJSON({ include: ["title", "at"] })).toEqual({ title: "t", at: "1970-01-01T00:00:00.000Z" });
      expect(row.toDict({ include: ["title", "at"] })).toEqual({ title: "t", at: new Date(0) });
      expect(row.modelDump({ exclude: ["id", "writerId", "views"], excludeNull: true })).toEqual({ title: "t", at: new Date(0) });
      expect(() => row.toJSON({ include: ["titel" as never] })).toThrow(UsageError);
      const known = await Writers().all().alsoSelect("secret").get({ id: writer.id });
      expect(known.secret).toBe("s3cret");
      for (const dict of [known.toJSON(), known.toDict(), known.toDict({ exclude: ["name"] }), JSON.parse(JSON.stringify({ known })).known])
        expect(Object.keys(dict)).not.toContain("secret");
      expect(() => known.toJSON({ include: ["secret"] })).toThrow(/hidden/);
    });

    it("has relations that were loaded, and no others", async () => {
      const writer = await Writers().create({ name: "Ada" });
      await writer.texts.create({ title: "one" });
      await writer.texts.create({ title: "two" });
      const [found] = await Writers().all().prefetch("texts.writer");
      if (found === undefined) throw new Error("no row");
      const sent = await sentBy(t.engine(), () => {
        expect(found.toJSON()).not.toHaveProperty("texts");
        expect(found.toJSON({ relations: ["texts"] })).toMatchObject({ name: "Ada", texts: [{ title: "one" }, { title: "two" }] });
        expect(
          found.toJSON({ include: ["name"], relations: { texts: { include: ["title"], relations: { writer: { include: ["name"] } } } } }),
        ).toEqual({
          name: "Ada",
          texts: [
            { title: "one", writer: { name: "Ada" } },
            { title: "two", writer: { name: "Ada" } },
          ],
        });
        const all = found.toDict({ relations: true, excludeNull: true }) as unknown as { texts: Record<string, unknown>[] };
        expect(all.texts[0]).toMatchObject({ title: "one", views: 0n });
        expect(all.texts[0]).not.toHaveProperty("body");
        expect(JSON.stringify(found.toJSON({ relations: true }))).not.toContain("s3cret");
        expect(() => found.toJSON({ relations: ["text"] })).toThrow(/no relation "text"/);
      });
      expect(sent).toEqual([]);
      const bare = await Texts().get({ title: "one" });
      expect(bare.toJSON({ relations: true })).not.toHaveProperty("writer");
      expect(() => bare.writer.loaded).toThrow(NotLoadedError);
    });
  });
}
