/** One instance, one row: what is written, when it is refused, what an instance shows of itself. */
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  bool,
  datetime,
  int,
  json,
  Model,
  NotFoundError,
  NotNullViolation,
  StaleObjectError,
  str,
  UsageError,
  ValidationError,
} from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

let made = 0;
class Task extends Model("p_task", {
  title: str({ length: 200 }),
  done: bool().default(false),
  rank: int().default(() => ++made),
  tags: json<string[]>().default(["new"]),
  due: datetime().nullable(),
  secret: str().hidden().nullable(),
  role: str().default("none").serverOnly(),
  createdAt: datetime().autoNowAdd(),
  updatedAt: datetime().autoNow(),
}) {
  get loud(): string {
    return this.title.toUpperCase();
  }
}
class Plain extends Model("p_plain", {
  name: str().nullable(),
  size: int().dbDefault(7),
}) {}
class Logged extends Model("p_logged", { name: str({ length: 50 }) }) {}
class Log extends Model("p_log", { text: str({ length: 50 }) }) {}
class Strict extends Model("p_strict", { first: str(), second: int(), third: str(), fine: int().default(1) }) {}

export function suite(t: TargetContext): void {
  const Tasks = () => Task.using(t.engine());
  const Plains = () => Plain.using(t.engine());

  beforeAll(() => t.engine().createTable(Task, Plain, Strict));
  afterAll(() => t.engine().dropTable(Task, Plain, Strict));
  beforeEach(async () => {
    await Tasks().all().allRows().delete();
    await Plains().all().allRows().delete();
  });

  describe("inserts", () => {
    // PostgreSQL returns the number with the row; elsewhere the session says it, and triggers number rows of their own.
    it.runIf(t.family !== "postgres")("with the number of the row itself, whatever a trigger inserts", async () => {
      const engine = t.engine();
      await engine.dropTableIfExists(Logged, Log);
      await engine.createTable(Logged, Log);
      try {
        if (t.family === "sqlite") {
          await engine.execute`create virtual table p_search using fts5(name)`;
          await engine.execute`create trigger p_logs after insert on p_logged begin
            insert into p_log (text) values (new.name), (new.name), (new.name); insert into p_search (name) values (new.name); end`;
        } else
          await engine.execute`create trigger p_logs after insert on p_logged for each row
            insert into p_log (text) values (new.name), (new.name), (new.name)`;
        await Log.using(engine).create({ text: "first" });
        const Loggeds = Logged.using(engine);
        for (const name of ["a", "b", "c"]) {
          const row = await Loggeds.create({ name });
          expect((await Loggeds.get({ name })).id).toBe(row.id);
        }
        expect(await Log.using(engine).all().count()).toBe(10);
      } finally {
        await engine.dropTable(Logged, Log);
        if (t.family === "sqlite") await engine.execute`drop table p_search`;
      }
    });

    it("by create and by save, with defaults and numbers filled in", async () => {
      const task = await Tasks().create({ title: "a" });
      expect(task).toBeInstanceOf(Task);
      expect(task.loud).toBe("A");
      expect(task).toMatchObject({ title: "a", done: false, tags: ["new"], due: null, role: "none" });
      expect(Number.isSafeInteger(task.id)).toBe(true);
      const draft = new (Tasks())({ title: "b", done: true });
      expect(draft.id).toBeUndefined();
      expect(await draft.save()).toBe(draft);
      expect(draft.id).toBe(task.id + 1);
      expect(
        await Tasks()
          .all()
          .orderBy((k) => k.id)
          .select("title", "done"),
      ).toEqual([
        { title: "a", done: false },
        { title: "b", done: true },
      ]);
      expect((await Tasks().find(draft.id))?.toDict()).toEqual(draft.toDict());
    });

    it("in one statement, without a transaction", async () => {
      const sent = await sentBy(t.engine(), () => Tasks().create({ title: "a" }));
      expect(sent.map(({ operation, model }) => [operation, model])).toEqual([["insert", "Task"]]);
    });

    it("with the id that was given", async () => {
      const plain = await Plains().create({ id: 4_000_000_000, name: "x", size: 1 });
      expect(plain.id).toBe(4_000_000_000);
      expect((await Plains().find(4_000_000_000))?.name).toBe("x");
      expect((await Plains().create({ name: "next" })).id).not.toBe(4_000_000_000);
    });

    it("a row of nothing but defaults", async () => {
      const plain = await Plains().create({});
      expect(plain).toMatchObject({ name: null, size: 7 });
      expect(await Plains().find(plain.id)).toMatchObject({ name: null, size: 7 });
      const [one, two] = await Plains().bulkCreate([{}, {}]);
      expect([one?.size, two?.size, two?.id]).toEqual([7, 7, (one?.id as number) + 1]);
    });

    it("calls defaults once per row and shares no object", async () => {
      const before = made;
      const [one, two] = [await Tasks().create({ title: "1" }), await Tasks().create({ title: "2" })];
      expect([one.rank, two.rank, made]).toEqual([before + 1, before + 2, before + 2]);
      one.tags.push("mine");
      expect(two.tags).toEqual(["new"]);
      expect((await Tasks().create({ title: "3", rank: -1 })).rank).toBe(-1);
      expect(made).toBe(before + 2);
    });

    it("refuses missing values, naming all of them", async () => {
      const error = await refused(t.engine(), () => Strict.using(t.engine()).create({ second: 1 } as never), ValidationError);
      expect(error.message).toMatch(/needs first.*needs third/);
      expect(error.columns).toEqual(["first", "third"]);
      await refused(t.engine(), () => new (Strict.using(t.engine()))({ first: "x" }).save(), ValidationError);
      await refused(
        t.engine(),
        () => Strict.using(t.engine()).bulkCreate([{ first: "a", second: 1, third: "c" }, {} as never]),
        ValidationError,
      );
      await refused(t.engine(), () => Tasks().create({ title: null as never }), ValidationError);
      await refused(t.engine(), () => Tasks().create(undefined as never), UsageError);
      await refused(t.engine(), () => Tasks().create([] as never), UsageError);
    });

    it("refuses an unknown key and says which was meant", async () => {
      const error = await refused(t.engine(), () => Tasks().create({ title: "a", dnoe: true } as never), UsageError);
      expect(error.message).toMatch(/Task has no column "dnoe".*done/);
      for (const key of ["constructor", "toString", "save", "id; drop table p_task"]) {
        await refused(t.engine(), () => Tasks().create({ title: "a", [key]: "x" } as never), UsageError, key);
      }
      await refused(t.engine(), () => Tasks().create(JSON.parse('{"title":"a","__proto__":{"done":true}}')), UsageError);
    });

    it("leaves an instance new when the database refuses it", async () => {
      const plain = new (Plains())({ name: "x" });
      (plain as { size: unknown }).size = null;
      await refused(t.engine(), () => plain.save(), ValidationError);
      await Plains().create({ id: 5, name: "taken" });
      const twin = new (Plains())({ id: 5, name: "twin" });
      await expect(twin.save()).rejects.not.toBeInstanceOf(NotNullViolation);
      expect(inspect(twin)).toBe("<Plain new>");
      twin.id = 6;
      await twin.save();
      expect(await Plains().count()).toBe(2);
    });
  });

  describe("updates", () => {
    it("write the changed columns only", async () => {
      const task = await Tasks().create({ title: "a" });
      task.title = "b";
      const [sent] = await sentBy(t.engine(), () => task.save());
      expect(sent?.operation).toBe("update");
      const set = sent?.sql.split(" where ")[0] ?? "";
      expect(set).toMatch(/title/);
      expect(set).toMatch(/updated_at/);
      expect(set).not.toMatch(/done|rank|tags|due|secret|role|created_at/);
      expect(await sentBy(t.engine(), () => task.save())).toEqual([]);
      const loaded = (await Tasks().find(task.id)) as Task;
      expect(await sentBy(t.engine(), () => loaded.save())).toEqual([]);
    });

    it("of chosen fields leave the other changes unsaved", async () => {
      const task = await Tasks().create({ title: "a" });
      task.title = "b";
      task.done = true;
      await task.save({ fields: ["done"] });
      expect(Object.keys(task.changes)).toEqual(["title"]);
      expect(await Tasks().find(task.id)).toMatchObject({ title: "a", done: true });
      await task.save();
      expect(await Tasks().find(task.id)).toMatchObject({ title: "b", done: true });
      await refused(t.engine(), () => task.save({ fields: ["nope" as never] }), UsageError);
    });

    it("see what was changed in place, and what was changed back", async () => {
      const task = await Tasks().create({ title: "a", due: new Date(1000), tags: ["x"] });
      expect(task.changes).toEqual({});
      task.due?.setTime(2000);
      task.tags.push("y");
      task.title = "b";
      expect(task.changes).toEqual({ title: ["a", "b"], due: [new Date(1000), new Date(2000)], tags: [["x"], ["x", "y"]] });
      task.title = "a";
      task.tags.pop();
      expect(Object.keys(task.changes)).toEqual(["due"]);
      const loaded = (await Tasks().find(task.id)) as Task;
      loaded.due?.setTime(3000);
      loaded.tags[0] = "z";
      expect(loaded.changes).toEqual({ due: [new Date(1000), new Date(3000)], tags: [["x"], ["z"]] });
      await loaded.save();
      expect(loaded.changes).toEqual({});
      expect(await Tasks().find(task.id)).toMatchObject({ due: new Date(3000), tags: ["z"] });
    });

    it("of a row that is gone are a StaleObjectError, and the changes stay", async () => {
      const task = await Tasks().create({ title: "a" });
      await Tasks().where({ id: task.id }).delete();
      task.title = "b";
      const error = await task.save().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StaleObjectError);
      expect(error).toMatchObject({ model: "Task", outcome: "not_applied" });
      expect(task.changes).toHaveProperty("title");
    });

    it("that match a row without changing it are no error", async () => {
      const task = await Tasks().create({ title: "a", done: false });
      const other = (await Tasks().find(task.id)) as Task;
      other.done = true;
      await other.save();
      task.done = true;
      await task.save({ fields: ["done"] });
      expect(await Tasks().where({ id: task.id }).update({ done: true, updatedAt: task.updatedAt })).toBe(1);
      expect(await Tasks().where({ id: task.id }).update({ done: true, updatedAt: task.updatedAt })).toBe(1);
    });

    it("refuse a changed key, undefined and values of other types", async () => {
      const task = await Tasks().create({ title: "a" });
      const { id } = task;
      task.id = id + 1000;
      task.title = "b";
      await refused(t.engine(), () => task.save(), UsageError);
      await refused(t.engine(), () => task.delete(), UsageError);
      task.id = id;
      task.title = undefined as never;
      await refused(t.engine(), () => task.save(), UsageError);
      task.title = 5 as never;
      await refused(t.engine(), () => task.save(), ValidationError);
      task.title = "c";
      await task.save();
      await refused(
        t.engine(),
        () =>
          Tasks()
            .where({ id })
            .update({ id: 5 } as never),
        UsageError,
      );
      await refused(t.engine(), () => Tasks().where({ id }).update({}), UsageError);
      await refused(t.engine(), () => Tasks().all().update({ done: true }), UsageError);
    });

    it("set the automatic times: one at the insert, one at every write", async () => {
      const start = Date.now();
      const task = await Tasks().create({ title: "a" });
      expect(task.createdAt.getTime()).toBeGreaterThanOrEqual(start);
      expect(task.updatedAt).toEqual(task.createdAt);
      const created = task.createdAt.getTime();
      await Tasks()
        .where({ id: task.id })
        .update({ title: "old", updatedAt: new Date(5) });
      expect((await task.refresh()).updatedAt).toEqual(new Date(5));
      await Tasks().where({ id: task.id }).update({ title: "b" });
      await task.refresh();
      expect(task.updatedAt.getTime()).toBeGreaterThanOrEqual(start);
      expect(task.createdAt.getTime()).toBe(created);
      await Tasks()
        .where({ id: task.id })
        .update({ updatedAt: new Date(5) });
      await task.refresh();
      task.title = "c";
      await task.save();
      expect((await task.refresh()).updatedAt.getTime()).toBeGreaterThanOrEqual(start);
      expect(await Tasks().create({ title: "then", createdAt: new Date(7) })).toMatchObject({ createdAt: new Date(7) });
      expect((await Tasks().bulkCreate([{ title: "x" }]))[0]?.createdAt.getTime()).toBeGreaterThanOrEqual(start);
    });
  });

  describe("deletes and reads again", () => {
    it("deletes once", async () => {
      const task = await Tasks().create({ title: "a" });
      const twin = (await Tasks().find(task.id)) as Task;
      await task.delete();
      expect(await Tasks().count()).toBe(0);
      await refused(t.engine(), () => task.delete(), UsageError);
      await refused(t.engine(), () => task.save(), UsageError);
      await refused(t.engine(), () => task.refresh(), UsageError);
      await expect(twin.delete()).rejects.toBeInstanceOf(StaleObjectError);
      await expect(twin.refresh()).rejects.toBeInstanceOf(NotFoundError);
    });

    it("refuses to delete or refresh what was never saved", async () => {
      const draft = new (Tasks())({ title: "a" });
      await refused(t.engine(), () => draft.delete(), UsageError);
      await refused(t.engine(), () => draft.refresh(), UsageError);
    });

    it("reads every column again and drops unsaved changes", async () => {
      const task = await Tasks().create({ title: "a" });
      await Tasks().where({ id: task.id }).update({ done: true });
      task.title = "unsaved";
      expect(await task.refresh()).toBe(task);
      expect(task).toMatchObject({ title: "a", done: true });
      expect(task.changes).toEqual({});
    });
  });
}
