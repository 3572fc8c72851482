/** What random queries found about deletes whose conditions read what goes with the rows, as cases of their own. */
import { allOf, bool, count, exists, foreignKey, int, Model, nullif, scalar, value } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class ShelfModel extends Model("dd_shelf", { size: int() }) {}
class ThingModel extends Model("dd_thing", { n: int(), shelfId: foreignKey(() => ShelfModel).nullable() }) {
  get shelf() {
    return this.belongsTo(ShelfModel, (thing) => thing.shelfId);
  }
}
class PartModel extends Model("dd_part", { n: int(), thingId: foreignKey(() => ThingModel, { onDelete: "cascade" }) }) {}
class ScrewModel extends Model("dd_screw", { n: int(), partId: foreignKey(() => PartModel, { onDelete: "cascade" }) }) {}
class NoteModel extends Model("dd_note", { thingId: foreignKey(() => ThingModel, { onDelete: "set null" }).nullable() }) {}
class TreeModel extends Model("dd_tree", {
  id: int().primaryKey(),
  parentId: foreignKey("dd_tree", { onDelete: "cascade" }).nullable(),
}) {}

type Thing = typeof ThingModel.c;
class Undone extends Error {}

export function suite(t: TargetContext): void {
  beforeAll(async () => {
    const engine = t.engine();
    await engine.createTable(ShelfModel, ThingModel, PartModel, ScrewModel, NoteModel, TreeModel);
    const shelf = await ShelfModel.using(engine).create({ size: 2 });
    const [x, y, z, w] = await ThingModel.using(engine).bulkCreate([1, 2, 7, 9].map((n) => ({ n, shelfId: shelf.id })));
    const parts = await PartModel.using(engine).bulkCreate([x, x, y, z, w].map((thing, i) => ({ n: i, thingId: thing?.id ?? 0 })));
    await ScrewModel.using(engine).bulkCreate(parts.map(({ id }, n) => ({ n, partId: id })));
    await NoteModel.using(engine).bulkCreate([{ thingId: x?.id ?? 0 }, { thingId: y?.id ?? 0 }]);
    const trees = [{ id: 1 }, { id: 2, parentId: 1 }, { id: 3, parentId: 2 }, { id: 4 }, { id: 5, parentId: 4 }];
    await TreeModel.using(engine).bulkCreate(trees);
  });
  afterAll(() => t.engine().dropTable(TreeModel, NoteModel, ScrewModel, PartModel, ThingModel, ShelfModel));

  const inVain = async <T>(change: (on: { things: typeof ThingModel; trees: typeof TreeModel }) => Promise<T>): Promise<T> => {
    const seen: T[] = [];
    const undone = t.engine().transaction(async (tx) => {
      seen.push(await change({ things: ThingModel.using(tx), trees: TreeModel.using(tx) }));
      throw new Undone();
    });
    await expect(undone).rejects.toThrow(Undone);
    return seen[0] as T;
  };

  describe("a delete reads what goes with its rows before any is gone", () => {
    const partsOf = (x: Thing, m: number) =>
      scalar(PartModel.where((p) => p.thingId.ne(x.id).and(p.n.gte(m))).select(() => ({ n: count() })));
    it("by a number of others' parts", async () => {
      const left = await inVain(async ({ things }) => {
        expect(await things.where((x) => partsOf(x, 0).gte(3)).delete()).toBe(4);
        return things.count();
      });
      expect(left).toBe(0);
    });

    it("by rows that have nothing to do with each", async () => {
      const left = await inVain(async ({ things }) => {
        await things.where((x) => exists(PartModel.where((p) => p.n.eq(0))).and(x.n.gt(0))).delete();
        return things.count();
      });
      expect(left).toBe(0);
    });

    it("two tables away, and where it is set to null", async () => {
      const screws = (x: Thing) =>
        scalar(
          ScrewModel.all()
            .join(PartModel, (s, p) => s.partId.eq(p.id))
            .where((_, p) => p.thingId.ne(x.id))
            .select(() => ({ n: count() })),
        );
      const notes = () => scalar(NoteModel.where((n) => n.thingId.isNotNull()).select(() => ({ n: count() })));
      expect(
        await inVain(async ({ things }) => {
          await things.where((x) => screws(x).gte(3)).delete();
          return things.count();
        }),
      ).toBe(0);
      expect(
        await inVain(async ({ things }) => {
          await things.where((x) => notes().gte(2).and(x.n.gt(0))).delete();
          return things.count();
        }),
      ).toBe(0);
    });

    it("by its own table, behind another query", async () => {
      const alone = ShelfModel.where((s) => exists(ThingModel.where((y) => y.shelfId.eq(s.id))).not()).select("size");
      expect(await inVain(({ things }) => things.where((x) => x.n.add(1).gt(allOf(alone))).delete())).toBe(4);
    });

    it("in a tree", async () => {
      const left = await inVain(async ({ trees }) => {
        const children = (x: typeof TreeModel.c) => scalar(TreeModel.where((c) => c.parentId.eq(x.id)).select(() => ({ n: count() })));
        await trees.where((x) => children(x).eq(1)).delete();
        return trees.count();
      });
      expect(left).toBe(0);
    });

    it("may ask for rows of its own table that cannot be", async () => {
      const unknown = ThingModel.where((y) => value(null, bool()).and(y.n.gt(0)));
      const never = ThingModel.where(() => value(false));
      for (const none of [unknown, never]) {
        expect(await inVain(({ things }) => things.where((x) => exists(none).and(x.shelf.size.gt(0))).delete())).toBe(0);
        expect(await inVain(({ things }) => things.where((x) => x.n.in(none.select("n")).and(x.shelf.size.gt(0))).delete())).toBe(0);
        expect(await inVain(({ things }) => things.where((x) => nullif(exists(none), x.n.gt(3))).delete())).toBe(0);
        expect(await inVain(({ things }) => things.where((x) => x.n.notIn(none.select("n")).and(x.shelf.size.gt(0))).delete())).toBe(4);
      }
    });
  });
}
