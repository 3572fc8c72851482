/** Rows that belong to one owner: a hasMany relation that is written as a whole. */
import { connect, foreignKey, int, Model, SoftDeleteModel, str, UniqueViolation } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { usingOf } from "../support/kept-models.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Order extends Model("or_order", { name: str() }) {
  get lines() {
    return this.hasMany(Line, (line) => line.orderId, { orphans: "delete", orderBy: (line) => line.place.asc() });
  }
  get first() {
    return this.hasMany(Line, (line) => line.orderId, { orphans: "delete", where: (line) => line.place.eq(1) });
  }
  get notes() {
    return this.hasMany(Note, (note) => note.orderId, { orphans: "nullify" });
  }
  get marks() {
    return this.hasMany(Mark, (mark) => mark.orderId, { orphans: "delete" });
  }
  get wrong() {
    return this.hasMany(Line, (line) => line.orderId, { orphans: "nullify" });
  }
}
class Line extends Model(
  "or_line",
  { orderId: foreignKey(() => Order), place: int(), text: str() },
  { uniques: (l) => [[l.orderId, l.place]] },
) {}
class Note extends Model("or_note", { orderId: foreignKey(() => Order).nullable(), text: str() }) {}
class Mark extends SoftDeleteModel("or_mark", { orderId: foreignKey(() => Order), text: str() }) {}

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const models = [Order, Line, Note, Mark] as const;
  let order: Order;
  let other: Order;
  const lines = async (of: Order) => (await of.lines).map(({ place, text }) => `${place}${text}`);
  const line = (place: number, text: string) => new Line({ place, text } as never);

  beforeAll(() => t.engine().createTable(...models));
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    await on(Mark).all().allRows().delete();
    await on(Mark).onlyDeleted().purge();
    for (const model of [Line, Note, Order] as const) await on(model).all().allRows().delete();
    order = await on(Order).create({ name: "a" });
    other = await on(Order).create({ name: "b" });
    await order.lines.set([line(1, "a"), line(2, "b")]);
    await other.lines.add(line(1, "x"));
  });

  describe("set", () => {
    it("deletes what is left out, keeps what stays, inserts what is new", async () => {
      const [a, b] = (await order.lines) as [Line, Line];
      expect(await lines(order)).toEqual(["1a", "2b"]);
      b.text = "unsaved";
      // The place of a row that goes is free for one that comes.
      await order.lines.set([b, line(1, "c")]);
      expect(await lines(order)).toEqual(["1c", "2b"]);
      expect(b.changes).toEqual({ text: ["b", "unsaved"] });
      expect(await on(Line).find(a.id)).toBeNull();
      expect(await lines(other)).toEqual(["1x"]);
      await order.lines.set([]);
      expect(await lines(order)).toEqual([]);
      expect(await on(Line).count()).toBe(1);
    });

    it("takes rows over from another owner", async () => {
      const [x] = (await other.lines) as [Line];
      await order.lines.set([x]);
      expect([await lines(order), await lines(other)]).toEqual([["1x"], []]);
      expect(x.orderId).toBe(order.id);
      expect(x.changes).toEqual({});
    });

    it("is all or nothing, in the instances as well", async () => {
      const [x] = (await other.lines) as [Line];
      const fresh = line(1, "n");
      await expect(order.lines.set([x, fresh])).rejects.toThrow(UniqueViolation);
      expect([await lines(order), await lines(other)]).toEqual([["1a", "2b"], ["1x"]]);
      expect(x.orderId).toBe(other.id);
      expect(x.changes).toEqual({});
      await order.lines.set([fresh]);
      expect(await lines(order)).toEqual(["1n"]);
    });

    it("forgets what was loaded, and minds the relation's own condition", async () => {
      const [loaded] = await on(Order).where({ id: order.id }).prefetch("lines");
      await loaded?.lines.set([line(5, "z")]);
      expect((await loaded?.lines)?.map(({ place }) => place)).toEqual([5]);
      await order.lines.add(line(1, "y"));
      await order.first.clear();
      expect(await lines(order)).toEqual(["5z"]);
    });
  });

  it("add and remove change single rows, once", async () => {
    const c = line(3, "c");
    await order.lines.add(c, c);
    await order.lines.add(c);
    expect(await lines(order)).toEqual(["1a", "2b", "3c"]);
    await order.lines.remove(c);
    expect(await lines(order)).toEqual(["1a", "2b"]);
    await expect(c.save()).rejects.toThrow(/was deleted/);
  });

  it("nullify keeps the rows, soft-deleted ones are marked", async () => {
    const [n, m] = [new Note({ text: "n" }), new Note({ text: "m" })];
    await order.notes.set([n, m]);
    await order.notes.remove(n);
    expect(n.orderId).toBeNull();
    await order.notes.set([]);
    expect(
      await on(Note)
        .all()
        .pluck((note) => note.orderId),
    ).toEqual([null, null]);
    await order.marks.set([new Mark({ text: "k" } as never)]);
    await order.marks.clear();
    expect([await on(Mark).count(), await on(Mark).onlyDeleted().count()]).toEqual([0, 1]);
  });

  it("refuses rows that are none of its", async () => {
    const engine = t.engine();
    const [x] = (await other.lines) as [Line];
    await refused(engine, () => order.lines.remove(x));
    await refused(engine, () => order.lines.remove(line(9, "new")));
    await refused(engine, () => order.lines.add(new Note({ text: "n" }) as never));
    await refused(engine, () => order.lines.add(5 as never));
    await refused(engine, () => order.lines.set(x as never));
    await refused(engine, () => new Order({ name: "new" }).lines.set([]));
    expect((await refused(engine, () => order.wrong)).message).toMatch(/Line\.orderId cannot be null/);
    const elsewhere = await connect("sqlite::memory:", { name: `${t.name} elsewhere`, default: false });
    try {
      await elsewhere.createTable(Order, Line);
      const { id } = await Order.using(elsewhere).create({ name: "e" });
      const foreign = await Line.using(elsewhere).create({ orderId: id, place: 1, text: "f" });
      await refused(engine, () => order.lines.add(foreign));
    } finally {
      await elsewhere.disconnect();
    }
    expect(await on(Line).count()).toBe(3);
  });
}
