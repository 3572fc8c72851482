/** What hooks, receivers and change tracking promise. */

import type { Engine } from "kakaorm";
import { type HookContext, int, Model, on, SoftDeleteModel, str, VersionedModel, version } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Author, Post } from "./models.ts";

class Page extends SoftDeleteModel("page", { title: str(), size: int().default(0), role: str().serverOnly() }) {
  get notes() {
    return this.hasMany(Note, (note) => note.pageId);
  }
  override async beforeSave({ changes, operation, engine }: HookContext<typeof Page.$specs>) {
    check<Same<typeof operation, "insert" | "update" | "upsert" | "delete" | "restore" | "purge" | "load">>();
    const [before] = changes.title ?? [];
    check<Same<typeof before, unknown>>();
    // @ts-expect-error no such column
    changes.nothing;
    await Note.using(engine).create({ pageId: 1 });
    return this.title !== "";
  }
  override afterSave() {}
  override async afterInsert() {
    return Note.create({ pageId: this.id });
  }
  override beforeRestore() {
    if (this.size > 1) return false;
  }
}
class Note extends Model("note", { pageId: int() }) {
  override afterLoad(context: HookContext) {
    check<Same<typeof context.changes, { readonly [x: string]: readonly [before: unknown, after: unknown] | undefined }>>();
  }
}

export class Wrong extends Model("wrong", { title: str() }) {
  // @ts-expect-error a hook is told of a context, not of a number
  override beforeSave(_count: number) {}
  // @ts-expect-error a text is no answer
  override beforeInsert() {
    return "yes";
  }
  // @ts-expect-error no such hook: override finds misspelt names
  override beforeSafe() {}
}
export class NoRestore extends Model("no_restore", { title: str() }) {
  // @ts-expect-error rows of a plain model do not come back
  override beforeRestore() {}
}

export function names(): void {
  // @ts-expect-error a hook's name is no column's
  Model("a", { beforeSave: str() });
  // @ts-expect-error a hook's name is no column's
  Model("a", { afterCommit: str() });
  // @ts-expect-error and neither is a member's
  Model("a", { isDirty: int() });
}

/** A model has no hook unless it says so. */
export function plain(post: Post, page: Page): void {
  check<Same<undefined extends (typeof post)["beforeSave"] ? true : false, true>>();
  check<Same<undefined extends (typeof page)["beforeSave"] ? true : false, false>>();
}

export function receivers(engine: Engine): void {
  const off = on("beforeSave", Post, (post, { changes }) => {
    check<Same<typeof post, Post>>();
    post.title = post.title.trim();
    return changes.title !== undefined;
  });
  off();
  check<Same<ReturnType<(typeof off)[typeof Symbol.dispose]>, void>>();
  on("afterSave", async (row) => void row.toJSON());
  engine.on("afterLoad", Author, async (author) => {
    check<Same<typeof author, Author>>();
  });
  engine.on("afterCommit", (row, { operation }) => void [row.toDict(), operation]);
  engine.on("statement", ({ sql }) => void sql);
  // @ts-expect-error no such event
  on("beforeSafe", Post, () => {});
  // @ts-expect-error no such column
  on("beforeSave", Post, (post) => void post.nothing);
  // @ts-expect-error nobody is asked after the fact
  on("afterSave", Post, () => false);
  // @ts-expect-error no text is an answer
  engine.on("beforeSave", Post, () => "no");
}

export async function tracking(post: Post, page: Page): Promise<void> {
  check<Same<typeof page.changedFields, ("id" | "title" | "size" | "role" | "deletedAt")[]>>();
  check<Same<typeof page.isDirty, boolean>>();
  const copy = page.clone({ title: "b" });
  check<Same<typeof copy, Page>>();
  check<Same<ReturnType<typeof page.revert>, Page>>();
  page.revert("title", "size");
  const [mine, theirs] = page.diff(copy).size ?? [];
  check<Same<typeof mine | typeof theirs, unknown>>();
  // @ts-expect-error no such column
  page.revert("nothing");
  // @ts-expect-error a number
  page.clone({ size: "b" });
  // @ts-expect-error never from input
  page.clone({ role: "admin" });
  // @ts-expect-error another model's row
  page.diff(post);
  // @ts-expect-error read only
  page.isDirty = false;
}

export async function many(pages: Page[]): Promise<void> {
  await Page.bulkCreate([{ title: "a" }], { hooks: true, batchSize: 10 });
  await Page.bulkUpdate(pages, { fields: ["title"], hooks: true });
  await Page.bulkUpdate(pages, ["title"]);
  await Page.upsert([{ title: "a" }], { on: ["id"], hooks: true });
  check<Same<Awaited<ReturnType<typeof update>>, number>>();
  await Page.where({ title: "a" }).delete({ hooks: true });
  // @ts-expect-error true or false
  await Page.where({ title: "a" }).delete({ hooks: "yes" });
  // @ts-expect-error no such option
  await Page.bulkCreate([], { hook: true });
}
const update = () => Page.where({ title: "a" }).update({ size: 1 }, { hooks: true });

export class Counted extends Model("counted", { title: str(), n: int(), v: version() }, { rebase: { disjoint: true, deltas: { n: 5 } } }) {}
export async function versions(counted: Counted): Promise<void> {
  check<Same<typeof counted.v, number>>();
  await Counted.create({ title: "a", n: 1 });
  // @ts-expect-error no number
  VersionedModel("x", { title: str() }, { rebase: { deltas: { title: "a" } } });
  // @ts-expect-error a limit of the column's type
  VersionedModel("x", { n: int() }, { rebase: { deltas: { n: "5" } } });
}
