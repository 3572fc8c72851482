/** Several classes of rows in one table, told by a column. */
import { count, int, Model, str, UsageError, ValidationError } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Animal, Cat, Dog, Home, Toy } from "../support/animal-models.ts";
import { usingOf } from "../support/kept-models.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const models = [Home, Animal, Dog, Cat, Toy] as const;
  let home: Home;
  let rex: Dog;
  const spoken = async (rows: PromiseLike<Animal[]>) => (await rows).map((row) => row.speak()).sort();

  beforeAll(() => t.engine().createTable(...models));
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    await on(Toy).all().allRows().delete();
    await on(Animal).all().allRows().delete();
    await on(Animal).onlyDeleted().purge();
    await on(Home).all().allRows().delete();
    home = await on(Home).create({ city: "Oslo" });
    rex = await on(Dog).create({ name: "rex", breed: "collie", homeId: home.id });
    await on(Cat).bulkCreate([{ name: "tom", lives: 9, homeId: home.id }]);
    await on(Animal).create({ name: "thing" });
  });

  describe("the base", () => {
    it("gives each row in its class, however it is read", async () => {
      const all = on(Animal).all();
      expect(await spoken(all)).toEqual(["rex: woof, collie", "thing: ...", "tom: meow"]);
      const [dog, cat, thing] = await all.orderBy((a) => a.kind.desc()).then((rows) => [rows[0], rows[1], rows[2]]);
      expect([dog?.constructor, cat?.constructor, thing?.constructor]).toEqual([Dog, Cat, Animal]);
      expect(dog?.toDict()).toMatchObject({ kind: "dog", name: "rex", breed: "collie", size: 3 });
      expect(Object.keys(dog ?? {})).not.toContain("lives");
      expect(Object.keys(thing ?? {})).not.toContain("breed");
      expect(await on(Animal).find(rex.id)).toBeInstanceOf(Dog);
      expect(await on(Animal).get({ name: "tom" })).toBeInstanceOf(Cat);
      const noted = await all.annotate((a) => ({ loud: a.name.eq("rex") })).where({ name: "rex" });
      expect([noted[0]?.constructor, noted[0]?.loud]).toEqual([Dog, true]);
      const seen: unknown[] = [];
      for await (const animal of all) seen.push(animal.constructor);
      expect(new Set(seen)).toEqual(new Set([Dog, Cat, Animal]));
      const many = await on(Dog).bulkCreate(Array.from({ length: 100 }, (_, i) => ({ name: `d${i}`, breed: "b" })));
      expect((await on(Animal).where({ kind: "dog" })).filter((row) => row instanceof Dog)).toHaveLength(many.length + 1);
    });

    it("gives them in joins, relations, prefetch, raw SQL and set operations", async () => {
      expect(await spoken(home.animals)).toEqual(["rex: woof, collie", "tom: meow"]);
      const [loaded] = await on(Home).all().prefetch("animals", "dogs");
      expect(loaded?.animals.loaded.map((row) => row.constructor.name).sort()).toEqual(["Cat", "Dog"]);
      expect(loaded?.dogs.loaded.map((row) => row.breed)).toEqual(["collie"]);
      const joined = await on(Home)
        .all()
        .leftJoin(Animal, (h, a) => a.homeId.eq(h.id).and(a.kind.eq("dog")))
        .select((_h, a) => ({ animal: a }));
      expect(joined.map(({ animal }) => animal?.speak())).toEqual(["rex: woof, collie"]);
      const [raw] = await on(Animal).fromSQL`select * from va_animal where name = ${"rex"}`;
      expect(raw).toBeInstanceOf(Dog);
      expect(
        await spoken(
          on(Animal)
            .where({ name: "rex" })
            .union(on(Animal).where({ name: "tom" })),
        ),
      ).toEqual(["rex: woof, collie", "tom: meow"]);
      const toy = await on(Toy).create({ label: "ball", dogId: rex.id });
      expect((await toy.dog)?.breed).toBe("collie");
      expect((await on(Toy).all().joined("dog"))[0]?.dog.loaded).toBeInstanceOf(Dog);
      expect(await rex.home).toBeInstanceOf(Home);
    });

    it("writes what it has read", async () => {
      const dog = (await on(Animal).get({ name: "rex" })) as Dog;
      dog.breed = "poodle";
      expect(dog.changes).toEqual({ breed: ["collie", "poodle"] });
      await dog.save();
      await dog.refresh();
      expect((await on(Dog).find(rex.id))?.breed).toBe("poodle");
      await dog.delete();
      expect(await on(Animal).count()).toBe(2);
      await dog.restore();
      expect(await on(Animal).where({ name: "rex" }).update({ name: "max" })).toBe(1);
      expect((await on(Dog).find(rex.id))?.name).toBe("max");
    });
  });

  describe("a variant", () => {
    it("reads, counts, changes and deletes its own rows alone", async () => {
      const cats = on(Cat);
      expect((await cats.all()).map((cat) => [cat.kind, cat.name, cat.lives, cat.color])).toEqual([["cat", "tom", 9, "black"]]);
      expect(await cats.find(rex.id as never)).toBeNull();
      expect(await on(Dog).count()).toBe(1);
      expect(
        await on(Dog)
          .where((d) => d.breed.eq("collie").or(d.name.eq("tom")))
          .count(),
      ).toBe(1);
      expect(await cats.all().aggregate(() => ({ n: count() }))).toEqual({ n: 1 });
      expect(
        await on(Home)
          .where((h) => h.dogs.some((d) => d.size.eq(3)))
          .count(),
      ).toBe(1);
      expect(await cats.all().allRows().update({ name: "tim" })).toBe(1);
      expect(await cats.unscoped("test").count()).toBe(1);
      expect(await cats.all().allRows().delete()).toBe(1);
      expect(await on(Animal).count()).toBe(2);
      expect(await cats.onlyDeleted().count()).toBe(1);
      expect(await on(Dog).onlyDeleted().count()).toBe(0);
    });

    it("tells its rows by itself, and makes no others", async () => {
      expect(rex.kind).toBe("dog");
      expect(new (on(Cat))({ name: "x" }).kind).toBe("cat");
      const [found, created] = await on(Dog).getOrCreate({ name: "bo" }, { breed: "pug" });
      expect([found.kind, created]).toEqual(["dog", true]);
      const engine = t.engine();
      await refused(engine, () => on(Dog).create({ name: "x", breed: "y", kind: "cat" }));
      await refused(engine, () => on(Dog).where({ name: "rex" }).update({ kind: "cat" }));
      await refused(engine, () => on(Dog).create({ name: "x" } as never), ValidationError);
      await refused(engine, () => on(Cat).create({ name: "x", breed: "y" } as never));
      expect((await refused(engine, () => on(Animal).bulkUpdate([rex]))).message).toMatch(/rows of Dog/);
      await refused(engine, () => on(Animal).bulkCreate([new Cat({ name: "x" })]));
      rex.size = 4;
      expect(await on(Dog).bulkUpdate([rex])).toBe(1);
    });
  });

  it("is refused where it could not work", () => {
    const Plain = Model("va_plain", { kind: str() });
    expect(() => Plain.variant("x", {})).toThrow(/has no discriminator/);
    expect(() => Dog.variant("x", {})).toThrow(/has no discriminator/);
    expect(() => Animal.variant("" as never, {})).toThrow(UsageError);
    expect(() => Animal.variant("x", { name: str() } as never)).toThrow(/name is a column of Animal already/);
    class Wrong extends Model("va_wrong", { kind: str() }, { discriminator: "kind" }) {
      static get variants(): unknown[] {
        return [Home];
      }
    }
    expect(() => Wrong.using(t.engine()).all().toSQL()).toThrow(/Home is none/);
    class Clash extends Model("va_clash", { kind: str() }, { discriminator: "kind" }) {
      static get variants() {
        return [One, Two];
      }
    }
    class One extends Clash.variant("one", { size: int() }) {}
    class Two extends Clash.variant("two", { size: str() }) {}
    expect(() => Clash.using(t.engine()).all().toSQL()).toThrow(/another variant of Clash/);
  });
}
