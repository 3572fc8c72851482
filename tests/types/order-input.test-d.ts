/** Orders from outside: the allow-list takes what is in scope. */
import { cte, from, length } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Author, Post } from "./models.ts";

export async function orders(text: string | undefined, given: string | null): Promise<void> {
  const posts = await Post.orderByInput(text, { allow: ["views", "title", "id"], default: "-views" });
  check<Same<typeof posts, Post[]>>();
  const titles = await Post.where({ published: true })
    .orderByInput(given, { allow: ["title"] })
    .select("title");
  check<Same<typeof titles, { title: string }[]>>();
  await Post.all()
    .join(Author, (p, a) => p.authorId.eq(a.id))
    .orderByInput(text, { allow: { author: (_p, a) => a.name, size: (p) => length(p.title) } });
  const rich = cte(
    "rich",
    Post.all().select((p) => ({ title: p.title, views: p.views })),
  );
  await from(rich).orderByInput(text, { allow: ["views"] });
  // @ts-expect-error no such column
  Post.orderByInput(text, { allow: ["nope"] });
  // @ts-expect-error a column of another model
  Author.orderByInput(text, { allow: ["views"] });
  // @ts-expect-error not selected there
  from(rich).orderByInput(text, { allow: ["price"] });
  // @ts-expect-error no such column in scope
  Post.orderByInput(text, { allow: { x: (p) => p.nope } });
  // @ts-expect-error an expression, not a value
  Post.orderByInput(text, { allow: { x: () => 5 } });
  // @ts-expect-error an allow-list is needed
  Post.orderByInput(text);
  // @ts-expect-error an allow-list is needed
  Post.orderByInput(text, {});
  // @ts-expect-error a text
  Post.orderByInput(5, { allow: ["title"] });
}
