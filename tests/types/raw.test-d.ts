/** Hand-written SQL: a fragment has the type that its writer says, or that of a column. */
import { bool, connect, decimal, type Expr, int, json, type NumberExpr, oneOf, sql, str, sum, type WhereClause } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Author, Post } from "./models.ts";

export async function fragments(): Promise<void> {
  const rows = await Post.all().select((p) => ({
    word: sql<string>`upper(${p.title})`,
    n: sql`${p.views} * 2`.as(int()),
    maybe: sql`null`.as(int().nullable()),
    price: sql`${p.price}`.as(decimal({ precision: 10, scale: 2 }).nullable()),
    kind: sql`'a'`.as(oneOf("a", "b")),
    flag: sql`${p.views} > 1`.as(bool()),
    doc: sql`${p.meta}`.as(json<{ a: number }>()),
    total: sum(sql`${p.views}`.as(int())),
  }));
  type Row = {
    word: string;
    n: number;
    maybe: number | null;
    price: string | null;
    kind: "a" | "b";
    flag: boolean;
    doc: { a: number };
    total: number | null;
  };
  check<Same<typeof rows, Row[]>>();
  const n = sql`1`.as(int());
  check<Same<typeof n, NumberExpr<number, "int">>>();
  await Post.where((p) => sql`${p.views} * 2`.as(int()).between(1, 5).and(sql`${p.title}`.as(str()).startsWith("a")));
  await Post.where(sql`${1} = ${1}`.as(bool()).not()).orderBy((p) => sql`${p.views}`.as(int()).desc());
  const joined: WhereClause = sql.join<boolean>([sql`a`, 1, Post.c.views.gt(1)], sql` or `);
  await Post.where(joined);
  const unsafe: Expr<unknown> = sql.unsafe("now()");
  await Post.all().select(() => ({ unsafe, typed: sql.unsafe("1").as(int()), joined: sql.join([1, 2]).as(str()) }));
  // @ts-expect-error a number has no like
  sql`1`.as(int()).like("1%");
  // @ts-expect-error as takes a column
  sql`1`.as("int");
  // @ts-expect-error as takes a column, not one of a source
  sql`1`.as(Post.c.views);
  // @ts-expect-error a separator is a fragment
  sql.join([1, 2], " or ");
  // @ts-expect-error parts are an array
  sql.join("1");
  // @ts-expect-error a text
  sql.unsafe(5);
  // @ts-expect-error a fragment of a number is no condition
  Post.where(sql<number>`1`);
}

export async function models(): Promise<void> {
  await using db = await connect("sqlite::memory:");
  const posts = await Post.fromSQL`select * from post where views > ${10}`;
  check<Same<typeof posts, Post[]>>();
  const authors = await Author.using(db).fromSQL`select * from author`;
  check<Same<typeof authors, Author[]>>();
  posts[0]?.title.toUpperCase();
  await posts[0]?.save();
  // @ts-expect-error hidden columns are not on a row
  authors[0]?.password;
  // @ts-expect-error a template tag
  await Post.fromSQL("select * from post");
}
