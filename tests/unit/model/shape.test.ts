/** Models as schemas: what is taken, what is refused, and that JSON Schema says the same. */
import { createRequire } from "node:module";
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import {
  bigint,
  bool,
  bytes,
  custom,
  date,
  datetime,
  decimal,
  float,
  foreignKey,
  int,
  json,
  Model,
  oneOf,
  SoftDeleteModel,
  shapeOf,
  smallint,
  str,
  text,
  time,
  UsageError,
  uuid,
  VersionedModel,
} from "kakaorm";
import { describe, expect, it } from "vitest";

type Validate = (value: unknown) => boolean;
const load = createRequire(createRequire(import.meta.url).resolve("fastify"));
const Ajv = load("ajv/dist/2020").default as new (o: object) => { compile(schema: object): Validate };
const Ajv7 = load("ajv").default as typeof Ajv;
const addFormats = load("ajv-formats") as (ajv: object) => void;

class Shop extends Model("shape_shop", { name: str() }) {
  get items() {
    return this.hasMany(Item, (item) => item.shopId);
  }
}
class Item extends Model("shape_item", {
  code: str({ length: 8 }).regex(/^[A-Z]+$/),
  name: str().minLength(2).maxLength(10),
  mail: str().email().nullable(),
  stock: int().minValue(0).maxValue(100).default(5),
  small: smallint().default(1),
  rate: float().default(0.5),
  price: decimal({ precision: 6, scale: 2 }).default("1.00"),
  open: bool().default(true),
  kind: oneOf("a", "b").nullable(),
  big: bigint().default(7n),
  day: date().nullable(),
  clock: time().nullable(),
  at: datetime().nullable(),
  key: uuid().nullable(),
  data: bytes().nullable(),
  meta: json<{ a: number }>().nullable(),
  list: custom(text(), { encode: (words: string[]) => words.join(" "), decode: (line: string) => line.split(" ") }).nullable(),
  secret: str().hidden().default("s"),
  role: str().serverOnly().default("none"),
  shopId: foreignKey(() => Shop).nullable(),
}) {
  get shop() {
    return this.belongsTo(Shop, (item) => item.shopId);
  }
}

type Standard = StandardSchemaV1 & StandardJSONSchemaV1;
// The interfaces of the specification are met by models and by schemas made of them.
const insert: Standard = Item.insert;
const row: Standard = Item as Standard;

function validate(schema: Standard, input: unknown): { value?: unknown; issues?: readonly StandardSchemaV1.Issue[] | undefined } {
  return schema["~standard"].validate(input) as never;
}

const least = { code: "ABC", name: "Tea" };

describe("validating", () => {
  it("takes JSON and values alike, and answers values in their normal form", () => {
    const given = {
      ...least,
      price: "2.5",
      big: "123",
      at: "2024-02-29T12:00:00+02:00",
      key: "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
      clock: "12:30",
      data: "aGk=",
      meta: { a: 1 },
      list: "x y",
    };
    const value = {
      ...least,
      price: "2.50",
      big: 123n,
      at: new Date("2024-02-29T10:00:00Z"),
      key: "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
      clock: "12:30:00",
      data: new Uint8Array([104, 105]),
      meta: { a: 1 },
      list: ["x", "y"],
    };
    expect(validate(insert, given)).toEqual({ value });
    expect(validate(insert, value)).toEqual({ value });
    expect(insert["~standard"]).toMatchObject({ version: 1, vendor: "kakaorm" });
  });

  it("tells everything that is wrong, and where", () => {
    const { issues } = validate(insert, { code: "abc", mail: "x", stock: 101, at: "soon", big: "1.5", id: 1, role: "admin", other: 1 });
    expect(issues?.map(({ path, message }) => [path?.join("."), message])).toEqual([
      ["code", "does not have the right form"],
      ["name", "is required"],
      ["mail", "must be an email address"],
      ["stock", "must be 100 or less"],
      ["big", "must be a whole number as text"],
      ["at", 'must be an instant such as "2024-02-29T12:30:00Z"'],
      ["id", "is not known here"],
      ["role", "is not known here"],
      ["other", "is not known here"],
    ]);
    expect(validate(insert, null).issues).toEqual([expect.objectContaining({ path: [], message: "must be an object" })]);
    expect(validate(insert, Object.create(least)).issues?.[0]?.message).toBe("must be an object");
  });

  it("neither reads what an input inherits nor writes what it is called", () => {
    const input = JSON.parse('{"code":"ABC","name":"Tea","__proto__":{"stock":9}}');
    expect(validate(insert, input).issues?.map(({ path }) => path)).toEqual([["__proto__"]]);
    expect(({} as { stock?: number }).stock).toBeUndefined();
  });

  it("lets an update have any columns but the key", () => {
    expect(validate(Item.update, {})).toEqual({ value: {} });
    expect(validate(Item.update, { name: "Milk", kind: null })).toEqual({ value: { name: "Milk", kind: null } });
    expect(validate(Item.update, { id: 1, name: null }).issues?.map(({ path }) => path?.[0])).toEqual(["name", "id"]);
  });

  it("of a row asks for every column that is not hidden, and drops the rest", () => {
    const shop = { id: 1, name: "Corner" };
    expect(validate(Shop as Standard, { ...shop, more: 1 })).toEqual({ value: shop });
    expect(validate(row, {}).issues?.map(({ path }) => path?.[0])).not.toContain("secret");
    const nested: Standard = shapeOf(Shop, { nested: ["items"] });
    expect(validate(nested, { ...shop, items: [{}] }).issues?.[0]).toMatchObject({ path: ["items.0.id"] });
  });
});

describe("what the ORM keeps itself", () => {
  it("is in rows, and never taken from input", () => {
    class Note extends SoftDeleteModel.extend(VersionedModel)("shape_note", { text: str() }) {}
    const of = (schema: Standard) => Object.keys(schema["~standard"].jsonSchema.input({ target: "draft-07" })["properties"] as object);
    expect(of(Note as Standard)).toEqual(["id", "text", "deletedAt", "version"]);
    expect([of(Note.insert), of(Note.update)]).toEqual([["text"], ["text"]]);
    expect(validate(Note.update, { version: 9, deletedAt: null }).issues).toHaveLength(2);
  });
});

describe("a part of a schema", () => {
  it("has what was picked, without what was left out", () => {
    const names = (schema: Standard) => Object.keys(schema["~standard"].jsonSchema.input({ target: "draft-07" })["properties"] as object);
    expect(names(shapeOf(Item, { pick: ["id", "name"] }))).toEqual(["id", "name"]);
    expect(names(shapeOf(shapeOf(Item, { pick: ["id", "name"] }), { omit: ["id"] }))).toEqual(["name"]);
    expect(names(shapeOf(Shop.insert))).toEqual(["name"]);
    expect(validate(shapeOf(Item.insert, { partial: true }), {})).toEqual({ value: {} });
    expect(Item.insert).toBe(Item.insert);
  });

  it("is refused for names that are not there", () => {
    const broken = (work: () => Standard) => expect(() => work()["~standard"].validate({}));
    broken(() => shapeOf(Item, { pick: ["nmae" as "name"] })).toThrow(/Item has no column "nmae" \(did you mean name\?\)/);
    broken(() => shapeOf(Item, { pick: ["secret" as "name"] })).toThrow(UsageError);
    broken(() => shapeOf(Item.insert, { omit: ["id" as "name"] })).toThrow(/Item.insert has no column "id"/);
    broken(() => shapeOf(Shop, { nested: ["owner" as "items"] })).toThrow(/"owner" is none/);
    expect(() => shapeOf({} as never)).toThrow(/takes a model/);
    expect(() => shapeOf(Item, { picks: [] } as never)).toThrow(/not picks/);
    expect(() => Item.insert["~standard"].jsonSchema.input({ target: "draft-03" })).toThrow(/no JSON Schema for draft-03/);
  });
});

describe("JSON Schema", () => {
  const inputs: readonly Record<string, unknown>[] = [
    least,
    { ...least, big: "123", at: "2024-02-29T10:00:00Z", data: "aGk=", price: "2.5", day: "2024-02-29", clock: "12:30", list: "x" },
    { ...least, mail: null, kind: null, key: null, meta: null, at: null },
    { ...least, kind: "a", stock: 0, key: "6f9619ff-8b86-d011-b42d-00cf4fc964ff" },
    { ...least, meta: [1, { a: null }] },
    {},
    { ...least, other: 1 },
    { ...least, name: "x" },
    { ...least, name: "x".repeat(11) },
    { ...least, code: "abc" },
    { ...least, code: "ABCDEFGHI" },
    { ...least, mail: "nobody" },
    { ...least, stock: -1 },
    { ...least, stock: 1.5 },
    { ...least, stock: "1" },
    { ...least, small: 40_000 },
    { ...least, kind: "c" },
    { ...least, open: "true" },
    { ...least, big: 5 },
    { ...least, big: "x" },
    { ...least, day: "2024-02-30" },
    { ...least, clock: "25:00" },
    { ...least, key: "x" },
    { ...least, name: null },
    { ...least, role: "admin" },
    { ...least, id: 1 },
  ];
  const drafts = [
    ["draft-2020-12", Ajv],
    ["draft-07", Ajv7],
    // Its one word that is not JSON Schema is known to this validator.
    ["openapi-3.0", Ajv7],
  ] as const;

  it.each(drafts)("%s takes and refuses what the model does", (target, Validator) => {
    const ajv = new Validator({ strict: false, formats: { byte: true } });
    addFormats(ajv);
    const check = ajv.compile(Item.insert["~standard"].jsonSchema.input({ target }));
    for (const input of inputs) expect([check(input), input]).toEqual([validate(insert, input).issues === undefined, input]);
  });

  it("says what each draft calls null and bytes, and what a new row has without being told", () => {
    const of = (target: string) => Item.insert["~standard"].jsonSchema.output({ target })["properties"] as Record<string, unknown>;
    expect(of("draft-2020-12")["kind"]).toEqual({ type: ["string", "null"], enum: ["a", "b", null] });
    expect(of("openapi-3.0")["kind"]).toEqual({ type: "string", enum: ["a", "b", null], nullable: true });
    expect(of("draft-07")["data"]).toEqual({ type: ["string", "null"], contentEncoding: "base64" });
    expect(of("openapi-3.0")["data"]).toEqual({ type: "string", format: "byte", nullable: true });
    expect(of("draft-07")["big"]).toMatchObject({ type: "string", default: "7" });
    expect(of("draft-07")["stock"]).toEqual({ type: "integer", minimum: 0, maximum: 100, default: 5 });
    expect(Shop["~standard"].jsonSchema.input({ target: "draft-2020-12" })["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
  });
});
