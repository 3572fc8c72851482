/** What the types of subtotals and named windows promise. */
import { count, grouping, rank, sum } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Post } from "./models.ts";

export async function windows(): Promise<void> {
  const totals = await Post.all()
    .groupByRollup((p) => [p.status, p.published])
    .having((p) => grouping(p.status).eq(0))
    .orderBy((p) => [p.status, grouping(p.published).desc()])
    .select((p) => ({ status: p.status, n: count(), views: sum(p.views), all: grouping(p.status) }));
  type Total = { status: "draft" | "live" | null; n: number; views: number | null; all: number };
  check<Same<typeof totals, Total[]>>();
  // @ts-expect-error keys are expressions
  Post.all().groupByRollup(() => "status");
  // @ts-expect-error a name is text
  Post.all().select((p) => ({ place: rank().over({ name: 5, orderBy: p.views.desc() }) }));
}
