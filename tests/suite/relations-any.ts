/** One relation to rows of several tables, and back. */
import {
  type AnyModel,
  type Engine,
  int,
  Model,
  NotLoadedError,
  oneOf,
  type QuerySet,
  SoftDeleteModel,
  str,
  UsageError,
  uuid,
} from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Post extends Model("any_post", { title: str() }) {
  get remarks() {
    return this.hasMany(Remark, (remark) => [remark.kind, remark.targetId], { orderBy: (remark) => remark.id.asc() });
  }
  get loud() {
    return this.hasMany(Remark, (remark) => [remark.kind, remark.targetId], { where: (remark) => remark.text.contains("!") });
  }
  get cover() {
    return this.hasOne(Picture, (picture) => [picture.of, picture.ofId]);
  }
}
class Video extends Model("any_video", { seconds: int() }) {
  get remarks() {
    return this.hasMany(Remark, (remark) => [remark.kind, remark.targetId]);
  }
  get cover() {
    return this.hasOne(Picture, (picture) => [picture.of, picture.ofId]);
  }
}
/** The kinds are the names of the tables. */
class Remark extends Model("any_remark", { text: str(), kind: str().nullable(), targetId: int().nullable() }) {
  get target() {
    return this.belongsToAny([Post, Video], (remark) => [remark.kind, remark.targetId]);
  }
  get shouting() {
    return this.text.toUpperCase();
  }
}
/** The kinds have names of their own. */
class Picture extends Model("any_picture", { file: str(), of: oneOf("article", "film"), ofId: int() }) {
  get owner() {
    return this.belongsToAny({ article: Post, film: Video }, (picture) => [picture.of, picture.ofId]);
  }
}
class Seat extends Model("any_seat", { hall: str({ length: 10 }).primaryKey(), number: int().primaryKey() }) {
  get tags() {
    return this.hasMany(Tag, (tag) => [tag.kind, tag.a, tag.b]);
  }
}
class Shelf extends Model("any_shelf", { row: str({ length: 10 }).primaryKey(), level: int().primaryKey() }) {}
class Tag extends Model("any_tag", { kind: str(), a: str({ length: 10 }), b: int() }) {
  get place() {
    return this.belongsToAny([Seat, Shelf], (tag) => [tag.kind, tag.a, tag.b]);
  }
}

/** Its plans go and come back with it; those of other kinds have the same keys. */
class Project extends SoftDeleteModel("any_project", { name: str() }, { cascade: ["plans"] }) {
  get plans() {
    return this.hasMany(Plan, (plan) => [plan.kind, plan.of], { where: (plan) => plan.text.ne("kept") });
  }
}
class House extends Model("any_house", { name: str() }) {}
class Plan extends SoftDeleteModel("any_plan", { text: str(), kind: str(), of: int() }) {
  get target() {
    return this.belongsToAny([Project, House], (plan) => [plan.kind, plan.of]);
  }
}

const tables = [Project, House, Plan, Post, Video, Remark, Picture, Seat, Shelf, Tag] as const;

export function suite(t: TargetContext): void {
  const on = <M extends AnyModel>(model: M): M => (model as unknown as { using(engine: Engine): M }).using(t.engine());
  let post: Post;
  let video: Video;

  beforeAll(() => t.engine().createTable(...tables));
  afterAll(() => t.engine().dropTable(...tables));
  beforeEach(async () => {
    for (const model of [Project, Plan]) await model.using(t.engine()).all().includeDeleted().allRows().delete();
    for (const model of [Project, Plan]) await model.using(t.engine()).onlyDeleted().purge();
    for (const model of tables) await model.using(t.engine()).all().allRows().delete();
    // Rows of both tables with one key: only the kind tells them apart.
    post = await on(Post).create({ id: 7, title: "one" });
    video = await on(Video).create({ id: 7, seconds: 60 });
    await on(Post).create({ id: 8, title: "two" });
  });

  const remark = (text: string) => on(Remark).get({ text });

  it("leads to the row of the kind, or to none", async () => {
    await on(Remark).bulkCreate([
      { text: "p", kind: "any_post", targetId: 7 },
      { text: "v", kind: "any_video", targetId: 7 },
      { text: "gone", kind: "any_post", targetId: 99 },
      { text: "nowhere" },
      { text: "half", kind: "any_post" },
    ]);
    expect(await (await remark("p")).target).toBeInstanceOf(Post);
    const found = await (await remark("v")).target;
    expect(found instanceof Video ? found.seconds : null).toBe(60);
    expect(await (await remark("gone")).target).toBeNull();
    const sent = await sentBy(t.engine(), async () => {
      const [nowhere, half] = await Promise.all([remark("nowhere"), remark("half")]);
      expect(await nowhere.target).toBeNull();
      expect(await half.target).toBeNull();
      expect(await new Remark({ text: "new" }).target).toBeNull();
    });
    expect(sent).toHaveLength(2);
  });

  it("is filled in from the other side, by the names that were chosen", async () => {
    const first = await post.remarks.create({ text: "nice!" });
    await video.remarks.create({ text: "long" });
    expect([first.kind, first.targetId]).toEqual(["any_post", 7]);
    expect((await post.remarks).map((r) => r.text)).toEqual(["nice!"]);
    expect((await video.remarks).map((r) => r.text)).toEqual(["long"]);
    expect(await post.loud.count()).toBe(1);
    const picture = await on(Picture).create({ file: "a.png", of: "film", ofId: 7 });
    expect((await video.cover)?.id).toBe(picture.id);
    expect(await post.cover).toBeNull();
    expect(await picture.owner).toBeInstanceOf(Video);
  });

  it("is prefetched with one statement for each kind, and what lies below with them", async () => {
    await post.remarks.create({ text: "a" });
    await post.remarks.create({ text: "b" });
    await video.remarks.create({ text: "c" });
    await on(Remark).create({ text: "d" });
    await on(Picture).create({ file: "a.png", of: "article", ofId: 7 });
    let remarks: Remark[] = [];
    const sent = await sentBy(t.engine(), async () => {
      remarks = await on(Remark)
        .all()
        .orderBy((r) => r.id)
        .prefetch("target.cover");
    });
    // The remarks; posts and videos; the pictures of each.
    expect(sent).toHaveLength(5);
    const silent = await sentBy(t.engine(), async () => {
      expect(remarks.map((r) => r.target.loaded?.constructor.name ?? null)).toEqual(["Post", "Post", "Video", null]);
      expect(remarks[0]?.target.loaded).toBe(remarks[1]?.target.loaded);
      expect(remarks[0]?.target.loaded?.cover.loaded?.file).toBe("a.png");
      expect(remarks[2]?.target.loaded?.cover.loaded).toBeNull();
      expect(await remarks[2]?.target).toBeInstanceOf(Video);
    });
    expect(silent).toEqual([]);
    const backwards = await on(Post)
      .all()
      .orderBy((p) => p.id)
      .prefetch("remarks.target", "loud");
    expect(backwards.map((p) => p.remarks.loaded.map((r) => [r.text, r.target.loaded?.id]))).toEqual([
      [
        ["a", 7],
        ["b", 7],
      ],
      [],
    ]);
    expect(backwards[0]?.loud.loaded).toEqual([]);
  });

  it("is prefetched by objects as well, not by one query for all, and not joined", async () => {
    await post.remarks.create({ text: "a" });
    await on(Picture).create({ file: "a.png", of: "article", ofId: 7 });
    const [found] = await on(Remark)
      .all()
      .prefetch("target", { target: { cover: true } });
    expect(found?.target.loaded?.cover.loaded?.file).toBe("a.png");
    const narrow = (q: never) => q;
    expect(() =>
      on(Remark)
        .all()
        .prefetch({ target: narrow as never }),
    ).toThrow(/target leads to several tables/);
    // @ts-expect-error it leads to several tables
    expect(() => on(Remark).all().joined("target")).toThrow(/target leads to several tables \(load it with prefetch\("target"\)\)/);
    expect(() =>
      on(Remark)
        .all()
        .prefetch("targt" as "target"),
    ).toThrow(/did you mean target/);
  });

  it("says what was not loaded, and forgets when the row points elsewhere", async () => {
    const made = await post.remarks.create({ text: "a" });
    expect(() => made.target.loaded).toThrow(NotLoadedError);
    expect(() => made.target.loaded).toThrow(/target was not loaded \(add \.prefetch\("target"\)/);
    const [loaded] = await on(Remark).all().prefetch("target");
    if (loaded === undefined) throw new Error("no row");
    expect(loaded.target.loaded).toBeInstanceOf(Post);
    loaded.kind = "any_video";
    expect(() => loaded.target.loaded).toThrow(NotLoadedError);
    expect(await loaded.target).toBeInstanceOf(Video);
  });

  it("names a row whose kind is unknown, and loads the others", async () => {
    await on(Remark).create({ text: "odd", kind: "song", targetId: 1 });
    await post.remarks.create({ text: "fine" });
    const [odd, fine] = await on(Remark)
      .all()
      .orderBy((r) => r.id)
      .prefetch("target");
    expect(fine?.target.loaded).toBeInstanceOf(Post);
    expect(() => odd?.target.loaded).toThrow(/<Remark id=\d+>: its Remark.kind is none of any_post, any_video/);
    await expect((async () => await odd?.target)()).rejects.toThrow(UsageError);
    // The value is the row's own.
    await expect((async () => await odd?.target)()).rejects.not.toThrow(/song/);
  });

  it("is asked from the side of one kind inside queries", async () => {
    await post.remarks.create({ text: "nice!" });
    await video.remarks.create({ text: "long" });
    const titles = (posts: QuerySet<[typeof Post], Post, unknown>) => posts.orderBy((p) => p.id).pluck((p) => p.title);
    expect(await titles(on(Post).where((p) => p.remarks.some()))).toEqual(["one"]);
    expect(await titles(on(Post).where((p) => p.remarks.none()))).toEqual(["two"]);
    expect(await titles(on(Post).where((p) => p.remarks.some((r) => r.text.eq("long"))))).toEqual([]);
    expect(await titles(on(Post).where((p) => p.loud.some((r) => r.text.eq("nice!"))))).toEqual(["one"]);
    expect(
      await on(Post)
        .all()
        .orderBy((p) => p.id)
        .select((p) => ({ n: p.remarks.count(), cover: p.cover.file })),
    ).toEqual([
      { n: 1, cover: null },
      { n: 0, cover: null },
    ]);
  });

  it("cannot be followed by a query", () => {
    // @ts-expect-error it leads to several tables
    expect(() => on(Remark).where((r) => r.target.title.eq("x"))).toThrow(/Remark.target leads to several tables.*some\(\)/);
    // @ts-expect-error it leads to several tables
    expect(() => on(Post).where((p) => p.remarks.some((r) => r.target.title.eq("x")))).toThrow(/leads to several tables/);
    // @ts-expect-error only what every kind has
    expect(() => on(Remark).all().prefetch("target.loud")).toThrow(/Video has no relation "loud"/);
  });

  it("takes keys of several columns", async () => {
    const seat = await on(Seat).create({ hall: "A", number: 1 });
    await on(Shelf).create({ row: "A", level: 1 });
    await seat.tags.create({});
    await on(Tag).create({ kind: "any_shelf", a: "A", b: 1 });
    const tags = await on(Tag)
      .all()
      .orderBy((tag) => tag.id)
      .prefetch("place");
    expect(tags.map((tag) => tag.place.loaded?.constructor.name)).toEqual(["Seat", "Shelf"]);
    expect(await seat.tags.count()).toBe(1);
    expect((await on(Seat).all().prefetch("tags"))[0]?.tags.loaded).toHaveLength(1);
  });

  it("cascades to the rows of its kind only", async () => {
    const project = await on(Project).create({ id: 3, name: "p" });
    await on(Plan).bulkCreate([
      { text: "ours", kind: "any_project", of: 3 },
      { text: "kept", kind: "any_project", of: 3 },
      { text: "theirs", kind: "any_house", of: 3 },
    ]);
    const texts = () =>
      on(Plan)
        .all()
        .orderBy((plan) => plan.text)
        .pluck((plan) => plan.text);
    await project.delete();
    expect(await texts()).toEqual(["kept", "theirs"]);
    await project.restore();
    expect(await texts()).toEqual(["kept", "ours", "theirs"]);
  });

  describe("a declaration", () => {
    class ByText extends Model("any_by_text", { id: uuid().primaryKey() }) {}
    class Stranger extends Model("any_stranger", { name: str() }) {
      get remarks() {
        return this.hasMany(Remark, (remark) => [remark.kind, remark.targetId]);
      }
    }
    class Wrong extends Model("any_wrong", { kind: str(), number: int(), narrow: oneOf("any_post"), key: int() }) {
      get twice() {
        return this.belongsToAny({ a: Post, b: Post }, (wrong) => [wrong.kind, wrong.key]);
      }
      get mixed() {
        return this.belongsToAny([Post, ByText], (wrong) => [wrong.kind, wrong.key]);
      }
      get untold() {
        return this.belongsToAny([Post], (wrong) => [wrong.number, wrong.key]);
      }
      get closed() {
        return this.belongsToAny([Post, Video], (wrong) => [wrong.narrow, wrong.key]);
      }
      get short() {
        return this.belongsToAny([Seat], (wrong) => [wrong.kind, wrong.key]);
      }
      get none() {
        return this.belongsToAny([], (wrong) => [wrong.kind, wrong.key]);
      }
      get keyless() {
        // @ts-expect-error the key is missing
        return this.belongsToAny([Post], (wrong) => [wrong.kind]);
      }
    }
    it.each([
      ["twice", /lists Post twice/],
      ["mixed", /Wrong.key cannot hold ByText.id, which is of another type/],
      ["untold", /Wrong.number tells the kinds.*must hold text/],
      ["closed", /name of Video/],
      ["short", /key of Seat has 2 columns, the lambda picks 1/],
      ["none", /takes \[Post, Video\] or/],
      ["keyless", /picks \[kind, key\] of Wrong/],
    ] as const)("%s is refused", (name, message) => {
      const row = new Wrong({ kind: "any_post", number: 1, narrow: "any_post", key: 1 });
      expect(() => row[name]).toThrow(message);
      expect(() => row[name]).toThrow(UsageError);
    });

    it("of a far side that does not know of this one is refused", () => {
      expect(() => new Stranger({ name: "x" }).remarks).toThrow(
        /Remark.target does not lead to Stranger \(add Stranger to its belongsToAny\)/,
      );
    });
  });
}
