/** Where rows come from: queries as parameters, joins of several sources, keys of models. */
import { type ColumnSpec, type Columns, cte, type Expr, foreignKey, int, Model, type QuerySet, type Scope, str } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Author, Post } from "./models.ts";

const one = Post.all();
const two = Post.all().join(Author, (p, a) => p.authorId.eq(a.id));
const three = two.leftJoin(Post, (p, _a, other) => other.id.eq(p.id));

export function asParameters(
  takes: (query: QuerySet<any, Post, any>) => void,
  ofOne: (query: QuerySet<[typeof Post], Post, any>) => void,
): void {
  takes(one);
  takes(two);
  takes(three);
  ofOne(one.where((p) => p.views.gt(1)).limit(3));
  // @ts-expect-error a query of two sources
  ofOne(two);
  // @ts-expect-error rows of another model
  takes(Author.all());
  // @ts-expect-error plain rows
  takes(one.select("id"));
}

export function ofAnySources(query: QuerySet<any, Post, any>): void {
  check<Same<Awaited<typeof query>, Post[]>>();
  query.where((p: Scope<typeof Post>) => p.views.gt(1)).limit(3);
  query.where((p: any, a: any) => p.authorId.eq(a.id));
}

export function lambdas(): void {
  three.where((...all) => all[2].views.gt(all[0].views));
  // @ts-expect-error there are three sources
  three.where((_p, _a, _q, none) => none.id.isNull());
  two.where((p) => p.views.gt(1));
  const stored = (p: Scope<typeof Post>) => p.views.gt(1);
  Post.where(stored);
  two.where(stored);
  const ofColumns = (c: Columns<{ views: ColumnSpec<number, "int"> }>) => c.views.gt(1);
  ofColumns(Post.c);
  two.where((p) => ofColumns(p));
  const ofOneColumn = (c: { views: Expr<number> }) => c.views.eq(1);
  Post.where(ofOneColumn);
  // @ts-expect-error a model without views
  Author.where(ofOneColumn);
}

export function generic<M extends typeof Post>(model: M): void {
  model.where((p) => p.views.gt(1)).orderBy((p) => p.views.desc());
}

export async function joins(): Promise<void> {
  const names = cte("names", Author.all().select("id", "name"));
  const rows = await one.leftJoin(names, (p, n) => n.id.eq(p.authorId)).select((p, n) => ({ title: p.title, name: n.name }));
  check<Same<typeof rows, { title: string; name: string | null }[]>>();
  // @ts-expect-error a condition is no column
  one.join(Author, (p) => p.views);
  // @ts-expect-error a model, or named rows
  one.join("author", (p) => p.views.gt(1));
  // @ts-expect-error a query must be named first
  one.join(Author.all(), (p) => p.views.gt(1));
}

class Code extends Model("code", { code: str().primaryKey() }) {}
class Pair extends Model("pair", { left: int().primaryKey(), right: str().primaryKey() }) {}
class Note extends Model("note", { code: foreignKey(() => Code), postId: foreignKey(() => Post) }) {}
// Columns of another model: its key is the key, or a part of it.
class Copy extends Model("copy", { ...Note.$specs, text: str() }) {}
class Dated extends Model("dated", { ...Note.$specs, day: str().primaryKey() }) {}

export async function keys(): Promise<void> {
  await Note.find(1);
  await Code.find("x");
  await Pair.find({ left: 1, right: "x" });
  await Copy.find(1);
  await Dated.find({ id: 1, day: "x" });
  // @ts-expect-error a text
  await Code.find(1);
  // @ts-expect-error both columns
  await Pair.find({ left: 1 });
  // @ts-expect-error both columns
  await Dated.find(1);
  const note = await Note.get({ id: 1 });
  check<Same<typeof note.code, string>>();
  check<Same<typeof note.postId, number>>();
}
