/** Saves that find their row changed, and make their changes to the row as it is now. */
import { bigint, decimal, int, StaleObjectError, str, UsageError, ValidationError, VersionedModel } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { usingOf } from "../support/kept-models.ts";
import { Counter, Kept, versionModels, Ware } from "../support/version-models.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  /** Somebody else can write while a transaction is open. */
  const parallel = t.family !== "sqlite" && t.name !== "pglite";
  let mine: Ware;
  let theirs: Ware;
  const now = () => on(Ware).get({ id: mine.id });

  beforeAll(async () => {
    await t.engine().dropTableIfExists(...versionModels);
    await t.engine().createTable(...versionModels);
  });
  afterAll(() => t.engine().dropTable(...versionModels));
  beforeEach(async () => {
    mine = await on(Ware).create({ name: "nut", stock: 100, sold: 5n, weight: 1, price: "1.00", tags: ["a"] });
    theirs = await now();
  });

  describe("different columns", () => {
    it("are both kept", async () => {
      theirs.name = "bolt";
      theirs.tags.push("theirs");
      await theirs.save();
      mine.note = "mine";
      await mine.save();
      expect(mine.toDict()).toMatchObject({ name: "bolt", tags: ["a", "theirs"], note: "mine", version: 3 });
      expect(mine.changes).toEqual({});
      expect((await now()).toDict()).toMatchObject({ name: "bolt", tags: ["a", "theirs"], note: "mine", version: 3 });
    });

    it("the same column is a conflict, even where both mean the same", async () => {
      theirs.name = "bolt";
      await theirs.save();
      mine.name = "bolt";
      mine.note = "mine";
      const error = await mine.save().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StaleObjectError);
      expect(error).toMatchObject({ expected: 1, found: 2 });
      // The instance is as it was: what was based on what can still be seen.
      expect(mine.changes).toEqual({ name: ["nut", "bolt"], note: [null, "mine"] });
      expect(mine.version).toBe(1);
      expect((await now()).note).toBeNull();
    });

    it("documents that were changed in place are columns like others", async () => {
      theirs.tags.push("theirs");
      await theirs.save();
      mine.tags.push("mine");
      await expect(mine.save()).rejects.toThrow(StaleObjectError);
      expect((await now()).tags).toEqual(["a", "theirs"]);
    });

    it("a hidden column that was not read is no column to rebase", async () => {
      theirs.name = "bolt";
      await theirs.save();
      const read = await on(Ware).where({ id: mine.id }).alsoSelect("secret").get();
      await on(Ware).where({ id: mine.id }).update({ note: "later" });
      read.secret = "newer";
      await read.save();
      expect((await on(Ware).where({ id: mine.id }).alsoSelect("secret").get()).secret).toBe("newer");
      const blind = await now();
      await on(Ware).where({ id: mine.id }).update({ note: "again" });
      Object.assign(blind, { secret: "blind" });
      await expect(blind.save()).rejects.toThrow(StaleObjectError);
    });

    it("of a save of some fields: the others count for conflicts, and are not written", async () => {
      theirs.name = "bolt";
      await theirs.save();
      mine.note = "mine";
      mine.weight = 2;
      await mine.save({ fields: ["note"] });
      expect(mine.changes).toEqual({ weight: [1, 2] });
      expect((await now()).toDict()).toMatchObject({ name: "bolt", note: "mine", weight: 1 });
      theirs = await now();
      theirs.name = "screw";
      await theirs.save();
      mine.name = "mine";
      mine.note = "more";
      await expect(mine.save({ fields: ["note"] })).rejects.toThrow(StaleObjectError);
    });
  });

  describe("numbers", () => {
    it("add what was added, exactly, in every type", async () => {
      theirs.stock -= 7;
      theirs.sold += 9_007_199_254_740_993n;
      theirs.weight += 0.5;
      theirs.price = "1234567890123456789012345.67";
      await theirs.save();
      mine.stock += 10;
      mine.sold -= 3n;
      mine.weight -= 0.25;
      mine.price = "11.5";
      await mine.save();
      const row = await now();
      expect([row.stock, row.sold, row.weight, row.price]).toEqual([103, 9_007_199_254_740_995n, 1.25, "1234567890123456789012356.17"]);
      expect(row.toDict()).toEqual(mine.toDict());
    });

    it("go down below zero as well", async () => {
      theirs.price = "0.05";
      await theirs.save();
      mine.price = "-1.10";
      await mine.save();
      expect((await now()).price).toBe("-2.05");
    });

    it.each<[string, (ware: Ware) => void]>([
      ["int", (ware) => (ware.stock += 11)],
      ["int, down", (ware) => (ware.stock -= 11)],
      ["bigint", (ware) => (ware.sold += 11n)],
      ["float", (ware) => (ware.weight += 1.75)],
      ["decimal", (ware) => (ware.price = "11.51")],
    ] as [string, (ware: Ware) => void][])("beyond the limit are a conflict: %s", async (_, change) => {
      Object.assign(theirs, { stock: 99, sold: 6n, weight: 3, price: "2.00" });
      await theirs.save();
      change(mine);
      await expect(mine.save()).rejects.toThrow(StaleObjectError);
      // Alone in its column it is a change like others.
      mine.revert();
      await mine.refresh();
      theirs.name = "x";
      await theirs.save();
      change(mine);
      await mine.save();
    });

    it("are checked again as they are then", async () => {
      theirs.stock = 3;
      await theirs.save();
      mine.stock -= 5;
      const error = await mine.save().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ValidationError);
      expect(mine.changes).toMatchObject({ stock: [100, 95] });
      expect((await now()).stock).toBe(3);
      theirs.stock = 2_147_483_647;
      await theirs.save();
      mine.stock = 101;
      await expect(mine.save()).rejects.toThrow(ValidationError);
    });

    it("alone, where that is all that is allowed", async () => {
      const counter = await on(Counter).create({});
      const same = await on(Counter).get({ id: counter.id });
      same.name = "theirs";
      await same.save();
      counter.n += 5;
      await counter.save();
      expect((await on(Counter).get({ id: counter.id })).toDict()).toMatchObject({ name: "theirs", n: 5, version: 3 });
      same.name = "again";
      await expect(same.save()).rejects.toThrow(StaleObjectError);
    });
  });

  it("happens once: a row that is changed again in between is a conflict", async () => {
    const one = await on(Counter).create({});
    let times = 0;
    const stop = t.engine().on("statement", ({ operation, model }) => {
      if (operation === "select" && model === "Counter") times++;
    });
    const racing = Array.from({ length: 8 }, () => on(Counter).get({ id: one.id }));
    const rows = await Promise.all(racing);
    const outcomes = await Promise.allSettled(
      rows.map((row) => {
        row.n += 1;
        return row.save();
      }),
    );
    stop();
    const done = outcomes.filter(({ status }) => status === "fulfilled").length;
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(StaleObjectError);
    expect((await on(Counter).get({ id: one.id })).n).toBe(done);
    expect(done).toBeGreaterThan(0);
    expect(times).toBeLessThanOrEqual(8 * 4);
  });

  it.runIf(parallel)("in a transaction, over an older snapshot, works on the row as it is now", async () => {
    await t.engine().transaction(async () => {
      await on(Ware).all();
      await t.engine().outsideTransaction(async () => {
        theirs.stock -= 1;
        await theirs.save();
      });
      mine.stock += 2;
      await mine.save();
    });
    expect((await now()).stock).toBe(101);
  });

  it("leaves rows alone that were deleted meanwhile, and versions that were assigned", async () => {
    const kept = await on(Kept).create({ title: "a" });
    await (await on(Kept).get({ id: kept.id })).delete();
    kept.title = "b";
    await expect(kept.save()).rejects.toThrow(StaleObjectError);
    theirs.name = "bolt";
    await theirs.save();
    const fresh = await now();
    fresh.version = 1;
    fresh.note = "mine";
    await expect(fresh.save()).rejects.toThrow(StaleObjectError);
    await theirs.delete();
    mine.note = "mine";
    await expect(mine.save()).rejects.toMatchObject({ found: null });
  });

  it("is refused at definition where it could never work", () => {
    const made = (rebase: object) => () =>
      VersionedModel("vs_r", { n: int(), b: bigint(), d: decimal({ precision: 5, scale: 2 }), s: str() }, { rebase });
    for (const rebase of [
      { deltas: { s: "1" } },
      { deltas: { nothing: 1 } },
      { deltas: { id: 1 } },
      { deltas: { version: 1 } },
      { deltas: { n: 0 } },
      { deltas: { n: -1 } },
      { deltas: { n: "1" } },
      { deltas: { b: 1 } },
      { deltas: { d: "0.00" } },
      { deltas: { d: "-1.00" } },
      { deltas: { d: 1 } },
      { disjoint: 1 },
      { disjont: true },
    ])
      expect(made(rebase), JSON.stringify(rebase)).toThrow(UsageError);
    expect(made({ deltas: { n: 1, b: 1n, d: "0.01" }, disjoint: false })).not.toThrow();
  });
}
