/** Which methods are hooks, and what is refused in their place. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Engine, type HookContext, Model, str, UsageError } from "../../../src/index.ts";
import { hooksOf } from "../../../src/model/hooks.ts";

let db: Engine;
beforeAll(async () => {
  db = await connect("sqlite::memory:", { name: "hooks", default: false });
});
afterAll(() => db.disconnect());

class Base extends Model("unit_hook", { name: str() }) {}

/** Hooks that several models share. */
// biome-ignore lint/suspicious/noExplicitAny: what a mixin has to take
function shouting<B extends new (...args: any[]) => object>(base: B) {
  return class extends base {
    async beforeSave(_context: HookContext) {
      Object.assign(this, { name: "LOUD" });
    }
  };
}

describe("hooks", () => {
  it("are methods of the class or of what it extends", () => {
    class Own extends Base {
      override beforeSave() {}
    }
    class Below extends Own {
      override afterLoad() {}
    }
    expect(hooksOf(Base)).toBeNull();
    expect([...(hooksOf(Own) ?? [])]).toEqual(["beforeSave"]);
    expect([...(hooksOf(Below) ?? [])]).toEqual(["beforeSave", "afterLoad"]);
  });

  it("can be mixed into models", async () => {
    class Mixed extends shouting(Model("unit_mixed", { name: str() })) {}
    await db.createTable(Mixed);
    const row = await Mixed.using(db).create({ name: "soft" });
    expect((await Mixed.using(db).get({ id: row.id })).name).toBe("LOUD");
  });

  it("are told about a method that is replaced later", async () => {
    class Replaced extends Model("unit_replaced", { name: str() }) {
      override beforeSave() {
        this.name = "first";
      }
    }
    await db.createTable(Replaced);
    await Replaced.using(db).create({ name: "a" });
    Replaced.prototype.beforeSave = function () {
      this.name = "second";
    };
    expect((await Replaced.using(db).create({ name: "a" })).name).toBe("second");
  });

  it("are no fields and no getters: nobody would call them", async () => {
    class Field extends Model("unit_field", { name: str() }) {
      override afterSave = async () => {};
    }
    class Getter extends Model("unit_getter", { name: str() }) {}
    Object.defineProperty(Getter.prototype, "beforeSave", { get: () => () => {}, configurable: true });
    await db.createTable(Field);
    await expect(Field.using(db).create({ name: "a" })).rejects.toThrow(/afterSave is a hook, and hooks are methods/);
    expect(await db.scalar`select count(*) from unit_field`).toBe(0);
    await expect(Getter.using(db).create({ name: "a" })).rejects.toThrow(UsageError);
  });

  it("are no columns and no relations", () => {
    for (const name of ["beforeSave", "afterCommit", "afterRollback", "beforeRestore", "afterPurge", "afterLoad"])
      expect(() => Model("unit_column", { [name]: str() } as never), name).toThrow(UsageError);
  });

  it("leave a class alone whose constructor wants values", () => {
    class Wanting extends Model("unit_wanting", { name: str() }) {
      readonly first: string | undefined;
      constructor(values: { name: string }) {
        super(values);
        this.first = values.name[0];
      }
    }
    const wanting = new Wanting({ name: "abc" });
    expect(hooksOf(Wanting)).toBeNull();
    expect(wanting.first).toBe("a");
  });
});
