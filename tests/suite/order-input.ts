/** Orders that a user asks for in a text: what the allow-list has, and nothing else. */
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  bool,
  cte,
  foreignKey,
  InputError,
  int,
  json,
  length,
  Model,
  type OrderInput,
  str,
  UsageError,
  ValidationError,
} from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class TeamModel extends Model("oi_team", { name: str() }) {}
class PostModel extends Model(
  "oi_post",
  {
    title: str(),
    views: int(),
    live: bool(),
    secret: str().default("x").hidden(),
    meta: json<{ rank: number }>(),
    teamId: foreignKey(() => TeamModel),
  },
  { orderBy: (p) => p.id.desc() },
) {}

const hostile = [
  "title; drop table oi_post",
  "title--",
  "title desc",
  "title,(select 1)",
  "1",
  "-1",
  "'",
  '"title"',
  "`title`",
  "title'",
  "oi_post.title",
  "$1",
  "?",
  "??",
  "\\",
  "title\0",
  "\ud800",
  "title\n",
  " title",
  "title ",
  "TITLE",
  "+title",
  "--title",
  "-",
  ",",
  "title,",
  ",title",
  "title,,views",
  "title:desc",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "secret",
  "live",
  "id",
];

export function suite(t: TargetContext): void {
  let Post: typeof PostModel;
  const allow = ["title", "views"] as const;
  const titles = (text: unknown, o: OrderInput<[typeof PostModel]> = { allow }): Promise<string[]> =>
    Post.orderByInput(text as string, o).pluck((p) => p.title);

  beforeAll(async () => {
    await t.engine().createTable(TeamModel, PostModel);
    Post = PostModel.using(t.engine());
    const [red, blue] = await TeamModel.using(t.engine()).bulkCreate([{ name: "red" }, { name: "blue" }]);
    const common = { live: true, teamId: red?.id ?? 0 };
    await Post.bulkCreate([
      { ...common, title: "b", views: 1, meta: { rank: 3 } },
      { ...common, title: "a", views: 2, meta: { rank: 10 } },
      { ...common, title: "ccc", views: 2, meta: { rank: 1 }, teamId: blue?.id ?? 0 },
    ]);
  });
  afterAll(() => t.engine().dropTable(TeamModel, PostModel));

  it("orders by what it names, in its order, a minus descending", async () => {
    expect(await titles("title")).toEqual(["a", "b", "ccc"]);
    expect(await titles("-title")).toEqual(["ccc", "b", "a"]);
    expect(await titles("-views,title")).toEqual(["a", "ccc", "b"]);
    expect(await titles("views,-title")).toEqual(["b", "ccc", "a"]);
    expect(await titles("-views,-title")).toEqual(["ccc", "a", "b"]);
  });

  it("keeps the order as it was without a text, or takes the default", async () => {
    for (const nothing of [undefined, null]) {
      expect(await titles(nothing)).toEqual(["ccc", "a", "b"]);
      expect(await titles(nothing, { allow, default: "-views,title" })).toEqual(["a", "ccc", "b"]);
      const ordered = Post.all().orderBy((p) => p.views.asc());
      expect((await ordered.orderByInput(nothing, { allow }).first())?.title).toBe("b");
    }
    expect(await titles("title", { allow, default: "-views" })).toEqual(["a", "b", "ccc"]);
  });

  it("takes names of its own with lambdas, joined tables too", async () => {
    const own = {
      size: (p: typeof Post.c) => length(p.title),
      rank: (p: typeof Post.c) => p.meta.path("rank").asNumber(),
      most: (p: typeof Post.c) => p.views,
    };
    expect(await titles("-size", { allow: own })).toHaveLength(3);
    expect((await titles("-size", { allow: own }))[0]).toBe("ccc");
    expect(await titles("rank", { allow: own })).toEqual(["ccc", "b", "a"]);
    expect(await titles("-most,rank", { allow: own })).toEqual(["ccc", "a", "b"]);
    const joined = await Post.all()
      .join(TeamModel, (p, team) => p.teamId.eq(team.id))
      .orderByInput("team,-post", { allow: { team: (_p, team) => team.name, post: (p) => p.title } })
      .select((p, team) => ({ title: p.title, team: team.name }));
    expect(joined).toEqual([
      { title: "ccc", team: "blue" },
      { title: "b", team: "red" },
      { title: "a", team: "red" },
    ]);
  });

  it("stands in pages, and on rows of other queries", async () => {
    const page = await Post.where({ live: true }).orderByInput("-title", { allow }).paginate({ page: 1, perPage: 2 });
    expect(page.items.map((post) => post.title)).toEqual(["ccc", "b"]);
    const rich = cte(
      "rich",
      Post.where((p) => p.views.gt(1)).select((p) => ({ name: p.title, views: p.views })),
    );
    const { from } = await import("../../src/index.ts");
    expect(
      await from(rich)
        .using(t.engine())
        .orderByInput("-views,name", { allow: ["views", "name"] }),
    ).toEqual([
      { name: "a", views: 2 },
      { name: "ccc", views: 2 },
    ]);
  });

  it("writes no sign of the text into the statement", async () => {
    const sent = await sentBy(t.engine(), () => titles("-shown", { allow: { shown: (p) => p.views } }));
    expect(sent.map(({ sql }) => sql).join()).not.toContain("shown");
  });

  it.each(hostile)("%j is an error of the request", async (text) => {
    for (const given of [text, `-${text}`, `title,${text}`]) {
      if (given === "-live" || allow.includes(given.replace(/^-/, "") as "title")) continue;
      const error = await refused(t.engine(), () => titles(given), InputError, given);
      expect(error).toBeInstanceOf(ValidationError);
      expect(error).not.toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ code: "KAKA_INPUT", status: 400, hint: expect.stringContaining("allowed: title, views") });
      expect(error.message.length).toBeLessThan(200);
      expect(error.message).toSatisfy((message: string) => message.isWellFormed() && !/\p{Cc}/u.test(message));
      expect(JSON.parse(JSON.stringify(error))).toMatchObject({ status: 400, code: "KAKA_INPUT" });
    }
  });

  it("refuses what is empty, named twice, too long or no text", async () => {
    const message = async (text: unknown): Promise<string> => (await refused(t.engine(), () => titles(text), InputError)).message;
    expect(await message("")).toMatch(/^the order is empty \(allowed: title, views/);
    expect(await message("title,-title")).toMatch(/^the order names "title" twice/);
    expect(await message("title,views,title")).toMatch(/twice/);
    expect(await message("nope")).toMatch(/^there is no order by "nope" \(allowed: title, views/);
    const long = "x".repeat(500);
    expect(await message(long)).toContain(`"${"x".repeat(40)}" ...`);
    expect(await message(long)).not.toContain("x".repeat(41));
    expect(await message(`title,${"y".repeat(5000)}`)).toMatch(/^the order is longer than 1000 characters/);
    expect(await message("😀".repeat(100))).toContain(`"${"😀".repeat(40)}" ...`);
    expect(await message("\u202Eeltit")).not.toContain("\u202E");
    for (const text of [
      5,
      true,
      ["title"],
      { title: 1 },
      ["title", "views"],
      Symbol("s"),
      () => "title",
      new String("title"),
      0,
      false,
      Number.NaN,
    ])
      expect(await message(text)).toMatch(/^an order is a text, got/);
  });

  it("takes a mistake in the code for one, with and without a text", async () => {
    const wrong: unknown[] = [
      undefined,
      null,
      [],
      "title",
      {},
      { allow: [] },
      { allow: {} },
      { allow: null },
      { allow: "title" },
      { allow: ["nope"] },
      { allow: [5] },
      { allow: new Array(1) },
      { allow: { title: "title" } },
      { allow: { "-x": (p: typeof Post.c) => p.title } },
      { allow: { "a,b": (p: typeof Post.c) => p.title } },
      { allow, more: 1 },
      { allow, default: "" },
      { allow, default: "nope" },
      { allow, default: 5 },
      { allow, default: null },
    ];
    for (const o of wrong)
      for (const text of ["title", undefined])
        expect(await refused(t.engine(), () => Post.orderByInput(text, o as never).all())).not.toBeInstanceOf(InputError);
    for (const pick of [() => undefined, () => "title", (p: typeof Post.c) => p.title.desc(), (p: typeof Post.c) => [p.title]])
      await refused(t.engine(), () => titles("x", { allow: { x: pick as never } }));
  });
}
