/** Models as schemas: what goes in and comes out, with zod and in routes. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import Fastify from "fastify";
import { bigint, bytes, custom, datetime, foreignKey, json, Model, SoftDeleteModel, shapeOf, str, text, VersionedModel } from "kakaorm";
import { type KakaTypeProvider, kaka } from "kakaorm/fastify";
import { zodOf } from "kakaorm/zod";
import type * as z from "zod";
import { check, type Same } from "./assert.ts";

class Author extends Model("author", { name: str(), password: str().hidden() }) {
  get posts() {
    return this.hasMany(Post, (post) => post.authorId);
  }
}
class Post extends Model("post", {
  title: str(),
  body: text().nullable(),
  views: bigint().default(0n),
  at: datetime().nullable(),
  file: bytes().nullable(),
  meta: json<{ a: number }>().nullable(),
  tags: custom(str(), { encode: (words: string[]) => words.join(" "), decode: (line: string) => line.split(" ") }),
  role: str().serverOnly(),
  authorId: foreignKey(() => Author),
}) {
  get author() {
    return this.belongsTo(Author, (post) => post.authorId);
  }
}

interface Row {
  id: number;
  title: string;
  body: string | null;
  views: bigint;
  at: Date | null;
  file: Uint8Array | null;
  meta: { a: number } | null;
  tags: string[];
  role: string;
  authorId: number;
}
interface JsonRow extends Omit<Row, "views" | "at" | "file" | "tags"> {
  views: string;
  at: string | null;
  file: string | null;
  tags: string;
}
interface Insert {
  title: string;
  tags: string[];
  authorId: number;
  body?: string | null;
  views?: bigint;
  at?: Date | null;
  file?: Uint8Array | null;
  meta?: { a: number } | null;
}
type Flat<T> = { [K in keyof T]: T[K] };

// Standard Schema
check<Same<Flat<StandardSchemaV1.InferOutput<typeof Post>>, Flat<Row>>>();
check<Same<StandardSchemaV1.InferOutput<typeof Post.insert>, Flat<Insert>>>();
check<Same<StandardSchemaV1.InferOutput<typeof Post.update>, Flat<Partial<Insert>>>>();
check<Same<StandardSchemaV1.InferInput<typeof Post.insert>["at"], Date | string | null | undefined>>();
check<Same<StandardSchemaV1.InferInput<typeof Post.insert>["tags"], string[] | string>>();
export const standard: StandardSchemaV1 & StandardJSONSchemaV1 = Post.insert;
Post.create((Post.insert["~standard"].validate({}) as { value: StandardSchemaV1.InferOutput<typeof Post.insert> }).value);

// Parts
const Part = shapeOf(Post, { pick: ["id", "at"], nested: ["author"] });
check<Same<StandardSchemaV1.InferOutput<typeof Part>, { id: number; at: Date | null; author: { id: number; name: string } }>>();
const Patch = shapeOf(Post.insert, { omit: ["tags", "authorId", "meta", "file", "views", "body"], partial: true });
check<Same<StandardSchemaV1.InferOutput<typeof Patch>, { title?: string; at?: Date | null }>>();
// @ts-expect-error no such column
shapeOf(Post, { pick: ["nothing"] });
// @ts-expect-error a hidden column is in no row
shapeOf(Author, { pick: ["password"] });
// @ts-expect-error a server-only column is in no insert
shapeOf(Post.insert, { omit: ["role"] });
// @ts-expect-error a column is no relation
shapeOf(Post, { nested: ["title"] });

// What the ORM keeps
class Note extends SoftDeleteModel.extend(VersionedModel)("note", { text: str() }) {}
check<Same<StandardSchemaV1.InferOutput<typeof Note.insert>, { text: string }>>();
check<Same<StandardSchemaV1.InferOutput<typeof Note.update>, { text?: string }>>();

// zod
const rows = zodOf(Post);
check<Same<z.output<typeof rows>, Flat<Row>>>();
check<Same<z.input<typeof rows>, Flat<Row>>>();
const inserts = zodOf(Post.insert, { json: true });
check<Same<z.output<typeof inserts>, Flat<Insert>>>();
check<
  Same<
    z.input<typeof inserts>,
    {
      title: string;
      tags: string;
      authorId: number;
      body?: string | null;
      views?: string;
      at?: string | null;
      file?: string | null;
      meta?: { a: number } | null;
    }
  >
>();
const nested = zodOf(Author, { nested: ["posts"], json: true });
check<Same<z.output<typeof nested>, { id: number; name: string; posts: Flat<Row>[] }>>();
check<Same<z.input<typeof nested>["posts"][number], Flat<JsonRow>>>();
check<Same<z.output<ReturnType<typeof updates>>, { title?: string }>>();
function updates() {
  return zodOf(Post.update, { pick: ["title"] });
}
Post.create(inserts.parse({}));
// @ts-expect-error zod's own methods know the columns
rows.pick({ nothing: true });

// Routes
export async function routes() {
  const app = Fastify().withTypeProvider<KakaTypeProvider>();
  await app.register(kaka, { url: "sqlite::memory:" });
  app.post("/", { schema: { body: Post.insert, response: { 201: Post } } }, async (request, reply) => {
    check<Same<typeof request.body, Flat<Insert>>>();
    // @ts-expect-error a column that is not there, or is no longer
    request.body.subtitle;
    // @ts-expect-error never taken from a request
    request.body.role;
    reply.code(201);
    return Post.create(request.body);
  });
  app.get("/:id", { schema: { params: shapeOf(Post, { pick: ["id"] }), response: { 200: [Post] } } }, async (request) => {
    check<Same<typeof request.params, { id: number }>>();
    return Post.where({ id: request.params.id });
  });
  app.post("/many", { schema: { body: [Post.insert] } }, async (request) => {
    check<Same<typeof request.body, Flat<Insert>[]>>();
    return {};
  });
  app.get("/nested", { schema: { response: { 200: Part } } }, async () => Post.all().prefetch("author").get({ id: 1 }));
  const page = { type: "object", properties: { items: [Post], total: { type: "integer" } } } as const;
  app.get("/page", { schema: { response: { 200: page } } }, async () => ({ items: await Post.all(), total: 1 }));
  app.get("/plain", { schema: { response: { 200: Author } } }, async () => ({ id: 1, name: "Ada" }));
  app.get("/engine", async () => app.db.poolStats());

  // @ts-expect-error the row of another model
  app.get("/1", { schema: { response: { 200: Post } } }, async () => Author.get({ id: 1 }));
  // @ts-expect-error one row for a list
  app.get("/2", { schema: { response: { 200: [Post] } } }, async () => Post.get({ id: 1 }));
  // @ts-expect-error a column is missing
  app.get("/3", { schema: { response: { 200: Author } } }, async () => ({ id: 1 }));
  // @ts-expect-error a column of another type
  app.get("/4", { schema: { response: { 200: Author } } }, async () => ({ id: "1", name: "Ada" }));
  // @ts-expect-error rows of another model in a page
  app.get("/5", { schema: { response: { 200: page } } }, async () => ({ items: await Author.all(), total: 1 }));
}
