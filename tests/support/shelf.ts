/** Authors, posts and notes of known values, for suites of queries that read from other queries. */
import { bigint, decimal, type Engine, foreignKey, int, Model, str } from "kakaorm";

export class AuthorModel extends Model("rs_author", { name: str(), bio: str().nullable() }) {}
export class PostModel extends Model("rs_post", {
  title: str(),
  views: int().default(0),
  price: decimal({ precision: 8, scale: 2 }).default("1.50"),
  size: bigint().default(0n),
  secret: str().default("s").hidden(),
  authorId: foreignKey(() => AuthorModel).nullable(),
}) {}
export class NoteModel extends Model("rs_note", { text: str(), parentId: int().nullable() }) {}

export interface Shelf {
  readonly Author: typeof AuthorModel;
  readonly Post: typeof PostModel;
  readonly Note: typeof NoteModel;
}

export async function fillShelf(engine: Engine): Promise<Shelf> {
  const Author = AuthorModel.using(engine);
  const Post = PostModel.using(engine);
  const Note = NoteModel.using(engine);
  await engine.createTable(AuthorModel, PostModel, NoteModel);
  await Author.bulkCreate([{ name: "Ada" }, { name: "Bob", bio: "x" }, { name: "Cleo" }]);
  const [ada, bob] = await Author.all().orderBy((a) => a.id);
  await Post.bulkCreate([
    { title: "a", views: 5, authorId: ada?.id ?? 0, size: 9007199254740993n, price: "10.50" },
    { title: "b", views: 50, authorId: ada?.id ?? 0, size: 2n, price: "9.25" },
    { title: "c", views: 7, authorId: bob?.id ?? 0, size: 10n, price: "2.00" },
    { title: "d", views: 1, size: 3n, price: "0.01" },
  ]);
  const root = await Note.create({ text: "root" });
  const kid = await Note.create({ text: "kid", parentId: root.id });
  await Note.create({ text: "grandkid", parentId: kid.id });
  await Note.create({ text: "other" });
  return { Author, Post, Note };
}

export function clearShelf(engine: Engine): Promise<void> {
  return engine.dropTable(PostModel, AuthorModel, NoteModel);
}
