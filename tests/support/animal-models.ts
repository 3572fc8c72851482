/** Rows of several classes in one table, and what refers to them. */
import { foreignKey, int, Model, oneOf, SoftDeleteModel, str } from "kakaorm";

export class Home extends Model("va_home", { city: str() }) {
  get animals() {
    return this.hasMany(Animal, (animal) => animal.homeId);
  }
  get dogs() {
    return this.hasMany(Dog, (dog) => dog.homeId);
  }
}
export class Animal extends SoftDeleteModel(
  "va_animal",
  { kind: str().default("animal"), name: str(), homeId: foreignKey(() => Home).nullable() },
  { discriminator: "kind" },
) {
  static get variants() {
    return [Dog, Cat];
  }
  get home() {
    return this.belongsTo(Home, (animal) => animal.homeId);
  }
  speak() {
    return `${this.name}: ...`;
  }
}
export class Dog extends Animal.variant("dog", { breed: str(), size: int().default(3) }) {
  override speak() {
    return `${this.name}: woof, ${this.breed}`;
  }
}
export class Cat extends Animal.variant("cat", { lives: int().nullable(), color: oneOf("black", "white").default("black") }) {
  override speak() {
    return `${this.name}: meow`;
  }
}
export class Toy extends Model("va_toy", { label: str(), dogId: foreignKey(() => Dog, { onDelete: "cascade" }) }) {
  get dog() {
    return this.belongsTo(Dog, (toy) => toy.dogId);
  }
}
