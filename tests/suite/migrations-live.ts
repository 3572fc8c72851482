/** What is read back from a database: the same as was declared, whatever the server makes of it; and models from tables of others. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffStates } from "../../migrations/diff.ts";
import { stateOfModels } from "../../migrations/from-models.ts";
import { liveState, onlyTables, undeclared } from "../../migrations/live.ts";
import type { LoadedMigration } from "../../migrations/migration.ts";
import { Migrator } from "../../migrations/migrator.ts";
import { runSql } from "../../migrations/operations.ts";
import { printModels } from "../../migrations/pull.ts";
import { runMigrations } from "../../migrations/runner.ts";
import { emptyState, type SchemaState } from "../../migrations/state.ts";
import {
  bigint,
  bool,
  date,
  datetime,
  decimal,
  foreignKey,
  int,
  json,
  Model,
  oneOf,
  SoftDeleteModel,
  sql,
  str,
  text,
  time,
  uuid,
} from "../../src/index.ts";
import { chinook, createChinook } from "../migrations/chinook.ts";
import { root } from "../support/docs.ts";
import type { TargetContext } from "../targets/target.ts";

class Author extends Model("live_author", { name: str({ length: 80 }).unique().comment("it's a name"), born: datetime().nullable() }) {}
class Post extends SoftDeleteModel(
  "live_post",
  {
    title: str({ length: 200 }),
    views: int()
      .dbDefault(0)
      .check((v) => v.gte(0)),
    status: oneOf("draft", "it's").dbDefault("it's"),
    done: bool().dbDefault(false),
    authorId: foreignKey(() => Author, { onDelete: "cascade" }).index(),
    at: datetime().dbDefault(sql`current_timestamp`),
    slug: str().unique(),
    price: decimal({ precision: 10, scale: 2 }).dbDefault("-1.50"),
    key: uuid().nullable(),
    data: json().dbDefault({ a: [1] }),
    opens: time().dbDefault("10:00:00"),
    day: date().dbDefault("2020-01-01"),
    big: bigint().dbDefault(5n),
    note: text().nullable(),
  },
  {
    indexes: (p) => [{ on: ["views", "title"], unique: true }, [p.title, p.views.desc()], [p.day]],
    checks: (p) => [p.views.lt(1000).or(p.title.like("A%")), p.status.in(["draft", "it's"]), p.views.between(1, 5).or(p.key.isNotNull())],
    comment: "posts",
  },
) {}

const naming = { column: null };

export function suite(t: TargetContext): void {
  describe("live schemas", () => {
    const differences = async (wanted: SchemaState) => {
      const live = await liveState(t.engine(), wanted);
      return diffStates(onlyTables(live, wanted), wanted).operations;
    };

    it("equal the models that made them", async () => {
      const db = t.engine();
      await db.createTable(Author, Post);
      try {
        expect(await differences(stateOfModels([Author, Post], naming))).toEqual([]);
        await db.execute`drop index ${sql.id("live_post_day_idx")} ${t.family === "mysql" ? sql.unsafe("on live_post") : sql.unsafe("")}`;
        expect(await differences(stateOfModels([Author, Post], naming))).toMatchObject([{ op: "addIndex", index: { columns: ["day"] } }]);
      } finally {
        await db.dropTable(Post, Author);
      }
    });

    // Elsewhere a schema is another file, which one connection knows.
    it.runIf(t.family !== "sqlite")("lie in all schemas that the models name", async () => {
      const db = t.engine();
      const other = `live_schema_${process.pid}`;
      const here = await (await db.dialect.inspector()).place(db);
      class Owner extends Model("live_owner", { name: str().unique() }, { schema: other }) {}
      // The same name in two schemas: two tables.
      const bare = t.family === "mysql" ? { schema: here ?? "" } : {};
      class Near extends Model("live_thing", { ownerId: foreignKey(() => Owner, { onDelete: "cascade" }), at: datetime() }, bare) {}
      class Far extends Model("live_thing", { nearId: foreignKey(() => Near).index(), rank: int() }, { schema: other }) {}
      // The database's own place, by its name.
      class Named extends Model("live_named", { farId: foreignKey(() => Far) }, { schema: here ?? "" }) {}
      const models = [Owner, Near, Far, Named];
      const drop = sql.unsafe(t.family === "mysql" ? "" : "cascade");
      const file: LoadedMigration = {
        name: "1_schemas",
        path: "",
        checksum: "0".repeat(64),
        parents: [],
        operations: [
          runSql(`create schema ${other}`, { down: `drop schema ${other}` }),
          ...diffStates(emptyState, stateOfModels(models, naming)).operations,
        ],
        replaces: [],
        transaction: true,
      };
      try {
        await runMigrations(db, [file]);
        expect(await differences(stateOfModels(models, naming))).toEqual([]);
        class Wider extends Model("live_thing", { nearId: foreignKey(() => Near), rank: int() }, { schema: other }) {}
        const table = { schema: other, name: "live_thing" };
        expect(await differences(stateOfModels([Owner, Near, Wider], naming))).toEqual([
          { op: "dropIndex", table, name: "live_thing_near_id_idx" },
        ]);
        const migrator = new Migrator(db);
        await (await migrator.planWithDrop([Owner, Near, Wider])).apply();
        expect((await migrator.planWithDrop([Owner, Near, Wider])).isEmpty).toBe(true);
        await (await migrator.plan(models)).apply();
        const live = await liveState(db, emptyState, [other]);
        const pulled = printModels(new Map([...live].filter(([, { name }]) => /^live_(?:owner|thing|named)$/.test(name))));
        expect(pulled.notes).toEqual([]);
        expect(pulled.text.match(/schema: "live_schema_\d+"/g)).toHaveLength(2);
        if (t.family === "mysql") {
          class Bare extends Model("live_bare", { title: str() }) {}
          class Lost extends Model("live_lost", { bareId: foreignKey(() => Bare) }, { schema: other }) {}
          // It would refer to a table of its own database.
          await expect((await migrator.plan([Bare, Lost])).apply()).rejects.toThrow(/refers to live_bare, whose database is not named/);
        }
        await runMigrations(db, [file], { direction: "down" });
        expect(undeclared(await liveState(db, stateOfModels(models, naming)), emptyState).filter((name) => name.includes("live_"))).toEqual(
          [],
        );
      } finally {
        for (const name of ["live_named", "live_thing"]) await db.execute`drop table if exists ${sql.id(name)} ${drop}`;
        await db.execute`drop schema if exists ${sql.id(other)} ${drop}`;
        await db.execute`drop table if exists kakaorm_migrations`;
      }
    });

    // Elsewhere a schema is another file, which one connection knows.
    it.runIf(t.family !== "sqlite")("are pulled as models that tell tables of one name in two schemas apart", async () => {
      const db = t.engine();
      const other = `live_twins_${process.pid}`;
      const folder = join(root, ".tmp", `twins_${process.pid}_${t.name}`);
      const here = sql.id((await (await db.dialect.inspector()).place(db)) ?? "");
      const [near, far] = [sql`${here}.live_twin`, sql`${sql.id(other)}.live_twin`];
      const keys = ["near_id", "far_id"].map((name) => sql.id(name));
      try {
        await db.execute`create schema ${sql.id(other)}`;
        for (const table of [near, far])
          await db.execute`create table ${table} (id bigint not null primary key, near_id bigint, far_id bigint, label varchar(20))`;
        // Each refers to itself and to the other one.
        for (const table of [near, far])
          for (const [i, target] of [near, far].entries())
            await db.execute`alter table ${table} add foreign key (${keys[i] as never}) references ${target} (id)`;
        const all = await liveState(db, emptyState, [other]);
        const { text: code, notes } = printModels(new Map([...all].filter(([, { name }]) => name === "live_twin")));
        expect(notes).toEqual([]);
        mkdirSync(folder, { recursive: true });
        const path = join(folder, "models.ts");
        writeFileSync(path, code);
        const models = Object.values((await import(pathToFileURL(path).href)) as Record<string, Pulled>);
        const state = stateOfModels(models, naming);
        expect(await differences(state)).toEqual([]);
        const targets = [...state.values()].map(({ schema, foreignKeys }) => [schema, foreignKeys.map(({ target }) => target)]);
        const twin = { schema: other, name: "live_twin" };
        expect(new Map(targets as [])).toEqual(
          new Map([
            [null, ["live_twin", twin]],
            [other, ["live_twin", twin]],
          ] as never),
        );
        if (compiled.includes(t.name)) expect(compilerErrors(folder, "")).toBe("");
      } finally {
        rmSync(folder, { recursive: true, force: true });
        const made = [...(await liveState(db, emptyState, [other])).values()].filter(({ name }) => name === "live_twin");
        for (const { schema, foreignKeys } of made)
          for (const { name } of foreignKeys) await db.execute`alter table ${schema === null ? near : far} drop constraint ${sql.id(name)}`;
        for (const table of [far, near]) await db.execute`drop table if exists ${table}`;
        await db.execute`drop schema if exists ${sql.id(other)}`;
      }
    });

    describe("of somebody else", () => {
      const folder = join(root, ".tmp", `pulled_${process.pid}_${t.name}`);
      const names = chinook.map(({ name }) => name);
      const named = (name: string): string => (t.family === "postgres" ? name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase() : name);
      beforeAll(() => createChinook(t.engine()));
      afterAll(async () => {
        rmSync(folder, { recursive: true, force: true });
        for (const name of names.toReversed()) {
          if (name !== "Employee" && name !== "Customer") await t.engine().execute`drop table if exists ${sql.id(named(name))}`;
        }
        for (const name of ["Customer", "Employee"]) await t.engine().execute`drop table if exists ${sql.id(named(name))}`;
      });

      it("become models that have no differences, relations included", async () => {
        const db = t.engine();
        const all = await liveState(db, emptyState);
        const own = new Map([...all].filter(([, table]) => names.map(named).includes(table.name)));
        const { text: code, notes } = printModels(own);
        expect(notes).toEqual([]);
        mkdirSync(folder, { recursive: true });
        const path = join(folder, "models.ts");
        writeFileSync(path, code);
        const models = (await import(pathToFileURL(path).href)) as Record<string, never>;
        expect(Object.keys(models)).toHaveLength(chinook.length);
        expect(await differences(stateOfModels(Object.values(models), naming))).toEqual([]);
        if (compiled.includes(t.name)) expect(compilerErrors(folder)).toBe("");
        const { Artist, Album, Playlist, Track, MediaType } = models as unknown as Record<string, Pulled>;
        const artist = await Artist?.using(db).create({ artistId: 1, name: "AC/DC" });
        await Album?.using(db).create({ albumId: 1, title: "Let There Be Rock", artistId: 1 });
        await MediaType?.using(db).create({ mediaTypeId: 1, name: "MPEG" });
        await Playlist?.using(db).create({ playlistId: 1, name: "Music" });
        await Track?.using(db).create({
          trackId: 1,
          name: "Overdose",
          albumId: 1,
          mediaTypeId: 1,
          milliseconds: 1,
          unitPrice: t.family === "sqlite" ? 0.99 : "0.99",
        });
        expect(await (artist as { albums: PromiseLike<unknown[]> }).albums).toHaveLength(1);
        const found = await Track?.using(db).where((track: { album: { artist: { name: { eq(name: string): unknown } } } }) =>
          track.album.artist.name.eq("AC/DC"),
        );
        expect(found).toHaveLength(1);
      });
    });
  });
}

/** One target for each family of servers: the compiler takes seconds. */
const compiled: readonly string[] = ["sqlite", "postgres", "mariadb", "mysql-new"];

const program = `import { Album, Artist, Track } from "./models.ts";

export async function use(): Promise<{ title: string; artist: string | null }[]> {
  const tracks: Track[] = await Track.where((track) => track.album.artist.name.like("A%")).prefetch("album.artist");
  const [first] = await Artist.all().orderBy((artist) => artist.name).limit(1);
  const albums: Album[] = first === undefined ? [] : await first.albums;
  // @ts-expect-error no such column
  Album.where((album) => album.nothing.eq(1));
  // @ts-expect-error a title is no number
  await Album.create({ albumId: 1, title: 5, artistId: 1 });
  if (tracks.length > albums.length) return [];
  return Album.all().join(Artist, (album, artist) => album.artistId.eq(artist.artistId)).select((album, artist) => ({ title: album.title, artist: artist.name }));
}
`;

/** What the compiler says of the pulled models and a program that uses them. */
function compilerErrors(folder: string, use = program): string {
  writeFileSync(join(folder, "use.ts"), use);
  const options = {
    noEmit: true,
    paths: { kakaorm: [join(root, "src/index.ts")] },
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  };
  const config = { extends: join(root, "tsconfig.json"), compilerOptions: options, include: [], files: ["models.ts", "use.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
    encoding: "utf8",
  });
  return stdout + stderr;
}

/** What a test that knows no type of a model calls. */
interface Pulled {
  using(db: unknown): { create(values: object): Promise<object>; where(condition: unknown): PromiseLike<unknown[]> };
}
