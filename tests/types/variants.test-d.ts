/** Several classes in one table. */
import { foreignKey, int, Model, SoftDeleteModel, str } from "kakaorm";
import { check, type Same } from "./assert.ts";

class Animal extends SoftDeleteModel("animal", { kind: str().default("animal"), name: str() }, { discriminator: "kind" }) {
  static get variants() {
    return [Dog, Cat];
  }
  get toys() {
    return this.hasMany(Toy, (toy) => toy.animalId);
  }
  speak(): string {
    return this.name;
  }
}
class Dog extends Animal.variant("dog", { breed: str() }) {
  override speak(): string {
    return this.breed;
  }
}
class Cat extends Animal.variant("cat", { lives: int().nullable() }) {}
class Toy extends Model("toy", { animalId: foreignKey(() => Animal) }) {}

export async function variants(): Promise<void> {
  const dog = await Dog.create({ name: "rex", breed: "collie" });
  check<Same<typeof dog, Dog>>();
  check<Same<typeof dog.breed, string>>();
  check<Same<typeof dog.name, string>>();
  const cats = await Cat.where((c) => c.lives.gt(3).and(c.name.ne("x"))).orderBy((c) => c.name);
  check<Same<typeof cats, Cat[]>>();
  const lives = await Cat.onlyDeleted().select("lives", "name");
  check<Same<typeof lives, { lives: number | null; name: string }[]>>();
  const all = await Animal.all();
  check<Same<typeof all, Animal[]>>();
  for (const animal of all) if (animal instanceof Dog) animal.breed.toUpperCase();
  const toys = await dog.toys;
  check<Same<typeof toys, Toy[]>>();
  // @ts-expect-error a dog needs a breed
  await Dog.create({ name: "x" });
  // @ts-expect-error cats have none
  Cat.where((c) => c.breed.eq("x"));
  // @ts-expect-error the base has none
  Animal.where((a) => a.breed.eq("x"));
  // @ts-expect-error no such column
  Model("x", { kind: str() }, { discriminator: "sort" });
}
