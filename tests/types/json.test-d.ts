/** JSON documents: paths, parts and changes are typed by the shape of the document. */
import { bool, JsonNull, json, Model, str } from "kakaorm";
import { check, type Same } from "./assert.ts";

interface Meta {
  address: { city: string; zip?: string; geo: { at: [number, number] } | null };
  tags: string[];
  levels: (number | null)[];
  items: { sku: string; n: number }[];
  live: boolean;
  kind: "a" | "b";
  byName: Record<string, number>;
}
class Shop extends Model("t_shop", {
  name: str(),
  open: bool().nullable(),
  shut: bool(),
  meta: json<Meta>(),
  maybe: json<Meta>().nullable(),
  list: json<string[]>().nullable(),
  any: json<any>(),
  unknown: json<unknown>(),
}) {}

export async function paths(): Promise<void> {
  const [row] = await Shop.all().select((s) => ({
    city: s.meta.path("address", "city"),
    chained: s.maybe.path("address").path("city"),
    zip: s.meta.path("address", "zip"),
    geo: s.meta.path("address", "geo"),
    lat: s.meta.path("address", "geo", "at", 0),
    tag: s.meta.path("tags", 3),
    item: s.meta.path("items", 0, "n"),
    level: s.meta.path("levels", 0),
    named: s.meta.path("byName", "x"),
    text: s.meta.path("tags", 0).asText(),
    number: s.meta.path("items", 0, "n").asNumber(),
    live: s.meta.path("live").asBoolean(),
    open: s.open,
    shut: s.shut,
    more: s.meta.length().gt(1),
    length: s.maybe.path("tags").length(),
    any: s.any.path("a", 0, "b"),
    unknown: s.unknown.path("a", 0),
  }));
  check<
    Same<
      NonNullable<typeof row>,
      {
        city: string | null;
        chained: string | null;
        zip: string | null;
        geo: { at: [number, number] } | null;
        lat: number | null;
        tag: string | null;
        item: number | null;
        level: number | null;
        named: number | null;
        text: string | null;
        number: number | null;
        live: boolean | null;
        open: boolean | null;
        shut: boolean;
        more: boolean | null;
        length: number | null;
        any: any;
        unknown: unknown;
      }
    >
  >();
  await Shop.where((s) => s.meta.path("live").asBoolean().and(s.meta.path("address", "city").eq("Oslo")));
  // @ts-expect-error no such key
  Shop.where((s) => s.meta.path("adress").isNull());
  // @ts-expect-error no such key below
  Shop.where((s) => s.meta.path("address", "town").isNull());
  // @ts-expect-error arrays have indexes
  Shop.where((s) => s.meta.path("tags", "length").isNull());
  // @ts-expect-error objects have keys
  Shop.where((s) => s.meta.path("address", 0).isNull());
  // @ts-expect-error nothing is inside a text
  Shop.where((s) => s.meta.path("address", "city", "x").isNull());
  // @ts-expect-error wrong type of value
  Shop.where((s) => s.meta.path("address", "city").eq(5));
}

export async function conditions(): Promise<void> {
  await Shop.where((s) => s.meta.contains({ address: { city: "Oslo" }, tags: ["a"], items: [{ sku: "x" }] }));
  await Shop.where((s) => s.maybe.contains({ address: { geo: null } }));
  await Shop.where((s) => s.list.contains(["a"]).or(s.list.contains("a"), s.list.has("a")));
  await Shop.where((s) => s.meta.path("tags").contains("a").and(s.meta.path("levels").has(JsonNull), s.meta.path("levels").has(3)));
  await Shop.where((s) => s.any.contains({ a: [1] }).and(s.any.has(1), s.unknown.contains({ a: 1 }), s.unknown.has("x")));
  await Shop.where((s) => s.meta.path("tags").length().gt(2));
  // @ts-expect-error no such key
  Shop.where((s) => s.meta.contains({ adress: {} }));
  // @ts-expect-error wrong type of value
  Shop.where((s) => s.meta.contains({ address: { city: 5 } }));
  // @ts-expect-error null is not a part
  Shop.where((s) => s.maybe.contains(null));
  // @ts-expect-error wrong element
  Shop.where((s) => s.meta.path("tags").has(5));
  // @ts-expect-error a text has no elements
  Shop.where((s) => s.meta.path("address", "city").has("O"));
  // @ts-expect-error objects are found with contains
  Shop.where((s) => s.meta.path("items").has({ sku: "x", n: 1 }));
}

export async function changes(): Promise<void> {
  await Shop.where((s) => s.open).update((s) => ({
    meta: s.meta.set(["address", "city"], "Berlin").set(["tags", 0], s.name).unset(["address", "zip"]).append(["tags"], "x"),
    maybe: s.maybe.set(["address", "geo"], null).set(["live"], s.meta.path("live").asBoolean()).set(["live"], s.meta.path("tags").has("x")),
    list: s.list.append([], "x"),
    any: s.any.set(["a", 0, "b"], { c: 1 }).append([], 5),
    unknown: s.unknown.set(["a"], [1]),
  }));
  await Shop.where((s) => s.open).update((s) => ({ meta: s.meta.append(["items"], { sku: "a", n: 1 }).set(["kind"], "b") }));
  // @ts-expect-error wrong type of value
  Shop.all().update((s) => ({ meta: s.meta.set(["address", "city"], 5) }));
  // @ts-expect-error wrong type of expression
  Shop.all().update((s) => ({ meta: s.meta.set(["address", "city"], s.open) }));
  // @ts-expect-error a city is no null
  Shop.all().update((s) => ({ meta: s.meta.set(["address", "city"], null) }));
  // @ts-expect-error no such path
  Shop.all().update((s) => ({ meta: s.meta.unset(["address", "town"]) }));
  // @ts-expect-error no array
  Shop.all().update((s) => ({ meta: s.meta.append(["address"], "x") }));
  // @ts-expect-error wrong element
  Shop.all().update((s) => ({ meta: s.meta.append(["tags"], 5) }));
  // @ts-expect-error the whole document is assigned
  Shop.all().update((s) => ({ meta: s.meta.set([], {}) }));
}
