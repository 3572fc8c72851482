/** What the types of calculations, CASE and several values promise. */
import { bigint, coalesce, count, decimal, float, greatest, int, Model, str, sum, value, when } from "kakaorm";
import { check, type Same } from "./assert.ts";

class Item extends Model("item", {
  title: str(),
  note: str().nullable(),
  quantity: int(),
  spare: int().nullable(),
  units: bigint(),
  price: decimal({ precision: 15, scale: 2 }),
  fee: decimal({ precision: 15, scale: 4 }).nullable(),
  ratio: float(),
}) {}

export async function calculations(): Promise<void> {
  const numbers = await Item.all().select((i) => ({
    same: i.quantity.add(i.quantity),
    spare: i.quantity.add(i.spare),
    price: i.price.mul(i.quantity),
    turned: i.quantity.mul(i.price),
    fee: i.quantity.sub(i.fee),
    big: i.quantity.add(i.units),
    float: i.price.mul(i.ratio),
    over: i.quantity.div(i.spare),
    literal: i.quantity.mul(2),
    one: value("1", decimal({ precision: 15, scale: 2 })).sub(i.price),
  }));
  type Numbers = {
    same: number;
    spare: number | null;
    price: string;
    turned: string;
    fee: string | null;
    big: bigint;
    float: number;
    over: number | null;
    literal: number;
    one: string;
  };
  check<Same<typeof numbers, Numbers[]>>();
  const parts = await Item.all().select((i) => ({
    half: i.units.div(2),
    of: i.units.div(2n),
    both: i.units.div(i.units),
    third: i.quantity.div(3),
    perhaps: i.spare.div(3),
    more: i.units.add(1),
    most: i.units.mul(3n).sub(2),
    scaled: i.units.mul(1.5),
    less: i.units.sub(-0.5).add(i.units),
    share: i.price.div(3),
    ratio: i.ratio.div(2),
  }));
  type Parts = {
    half: number;
    of: number;
    both: number;
    third: number;
    perhaps: number | null;
    more: bigint;
    most: bigint;
    scaled: number;
    less: number;
    share: string;
    ratio: number;
  };
  check<Same<typeof parts, Parts[]>>();
  const some: number = Math.random();
  const unsure = await Item.all().select((i) => ({ big: i.units.mul(some), int: i.quantity.mul(some), price: i.price.mul(some) }));
  check<Same<typeof unsure, { big: bigint | number; int: number; price: string }[]>>();
  await Item.where((i) => i.units.gt(1n)).update((i) => ({ units: i.units.div(2), quantity: i.quantity.div(2) }));
  await Item.where((i) => i.units.gt(1n)).update((i) => ({ units: i.units.mul(1.5), quantity: i.quantity.mul(1.5) }));
  await Item.where((i) => i.units.gt(1n)).update((i) => ({ units: i.quantity.add(i.units) }));
  // @ts-expect-error a text is no number
  await Item.where((i) => i.units.gt(1n)).update((i) => ({ units: i.title }));

  const sums = await Item.all().aggregate((i) => ({
    price: sum(when(i.title.eq("x"), i.price.mul(i.quantity)).otherwise(0)),
    n: sum(when(i.quantity.gt(1), 1).otherwise(0)),
    share: sum(i.price).div(sum(i.quantity)),
    each: sum(i.quantity).div(count()),
  }));
  check<Same<typeof sums, { price: string | null; n: number | null; share: string | null; each: number | null }>>();

  const cases = await Item.all().select((i) => ({
    words: when(i.quantity.gt(1), "many").otherwise("one"),
    price: when(i.quantity.gt(1), i.price).otherwise("0.00"),
    first: when(i.quantity.gt(1), 0).otherwise(i.price),
    fee: when(i.quantity.gt(1), i.fee).end(),
    wide: when(i.quantity.gt(1), i.quantity).otherwise(i.ratio),
    big: when(i.quantity.gt(1), i.units).otherwise(0),
    text: when(i.quantity.gt(1), i.title).otherwise(i.note),
    none: when(i.quantity.gt(1), null).otherwise(1),
  }));
  type Cases = {
    words: "many" | "one";
    price: string;
    first: string;
    fee: string | null;
    wide: number;
    big: bigint;
    text: string | null;
    none: 1 | null;
  };
  check<Same<typeof cases, Cases[]>>();
  Item.where((i) => when(i.quantity.gt(1), i.price).otherwise(0).mul(2).gt("1.50"));
  Item.where((i) => when(i.quantity.gt(1), i.title).otherwise("x").like("a%"));

  const several = await Item.all().select((i) => ({
    value: coalesce(i.note, i.title, "none"),
    two: coalesce(i.note, "none"),
    maybe: coalesce(i.spare, i.spare),
    surely: coalesce(i.spare, i.spare, i.quantity),
    most: greatest(i.quantity, 5, i.quantity),
    unsure: greatest(i.quantity, i.spare, 5),
  }));
  type Several = { value: string; two: string; maybe: number | null; surely: number; most: number; unsure: number | null };
  check<Same<typeof several, Several[]>>();
  // @ts-expect-error another kind
  Item.all().select((i) => ({ x: coalesce(i.note, i.quantity) }));
  // @ts-expect-error two at least
  Item.all().select((i) => ({ x: greatest(i.quantity) }));
  // @ts-expect-error a decimal has no like
  Item.where((i) => when(i.quantity.gt(1), i.price).otherwise(0).like("1%"));
}
