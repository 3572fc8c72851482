/** zod schemas of models: they take what the model takes, refuse what it refuses, and go through JSON and back. */
import { bigint, bool, bytes, custom, datetime, decimal, foreignKey, int, json, Model, oneOf, shapeOf, str, UsageError } from "kakaorm";
import { zodOf } from "kakaorm/zod";
import { describe, expect, it } from "vitest";
import * as z from "zod";

class Owner extends Model("zod_owner", { name: str({ length: 5 }), secret: str().hidden().nullable() }) {
  get pets() {
    return this.hasMany(Pet, (pet) => pet.ownerId);
  }
}
class Pet extends Model("zod_pet", {
  name: str({ length: 5 }).minLength(2, "is too short to call"),
  mail: str().email().nullable(),
  age: int().minValue(0).default(0),
  price: decimal({ precision: 6, scale: 2 }).default("1"),
  kind: oneOf("cat", "dog").default("cat"),
  tame: bool().default(true),
  chip: bigint().nullable(),
  born: datetime().nullable(),
  photo: bytes().nullable(),
  meta: json<{ a: number }>().nullable(),
  tags: custom(str(), { encode: (words: string[]) => words.join(" "), decode: (line: string) => line.split(" ") }).nullable(),
  role: str().serverOnly().default("none"),
  ownerId: foreignKey(() => Owner),
}) {
  get owner() {
    return this.belongsTo(Owner, (pet) => pet.ownerId);
  }
}

const least = { name: "Tom", ownerId: 1 };
const problems = (schema: z.ZodType, input: unknown) =>
  schema.safeParse(input).error?.issues.map(({ path, message }) => [path.join("."), message]);

describe("zodOf", () => {
  it("takes values, in their normal form, and leaves defaults to the model", () => {
    const given = { ...least, price: "2.5", chip: 5n, born: new Date(0), photo: new Uint8Array([1]), meta: { a: 1 }, tags: ["x", "y"] };
    expect(zodOf(Pet.insert).parse(given)).toEqual({ ...given, price: "2.50" });
    expect(zodOf(Pet.insert).parse(least)).toEqual(least);
  });

  it("refuses what the model refuses, in its words", () => {
    const given = {
      ownerId: 1.5,
      name: "T",
      mail: "x",
      age: -1,
      kind: "cow",
      born: "2024",
      chip: 2n ** 64n,
      price: "1.234",
      id: 1,
      role: "x",
      more: 1,
    };
    expect(problems(zodOf(Pet.insert), given)).toEqual([
      ["name", "is too short to call"],
      ["mail", "must be an email address"],
      ["age", "must be 0 or more"],
      ["price", "must have at most 2 digits after the point"],
      ["kind", 'Invalid option: expected one of "cat"|"dog"'],
      ["chip", "must be between -9223372036854775808 and 9223372036854775807"],
      ["born", "Invalid input: expected date, received string"],
      ["ownerId", "Invalid input: expected int, received number"],
      ["", 'Unrecognized keys: "id", "role", "more"'],
    ]);
    expect(problems(zodOf(Pet.insert), { ...least, name: "😀😀😀😀😀" })).toBeUndefined();
    expect(problems(zodOf(Pet.insert), { ...least, name: "😀😀😀😀😀😀" })).toEqual([["name", "must be 5 or fewer characters long"]]);
    expect(problems(zodOf(Pet.insert), { ...least, mail: undefined })?.map(([path]) => path)).toEqual(["mail"]);
  });

  it("lets an update have any columns but the key", () => {
    const schema = zodOf(Pet.update);
    expect(schema.parse({})).toEqual({});
    expect(schema.parse({ chip: null, name: "Kit" })).toEqual({ chip: null, name: "Kit" });
    expect(problems(schema, { id: 1 })).toEqual([["", 'Unrecognized key: "id"']]);
    expect(problems(schema, { name: null })?.[0]?.[0]).toBe("name");
  });

  it("of rows has what is not hidden, and loaded relations where they are asked for", () => {
    const owner = { id: 1, name: "Ann" };
    expect(zodOf(Owner).parse({ ...owner, secret: "x" })).toEqual(owner);
    expect(problems(zodOf(Owner), { id: 1 })?.[0]?.[0]).toBe("name");
    const family = zodOf(Owner, { omit: ["id"], nested: ["pets"] });
    expect(problems(family, { name: "Ann", pets: [{}] })?.map(([path]) => path)).toContain("pets.0.name");
    const pet = zodOf(Pet, { pick: ["id", "born"], nested: ["owner"], json: true });
    const row = { id: 1, born: new Date("2024-02-29T00:00:00Z"), owner };
    const text = JSON.stringify(z.encode(pet, row));
    expect(text).toBe('{"id":1,"born":"2024-02-29T00:00:00.000Z","owner":{"id":1,"name":"Ann"}}');
    expect(pet.parse(JSON.parse(text))).toEqual(row);
  });

  it("goes through JSON and back", () => {
    const schema = zodOf(Pet.insert, { json: true });
    const values = {
      ...least,
      chip: 2n ** 60n,
      born: new Date("2024-02-29T12:00:00.123Z"),
      photo: new Uint8Array([104, 105]),
      tags: ["a", "b"],
    };
    const sent = z.encode(schema, values);
    expect(sent).toEqual({ ...least, chip: "1152921504606846976", born: "2024-02-29T12:00:00.123Z", photo: "aGk=", tags: "a b" });
    expect(schema.parse(JSON.parse(JSON.stringify(sent)))).toEqual(values);
    expect(problems(schema, { ...least, chip: 5, born: "2024-02-30T00:00:00Z", photo: "?" })?.map(([path]) => path)).toEqual([
      "chip",
      "born",
      "photo",
    ]);
  });

  it("is described as JSON Schema by zod itself", () => {
    const { properties, required, additionalProperties } = z.toJSONSchema(zodOf(Pet.insert, { json: true }), { io: "input" });
    expect([required, additionalProperties]).toEqual([["name", "ownerId"], false]);
    expect(properties?.["name"]).toMatchObject({ type: "string", minLength: 2, maxLength: 5 });
    expect(properties?.["age"]).toMatchObject({ type: "integer", minimum: 0 });
    expect(properties?.["born"]).toMatchObject({ anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] });
  });

  it("chooses columns", () => {
    expect(Object.keys(zodOf(Pet, { pick: ["name", "age"] }).shape)).toEqual(["name", "age"]);
    expect(Object.keys(zodOf(Owner.insert).shape)).toEqual(["name", "secret"]);
    expect(zodOf(Pet.insert, { partial: true }).parse({})).toEqual({});
    expect(zodOf(shapeOf(Pet, { pick: ["id"] }), { json: true }).parse({ id: 4, more: 1 })).toEqual({ id: 4 });
    expect(() => zodOf(Pet, { pick: ["nmae" as "name"] })).toThrow(UsageError);
    expect(() => zodOf({} as never)).toThrow(/takes a model/);
  });
});
