/** A blog with everything that a relation can be: soft-deleted, archived, of a tenant, of keys in two columns, linked. */
import { type AnyModel, ArchiveModel, bool, type Engine, foreignKey, int, Model, SoftDeleteModel, str } from "kakaorm";
import type { TargetContext } from "../targets/target.ts";

let tenant = 1;
export function asTenant(id: number): void {
  tenant = id;
}
const TenantModel = Model.extend({ columns: { tenantId: int() }, scopes: { tenant: (row) => row.tenantId.eq(tenant) } });

export class Author extends SoftDeleteModel("pre_author", { name: str(), mentorId: foreignKey("pre_author").nullable() }) {
  get posts() {
    return this.hasMany(Post, (post) => post.authorId);
  }
  get best() {
    return this.hasMany(Post, (post) => post.authorId, {
      where: (post) => post.live,
      orderBy: (post) => [post.views.desc(), post.id.asc()],
    });
  }
  get profile() {
    return this.hasOne(Profile, (profile) => profile.authorId);
  }
  /** No key says that there is one alone. */
  get anyPost() {
    return this.hasOne(Post, (post) => post.authorId);
  }
  get mentor() {
    return this.belongsTo(Author, (author) => author.mentorId);
  }
  get pupils() {
    return this.hasMany(Author, (author) => author.mentorId);
  }
}
export class Profile extends Model("pre_profile", { bio: str(), authorId: foreignKey(() => Author).unique() }) {
  get author() {
    return this.belongsTo(Author, (profile) => profile.authorId);
  }
}
export class Post extends Model("pre_post", {
  title: str(),
  views: int().default(0),
  live: bool().default(true),
  authorId: foreignKey(() => Author).nullable(),
}) {
  get author() {
    return this.belongsTo(Author, (post) => post.authorId);
  }
  get comments() {
    return this.hasMany(Comment, (comment) => comment.postId);
  }
  get notes() {
    return this.hasMany(Note, (note) => note.postId);
  }
  get stamp() {
    return this.hasOne(Stamp, (stamp) => stamp.postId);
  }
  get tags() {
    return this.manyToMany(Tag, PostTag, (link) => [link.postId, link.tagId], { orderBy: (tag) => tag.label.asc() });
  }
}
export class Comment extends SoftDeleteModel("pre_comment", {
  body: str(),
  votes: int().default(0),
  postId: foreignKey(() => Post).hidden(),
  authorId: foreignKey(() => Author).nullable(),
}) {
  get post() {
    return this.belongsTo(Post, (comment) => comment.postId);
  }
  get author() {
    return this.belongsTo(Author, (comment) => comment.authorId);
  }
}
export class Note extends ArchiveModel("pre_note", { text: str(), postId: foreignKey(() => Post) }) {}
export class Stamp extends TenantModel("pre_stamp", { mark: str(), postId: foreignKey(() => Post).unique() }) {}
export class Tag extends Model("pre_tag", { label: str() }) {
  get posts() {
    return this.manyToMany(Post, PostTag, (link) => [link.tagId, link.postId]);
  }
}
export class PostTag extends Model("pre_post_tag", {
  postId: foreignKey(() => Post).primaryKey(),
  tagId: foreignKey(() => Tag).primaryKey(),
}) {}
export class Seat extends Model("pre_seat", { hall: str({ length: 10 }).primaryKey(), number: int().primaryKey() }) {
  get tickets() {
    return this.hasMany(Ticket, (ticket) => [ticket.hall, ticket.number]);
  }
}
export class Ticket extends Model(
  "pre_ticket",
  { hall: str({ length: 10 }), number: int(), holder: str() },
  { foreignKeys: [{ on: ["hall", "number"], target: () => Seat }] },
) {
  get seat() {
    return this.belongsTo(Seat, (ticket) => [ticket.hall, ticket.number]);
  }
}

export const tables = [Author, Profile, Post, Comment, Note, Stamp, Tag, PostTag, Seat, Ticket] as const;

const using =
  (t: TargetContext) =>
  <M extends AnyModel>(model: M): M =>
    (model as unknown as { using(engine: Engine): M }).using(t.engine());

/** Models on the target, and the statements of some work. */
export function blog(t: TargetContext) {
  return {
    on: using(t),
    /** The SELECTs that the work sends, and what it gives. */
    async sent<T>(work: () => PromiseLike<T>): Promise<[T, string[]]> {
      const statements: string[] = [];
      const stop = t.engine().on("statement", ({ sql, operation }) => {
        if (operation !== "transaction") statements.push(sql);
      });
      try {
        return [await work(), statements];
      } finally {
        stop();
      }
    },
  };
}

/**
 * Ada (with a profile) has posts a1 a2 a3 with 1, 2, 3 views, a2 not live; Bob, her pupil, b1; Cay nothing; a post without author.
 * Every post has comments c1 to c4 with as many votes, the authors taking turns; c4 is deleted. Tags x y z on a1, y on b1.
 */
export async function fill(t: TargetContext): Promise<{ ada: Author; bob: Author; cay: Author }> {
  const on = using(t);
  asTenant(1);
  const ada = await on(Author).create({ name: "Ada" });
  const [bob, cay] = (await on(Author).bulkCreate([{ name: "Bob", mentorId: ada.id }, { name: "Cay" }])) as [Author, Author];
  await on(Profile).create({ bio: "math", authorId: ada.id });
  const posts = await on(Post).bulkCreate([
    { title: "a1", views: 1, authorId: ada.id },
    { title: "a2", views: 2, live: false, authorId: ada.id },
    { title: "a3", views: 3, authorId: ada.id },
    { title: "b1", views: 9, authorId: bob.id },
    { title: "none" },
  ]);
  const [a1, , , b1] = posts as [Post, Post, Post, Post];
  await on(Comment).bulkCreate(
    posts.flatMap((post) =>
      [1, 2, 3, 4].map((n) => ({ body: `c${n}`, votes: n, postId: post.id, authorId: n % 2 === 0 ? ada.id : bob.id })),
    ),
  );
  await on(Comment).where({ body: "c4" }).delete();
  await on(Note).bulkCreate([
    { text: "kept", postId: a1.id },
    { text: "gone", postId: a1.id },
  ]);
  await on(Note).where({ text: "gone" }).delete();
  await on(Stamp).create({ mark: "one", postId: a1.id, tenantId: 1 });
  asTenant(2);
  await on(Stamp).create({ mark: "two", postId: b1.id, tenantId: 2 });
  asTenant(1);
  const [x, y, z] = (await on(Tag).bulkCreate([{ label: "x" }, { label: "y" }, { label: "z" }])) as [Tag, Tag, Tag];
  await a1.tags.add(x, y, z);
  await b1.tags.add(y);
  await on(Seat).bulkCreate([
    { hall: "A", number: 1 },
    { hall: "A", number: 2 },
    { hall: "B", number: 1 },
  ]);
  await on(Ticket).bulkCreate([
    { hall: "A", number: 1, holder: "p" },
    { hall: "A", number: 1, holder: "q" },
    { hall: "B", number: 1, holder: "r" },
  ]);
  return { ada, bob, cay };
}
