/** What the types of constants and casts promise. */
import { bigint, bool, cast, date, datetime, decimal, float, int, json, oneOf, text, value } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Post } from "./models.ts";

export async function casts(): Promise<void> {
  const constants = await Post.all().select(() => ({
    text: value("a"),
    number: value(5),
    yes: value(true),
    big: value(5n),
    at: value(new Date()),
    price: value("1.50", decimal({ precision: 5, scale: 2 })),
    word: value("a", oneOf("a", "b")),
    document: value({ a: 1 }, json<{ a: number }>()),
    none: value(null, int()),
  }));
  type Constants = {
    text: string;
    number: number;
    yes: boolean;
    big: bigint;
    at: Date;
    price: string;
    word: "a" | "b";
    document: { a: number };
    none: number | null;
  };
  check<Same<typeof constants, Constants[]>>();
  // @ts-expect-error not a word of the type
  value("c", oneOf("a", "b"));
  // @ts-expect-error a NULL has a type
  value(null);
  // @ts-expect-error decimals are text
  value(1.5, decimal({ precision: 5, scale: 2 }));
  Post.where((p) =>
    value(5)
      .lt(p.views)
      .and(
        value("1.5", decimal({ precision: 5, scale: 2 }))
          .mul(2)
          .gt(p.price),
      ),
  );
  // @ts-expect-error a number is no text
  Post.where((p) => p.title.eq(value(5)));

  const found = await Post.all().select((p) => ({
    whole: cast(p.price, int()),
    big: cast(p.views, bigint()),
    parsed: cast(p.title, float()),
    written: cast(p.views, text()),
    yes: cast(p.views, bool()),
    day: cast(p.createdAt, date()),
    at: cast(cast(p.createdAt, date()), datetime()),
  }));
  type Found = {
    whole: number | null;
    big: bigint;
    parsed: number | null;
    written: string;
    yes: boolean;
    day: string;
    at: Date;
  };
  check<Same<typeof found, Found[]>>();
  Post.where((p) => cast(p.views, text()).startsWith("1").and(cast(p.views, bool()).not()));
  // @ts-expect-error a number has no like
  Post.where((p) => cast(p.title, int()).like("1%"));
  // @ts-expect-error the type is a column, not a word
  Post.where((p) => cast(p.title, "int").eq(1));
}
