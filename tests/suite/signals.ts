/** Receivers of what happens to rows: of one model, of one engine, of all. */
import { connect, foreignKey, HookAborted, on as listen, Model, str, UsageError } from "kakaorm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { Audit, Item, log } from "../support/hook-models.ts";
import { usingOf } from "../support/kept-models.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Pet extends Model("sg_pet", { kind: str({ length: 10 }).default("pet"), name: str() }, { discriminator: "kind" }) {
  static get variants() {
    return [Dog, Cat];
  }
}
class Dog extends Pet.variant("dog", { breed: str().default("none") }) {}
class Cat extends Pet.variant("cat") {}
class Toy extends Model("sg_toy", { label: str(), petId: foreignKey(() => Pet).nullable() }) {}

const models = [Audit, Item, Pet, Toy] as const;

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const ends: (() => void)[] = [];
  const until = (off: () => void): void => void ends.push(off);

  beforeAll(async () => {
    await t.engine().dropTableIfExists(...models);
    await t.engine().createTable(...models);
  });
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    Item.next = {};
    for (const model of [Toy, Pet, Item, Audit] as const) await on(model).all().allRows().delete();
    log.length = 0;
  });
  afterEach(() => {
    for (const off of ends.splice(0)) off();
  });

  it("hear of one model, with its values and changes, and write what they change", async () => {
    until(
      listen("beforeSave", Toy, async (toy, { operation, changes }) => {
        await Promise.resolve();
        log.push(`${operation} ${Object.keys(changes).join()}`);
        toy.label = toy.label.trim();
      }),
    );
    const toy = await on(Toy).create({ label: " ball " });
    expect((await on(Toy).get({ id: toy.id })).label).toBe("ball");
    toy.label = " rope ";
    await toy.save();
    expect((await on(Toy).get({ id: toy.id })).label).toBe("rope");
    expect(log).toEqual(["insert label", "update label"]);
  });

  it("are told in order: the model's own hook, then receivers of every engine, then this engine's", async () => {
    until(t.engine().on("beforeSave", Item, () => void log.push("engine")));
    until(listen("beforeSave", () => void log.push("any model")));
    until(listen("beforeSave", Item, () => void log.push("model")));
    await on(Item).create({ name: "a", code: "1" });
    expect(log.slice(0, 5)).toEqual(["beforeSave", "any model", "model", "engine", "beforeInsert"]);
  });

  it("hear of a class's variants and subclasses, and not of its neighbours", async () => {
    until(listen("afterInsert", Pet, (pet) => void log.push(`pet ${pet.name}`)));
    until(listen("afterInsert", Dog, (dog) => void log.push(`dog ${dog.breed}`)));
    await on(Dog).create({ name: "rex", breed: "collie" });
    await on(Cat).create({ name: "tom" });
    await on(Toy).create({ label: "ball" });
    expect(log).toEqual(["pet rex", "dog collie", "pet tom"]);
  });

  it("say no with false or an error, and everything is undone", async () => {
    const off = listen("beforeDelete", Toy, () => false);
    const toy = await on(Toy).create({ label: "ball" });
    await expect(toy.delete()).rejects.toThrow(HookAborted);
    off();
    off();
    until(
      t.engine().on("afterDelete", Toy, async (row, { engine }) => {
        await Audit.using(engine).create({ what: row.label });
        throw new RangeError("no");
      }),
    );
    await expect(toy.delete()).rejects.toThrow(RangeError);
    expect([await on(Toy).count(), await on(Audit).count()]).toEqual([1, 0]);
  });

  it("of another engine hear nothing, and those that left neither", async () => {
    const other = await connect("sqlite::memory:", { name: `signals beside ${t.name}`, default: false });
    until(other.on("beforeSave", Toy, () => void log.push("other")));
    {
      using off = listen("beforeSave", Toy, () => void log.push("block"));
      expect(typeof off).toBe("function");
      await on(Toy).create({ label: "a" });
    }
    await on(Toy).create({ label: "b" });
    expect(log).toEqual(["block"]);
    await other.createTable(Pet, Toy);
    await Toy.using(other).create({ label: "c" });
    expect(log).toEqual(["block", "other"]);
    await other.disconnect();
  });

  it("cost nothing to models that nobody listens to", async () => {
    until(listen("beforeSave", Item, () => {}));
    until(t.engine().on("afterCommit", Audit, () => {}));
    const sent = await sentBy(t.engine(), async () => {
      const toy = await on(Toy).create({ label: "a" });
      toy.label = "b";
      await toy.save();
      await toy.delete();
    });
    expect(sent.map(({ operation }) => operation)).toEqual(["insert", "update", "delete"]);
  });

  it("may come and go while they are told", async () => {
    const off = listen("afterSave", Toy, () => {
      log.push("once");
      off();
      until(listen("afterSave", Toy, () => void log.push("later")));
    });
    await on(Toy).create({ label: "a" });
    expect(log).toEqual(["once"]);
    await on(Toy).create({ label: "b" });
    expect(log).toEqual(["once", "later"]);
  });

  it("are refused for events and classes that are none", () => {
    expect(() => listen("beforeSaved" as "beforeSave", () => {})).toThrow(/did you mean beforeSave/);
    expect(() => listen("beforeSave", class {} as never, () => {})).toThrow(UsageError);
    expect(() => listen("beforeSave", on(Toy), () => {})).toThrow(/engine.on/);
    expect(() => listen("beforeSave", Toy, undefined as never)).toThrow(UsageError);
    expect(() => t.engine().on("beforeSave", {} as never, () => {})).toThrow(UsageError);
    expect(() => t.engine().on("beforeSafe" as never, () => {})).toThrow(/beforeSave/);
  });
}
