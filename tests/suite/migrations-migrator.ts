/** The Migrator as a program calls it: models against a live database, and files from a folder. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MigrationEvent, MigrationPlan, Migrator } from "../../migrations/index.ts";
import { foreignKey, int, MigrationError, Model, sql, str, text, UsageError } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

class Author extends Model("plan_author", { name: str({ length: 40 }).unique() }) {}
class Book extends Model("plan_book", {
  title: str({ length: 40 }),
  note: text().nullable(),
  authorId: foreignKey(() => Author, { onDelete: "cascade" }).index(),
}) {}
/** The same table some time later: a wider title, a new column, and no note any more. */
class LaterBook extends Model("plan_book", {
  title: str({ length: 80 }),
  pages: int().dbDefault(0).index(),
  authorId: foreignKey(() => Author, { onDelete: "cascade" }).index(),
}) {}

const first = [Author, Book];
const later = [Author, LaterBook];

export function suite(t: TargetContext): void {
  describe("a migrator", () => {
    afterEach(async () => {
      for (const name of ["plan_book", "plan_author", "plan_extra", "kakaorm_migrations"])
        await t.engine().execute`drop table if exists ${sql.id(name)}`;
    });
    const fill = async (): Promise<void> => {
      const author = await Author.using(t.engine()).create({ name: "Ann" });
      await Book.using(t.engine()).bulkCreate([
        { title: "One", note: "first", authorId: author.id },
        { title: "Two", authorId: author.id },
      ]);
    };
    const rows = (query: string) => t.engine().sql<Record<string, unknown>>`${sql.unsafe(query)}`;

    it("plans what the database lacks, shows it, makes it and takes it back", async () => {
      const migrator = new Migrator(t.engine());
      const plan = await migrator.plan(first);
      expect(plan).toBeInstanceOf(MigrationPlan);
      expect(plan.isEmpty).toBe(false);
      expect(plan.changes).toEqual(["creates the table plan_author", "creates the table plan_book"]);
      expect(plan.sql).toBe(`${plan.statements.join(";\n")};`);
      expect(plan.sql.match(/create table/g)).toHaveLength(2);
      expect(plan.downSql).toBe(`${plan.downStatements.join(";\n")};`);
      expect(plan.downSql).toMatch(/drop table .plan_book.;\ndrop table .plan_author.;$/);
      // Nothing has run yet.
      await expect(rows("select * from plan_author")).rejects.toThrow();
      await plan.apply();
      await fill();
      expect((await rows("select title from plan_book order by id")).map(Object.values)).toEqual([["One"], ["Two"]]);
      const again = await migrator.plan(first);
      expect([again.isEmpty, again.sql, again.downSql, again.changes, again.kept]).toEqual([
        true,
        "-- no changes",
        "-- no changes",
        [],
        [],
      ]);
      await again.apply();
      await again.applyDown();
      expect(await rows("select id from plan_book")).toHaveLength(2);
      await plan.applyDown();
      await expect(rows("select * from plan_book")).rejects.toThrow();
      expect((await migrator.plan(first)).changes).toEqual(plan.changes);
    });

    it("changes tables with their rows, and drops only where that is asked for", async () => {
      const migrator = new Migrator(t.engine());
      expect(await migrator.run(first)).toHaveLength(2);
      await fill();
      await t.engine().execute`create table plan_extra (id int)`;
      const careful = await migrator.plan(later);
      expect(careful.kept).toEqual(["drops the column plan_book.note"]);
      expect(careful.changes).toContain("adds the column plan_book.pages");
      // In SQLite a text is a text, however long.
      expect(careful.changes.includes("changes the column plan_book.title (type)")).toBe(t.family !== "sqlite");
      await careful.apply();
      expect((await rows("select title, note, pages from plan_book order by id")).map(Object.values)).toEqual([
        ["One", "first", 0],
        ["Two", null, 0],
      ]);
      expect(await migrator.plan(later)).toMatchObject({ isEmpty: true, kept: ["drops the column plan_book.note"] });
      const dropping = await migrator.planWithDrop(later);
      expect(dropping.changes).toEqual(["drops the column plan_book.note"]);
      expect(dropping.kept).toEqual([]);
      await dropping.apply();
      expect(await migrator.planWithDrop(later)).toMatchObject({ isEmpty: true, sql: "-- no changes" });
      // A table of nobody's is nobody's business.
      expect(await rows("select * from plan_extra")).toEqual([]);
      await dropping.applyDown();
      await careful.applyDown();
      expect((await migrator.planWithDrop(first)).isEmpty).toBe(true);
      // What was dropped comes back empty; everything else has its values.
      expect((await rows("select title, note from plan_book order by id")).map(Object.values)).toEqual([
        ["One", null],
        ["Two", null],
      ]);
      await t.engine().execute`delete from plan_author`;
      expect(await rows("select id from plan_book")).toEqual([]);
    });

    it("takes answers where it would have to guess", async () => {
      const migrator = new Migrator(t.engine());
      await migrator.run(first);
      await fill();
      class Ranked extends Model("plan_author", { fullName: str({ length: 40 }).unique(), grade: int() }) {}
      const models = [Ranked];
      await expect(migrator.plan(models)).rejects.toThrow(UsageError);
      await expect(migrator.plan(models)).rejects.toThrow(/questions? must be answered .*hints:/);
      const hints = { columns: { "plan_author.name": "full_name" }, defaults: { "plan_author.grade": "7" } };
      const plan = await migrator.plan(models, { hints });
      expect(plan.kept).toEqual([]);
      await plan.apply();
      expect((await rows("select full_name, grade from plan_author")).map(Object.values)).toEqual([["Ann", 7]]);
      await plan.applyDown();
      expect((await rows("select name from plan_author")).map(Object.values)).toEqual([["Ann"]]);
      expect((await migrator.planWithDrop(first)).isEmpty).toBe(true);
      await expect(migrator.plan([{}])).rejects.toThrow(/migrations take model classes/);
    });

    it("names the step that fails, and keeps the rows", async () => {
      const migrator = new Migrator(t.engine());
      await migrator.run(first);
      await fill();
      const { id } = await Book.using(t.engine()).get({ title: "Two" });
      await Book.using(t.engine()).where({ id }).update({ title: "One" });
      class Strict extends Model("plan_book", {
        title: str({ length: 40 }).unique(),
        authorId: foreignKey(() => Author, { onDelete: "cascade" }).index(),
      }) {}
      const plan = await migrator.planWithDrop([Author, Strict]);
      const failed = await plan.apply().catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(MigrationError);
      expect(String(failed)).toMatch(/step \d+ of \d+ \(.*plan_book.*\)/);
      expect(await rows("select id from plan_book")).toHaveLength(2);
      // All or nothing where the database can.
      if (!t.engine().dialect.transaction.ddlCommits) expect((await migrator.planWithDrop(first)).isEmpty).toBe(true);
      await Book.using(t.engine()).where({ id }).update({ title: "Two" });
      await (await migrator.planWithDrop([Author, Strict])).apply();
      expect((await migrator.planWithDrop([Author, Strict])).isEmpty).toBe(true);
      expect((await rows("select title from plan_book order by id")).map(Object.values)).toEqual([["One"], ["Two"]]);
    });

    describe("with a folder of files", () => {
      let folder = "";
      beforeEach(() => {
        folder = join(mkdtempSync(join(tmpdir(), "kaka_migrator_")), "migrations");
      });
      afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));
      const states = async (): Promise<string[]> =>
        (await new Migrator(t.engine()).history(folder)).map(({ name, state }) => `${name.replace(/^\d+_/, "")} ${state}`);

      it("writes files, runs them, knows which ran, and takes them back", async () => {
        const migrator = new Migrator(t.engine());
        expect(await migrator.history(folder)).toEqual([]);
        expect(await migrator.runFiles(folder)).toEqual({ applied: [], reverted: [] });
        const one = await migrator.autogenerate(first, folder);
        expect(basename(one ?? "")).toMatch(/^\d{14}_initial\.ts$/);
        expect(readFileSync(one as string, "utf8")).toMatch(/^import \{ .*createTable.* \} from "kakaorm\/migrations";/);
        // A second look finds nothing to write.
        expect(await migrator.autogenerate(first, folder)).toBeNull();
        expect(readdirSync(folder)).toHaveLength(1);
        expect(await states()).toEqual(["initial pending"]);
        expect((await migrator.runFiles(folder)).applied).toEqual([basename(one as string, ".ts")]);
        expect((await migrator.plan(first)).isEmpty).toBe(true);
        await fill();
        const two = await migrator.autogenerate(later, folder, { name: "Wider Book" });
        expect(basename(two ?? "")).toMatch(/^\d{14}_wider_book\.ts$/);
        expect(await states()).toEqual(["initial applied", "wider_book pending"]);
        const events: MigrationEvent["kind"][] = [];
        const ran = await migrator.runFiles(folder, { onEvent: ({ kind }) => void events.push(kind) });
        expect(ran).toEqual({ applied: [basename(two as string, ".ts")], reverted: [] });
        expect([events[0], events.at(-1)]).toEqual(["begin", "done"]);
        expect((await migrator.planWithDrop(later)).isEmpty).toBe(true);
        const [, last] = await migrator.history(folder);
        expect(last).toMatchObject({ state: "applied", appliedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
        expect(await migrator.runFiles(folder)).toEqual({ applied: [], reverted: [] });

        // No steps are none, not all.
        expect(await migrator.downgrade(folder, { steps: 0 })).toEqual({ applied: [], reverted: [] });
        expect((await migrator.downgrade(folder)).reverted).toEqual([basename(two as string, ".ts")]);
        expect(await states()).toEqual(["initial applied", "wider_book pending"]);
        expect((await migrator.planWithDrop(first)).isEmpty).toBe(true);
        expect((await rows("select title from plan_book order by id")).map(Object.values)).toEqual([["One"], ["Two"]]);
        expect((await migrator.runFiles(folder)).applied).toHaveLength(1);
        expect((await migrator.downgrade(folder, { steps: 2 })).reverted).toHaveLength(2);
        await expect(rows("select * from plan_book")).rejects.toThrow();
        expect((await migrator.runFiles(folder, { to: "initial" })).applied).toHaveLength(1);
        expect((await migrator.runFiles(folder)).applied).toHaveLength(1);
        expect((await migrator.downgrade(folder, { to: "initial" })).reverted).toHaveLength(1);
        expect((await migrator.downgrade(folder, { to: "zero" })).reverted).toHaveLength(1);
        expect(await migrator.downgrade(folder)).toEqual({ applied: [], reverted: [] });
        expect(await states()).toEqual(["initial pending", "wider_book pending"]);
      });

      it("refuses files that were edited or are gone, and asks before it guesses", async () => {
        const migrator = new Migrator(t.engine());
        const path = (await migrator.autogenerate(first, folder)) as string;
        await migrator.runFiles(folder);
        class Ranked extends Model("plan_author", { name: str({ length: 40 }).unique(), grade: int() }) {}
        await expect(migrator.autogenerate([Ranked, Book], folder)).rejects.toThrow(/1 question must be answered/);
        expect(readdirSync(folder)).toHaveLength(1);
        const text = readFileSync(path, "utf8");
        writeFileSync(path, `${text}// edited\n`);
        for (const work of [() => migrator.runFiles(folder), () => migrator.downgrade(folder)])
          await expect(work()).rejects.toThrow(/was changed after it was applied/);
        expect(await states()).toEqual(["initial changed"]);
        rmSync(path);
        await expect(migrator.downgrade(folder)).rejects.toThrow(/was applied, and its file is missing/);
        expect(await states()).toEqual(["initial missing"]);
        writeFileSync(path, text);
        expect(existsSync(path)).toBe(true);
        expect((await migrator.downgrade(folder)).reverted).toHaveLength(1);
      });
    });
  });
}
