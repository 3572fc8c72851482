/** Uuids, words of oneOf, booleans and bytes: what goes in comes out, to the last byte. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bool, bytes, count, int, Model, oneOf, str, uuid, ValidationError, ValueError } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Note extends Model("v_scalar", {
  key: uuid().nullable(),
  mood: oneOf("good", "bad", "it's", "naïve 😀").nullable(),
  done: bool().nullable(),
  data: bytes().nullable(),
  rank: int().default(0),
}) {}
class Keyed extends Model("v_keyed", { key: uuid().primaryKey(), label: str() }) {}

const id = "0189f7e2-7b5c-7def-8abc-0123456789ab";

export function suite(t: TargetContext): void {
  const Notes = () => Note.using(t.engine());

  beforeAll(() => t.engine().createTable(Note, Keyed));
  afterAll(() => t.engine().dropTable(Note, Keyed));
  beforeEach(async () => void (await Notes().all().allRows().delete()));

  it("keeps the words of oneOf and refuses others", async () => {
    for (const mood of ["good", "it's", "naïve 😀"] as const) {
      expect((await (await Notes().create({ mood })).refresh()).mood).toBe(mood);
      expect(await Notes().where({ mood }).count()).toBe(1);
    }
    for (const mood of ["Good", "", "good ", 0, ["good"]])
      await refused(t.engine(), () => Notes().create({ mood: mood as never }), ValidationError);
    expect(
      await Notes()
        .where((n) => n.mood.in(["good", "bad"]))
        .count(),
    ).toBe(1);
  });

  describe("uuid", () => {
    it("is one in whatever case it comes", async () => {
      const row = await Notes().create({ key: id.toUpperCase() });
      expect(row.key).toBe(id);
      expect((await row.refresh()).key).toBe(id);
      expect(await Notes().where({ key: id.toUpperCase() }).count()).toBe(1);
      expect(
        await Notes()
          .where((n) => n.key.in([id.toUpperCase()]))
          .count(),
      ).toBe(1);
      expect(
        await Notes()
          .where((n) =>
            n.key.in(Array.from({ length: 1100 }, (_, i) => (i === 7 ? id : `${id.slice(0, -4)}${String(i).padStart(4, "0")}`))),
          )
          .count(),
      ).toBe(1);
    });

    it("finds a row by it", async () => {
      const Keys = Keyed.using(t.engine());
      const row = await Keys.create({ key: id.toUpperCase(), label: "a" });
      expect((await Keys.find(id.toUpperCase()))?.label).toBe("a");
      row.label = "b";
      await row.save();
      expect((await Keys.find(id))?.label).toBe("b");
      await row.delete();
    });

    it("refuses other shapes", async () => {
      for (const key of ["", "x", `{${id}}`, id.replaceAll("-", ""), `${id}0`, ` ${id}`, 5, Buffer.alloc(16)]) {
        await refused(t.engine(), () => Notes().create({ key: key as never }), ValidationError, String(key));
      }
    });
  });

  describe("bool", () => {
    it("is true, false or null in every way of reading", async () => {
      await Notes().bulkCreate([{ done: true, rank: 2 }, { done: false }, { done: null }]);
      const byId = Notes()
        .all()
        .orderBy((n) => n.id);
      expect((await byId).map((row) => row.done)).toEqual([true, false, null]);
      expect(await byId.pluck((n) => n.done)).toEqual([true, false, null]);
      expect(await byId.select((n) => ({ not: n.done.not(), more: n.rank.gt(1), gone: n.done.isNull() }))).toEqual([
        { not: false, more: true, gone: false },
        { not: true, more: false, gone: false },
        { not: null, more: false, gone: true },
      ]);
      expect((await byId.annotate((n) => ({ more: n.rank.gt(1) })).first())?.more).toBe(true);
      expect(
        await Notes()
          .all()
          .distinct()
          .select("done")
          .orderBy((n) => n.done.asc({ nulls: "last" })),
      ).toEqual([{ done: false }, { done: true }, { done: null }]);
      expect(
        await Notes()
          .where((n) => n.done.not())
          .count(),
      ).toBe(1);
      expect(
        await Notes()
          .where((n) => n.done)
          .count(),
      ).toBe(1);
      expect(
        await Notes()
          .where({ done: false })
          .aggregate((n) => ({ n: count(n.done) })),
      ).toEqual({ n: 1 });
      expect(
        await Notes()
          .where((n) => n.done.eq(true))
          .update((n) => ({ done: n.done.not() })),
      ).toBe(1);
      expect(await byId.pluck((n) => n.done)).toEqual([false, false, null]);
    });

    it("refuses what merely looks true or false", async () => {
      for (const done of [0, 1, "true", "", "t", [], {}, Object(true)]) {
        await refused(t.engine(), () => Notes().create({ done: done as never }), ValidationError);
        await refused(
          t.engine(),
          () =>
            Notes()
              .where({ done: done as never })
              .all(),
          ValueError,
        );
      }
    });
  });

  describe("bytes", () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);

    it("keeps none, each of the 256, and a mebibyte", async () => {
      const big = Uint8Array.from({ length: 1024 * 1024 }, (_, i) => (i * 7 + (i >> 8)) & 255);
      for (const data of [new Uint8Array(0), all, all.toReversed(), big]) {
        const row = await Notes().create({ data });
        const read = (await Notes().find(row.id))?.data;
        expect(read).toBeInstanceOf(Uint8Array);
        expect(Buffer.compare(Buffer.from(read as Uint8Array), Buffer.from(data))).toBe(0);
      }
      expect(await Notes().where({ data: all }).count()).toBe(1);
      expect(
        await Notes()
          .where({ data: new Uint8Array(0) })
          .count(),
      ).toBe(1);
      expect(
        await Notes()
          .where((n) => n.data.in([all, Uint8Array.of(1)]))
          .count(),
      ).toBe(1);
      expect(
        (
          await Notes()
            .where({ data: all })
            .pluck((n) => n.data)
        )[0],
      ).toEqual(all);
    });

    it("takes a Buffer and a part of a larger buffer, and hands out memory of its own", async () => {
      const row = await Notes().create({ data: Buffer.from(all) });
      const part = await Notes().create({ data: all.subarray(10, 20) });
      const [first, second] = await Notes()
        .where((n) => n.id.gte(row.id))
        .orderBy((n) => n.id);
      expect(first?.data).toEqual(all);
      expect(second?.data).toEqual(all.slice(10, 20));
      (first?.data as Uint8Array)[0] = 99;
      expect(first?.changes).toHaveProperty("data");
      expect((await Notes().find(part.id))?.data).toEqual(all.slice(10, 20));
    });

    it("refuses text, arrays, other views and proxies", async () => {
      for (const data of [
        "abc",
        [1, 2],
        new Uint16Array(2),
        new ArrayBuffer(2),
        new DataView(new ArrayBuffer(2)),
        new Proxy(new Uint8Array(2), {}),
        Object.create(Uint8Array.prototype),
        { 0: 1, length: 1 },
      ]) {
        await refused(t.engine(), () => Notes().create({ data: data as never }), ValidationError);
        await refused(
          t.engine(),
          () =>
            Notes()
              .where((n) => n.data.eq(data as never))
              .all(),
          ValueError,
        );
      }
    });
  });
}
