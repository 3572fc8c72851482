/** What the types of tuples promise. */
import { tuple } from "kakaorm";
import { Post } from "./models.ts";

export async function tuples(): Promise<void> {
  await Post.where((p) =>
    tuple(p.createdAt, p.id)
      .lt([new Date(), 5])
      .and(tuple(p.status, p.price).in([["live", "1.50"]])),
  );
  await Post.where((p) => tuple(p.authorId, p.views).eq([p.id, p.views]).not());
  // @ts-expect-error two expressions at least
  Post.where((p) => tuple(p.id).eq([1]));
  // @ts-expect-error one value too few
  Post.where((p) => tuple(p.id, p.views).eq([1]));
  // @ts-expect-error one value too many
  Post.where((p) => tuple(p.id, p.views).eq([1, 2, 3]));
  // @ts-expect-error the second is a number
  Post.where((p) => tuple(p.id, p.views).eq([1, "2"]));
  // @ts-expect-error null is not compared with
  Post.where((p) => tuple(p.id, p.authorId).eq([1, null]));
  // @ts-expect-error not one of the words
  Post.where((p) => tuple(p.id, p.status).in([[1, "gone"]]));
  // @ts-expect-error lists hold values
  Post.where((p) => tuple(p.id, p.views).in([[1, p.views]]));
}
