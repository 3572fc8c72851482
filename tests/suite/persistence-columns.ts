/** Columns that are hidden, never taken from input, or have rules of their own. */
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { bigint, bytes, datetime, int, Model, str, UsageError, ValidationError } from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Task extends Model("p_guarded", {
  title: str().validate((title) => {
    if (title === "bad") throw new Error("no bad titles");
  }),
  secret: str().hidden().nullable(),
  role: str().default("none").serverOnly(),
}) {}
class Plain extends Model("p_shown", {
  name: str().nullable(),
  size: int().dbDefault(7),
  big: bigint(),
  at: datetime(),
  data: bytes(),
}) {}

export function suite(t: TargetContext): void {
  const Tasks = () => Task.using(t.engine());
  const Plains = () => Plain.using(t.engine());

  beforeAll(() => t.engine().createTable(Task, Plain));
  afterAll(() => t.engine().dropTable(Task, Plain));
  beforeEach(async () => void (await Tasks().all().allRows().delete()));

  it("keeps hidden columns off rows until they are asked for", async () => {
    const { id } = await Tasks().create({ title: "a", secret: "s3cret" });
    const task = (await Tasks().find(id)) as Task & { secret?: string };
    expect("secret" in task && task.secret !== undefined).toBe(false);
    task.title = "b";
    await task.save();
    await task.refresh();
    expect(task.secret).toBeUndefined();
    const full = await Tasks().where({ id }).alsoSelect("secret").get();
    expect(full.secret).toBe("s3cret");
    full.secret = "other";
    await full.save();
    expect(
      await Tasks()
        .where({ id, secret: "other" })
        .pluck((k) => k.secret),
    ).toEqual(["other"]);
  });

  it("shows them in no form of an instance", async () => {
    const created = await Tasks().create({ title: "a", secret: "s3cret" });
    const full = await Tasks().where({ id: created.id }).alsoSelect("secret").get();
    for (const task of [created, full]) {
      for (const form of [JSON.stringify(task), inspect(task), inspect([task], { depth: 9 }), String(task), JSON.stringify(task.toDict())])
        expect(form).not.toContain("s3cret");
    }
  });

  it("takes a server-only column by assignment alone", async () => {
    for (const work of [
      () => Tasks().create({ title: "a", role: "admin" } as never),
      () => new (Tasks())({ title: "a", role: "admin" } as never),
      () => Tasks().bulkCreate([{ title: "a", role: "admin" } as never]),
      () =>
        Tasks()
          .all()
          .allRows()
          .update({ role: "admin" } as never),
    ])
      await refused(t.engine(), work, UsageError);
    const task = await Tasks().create({ title: "a" });
    task.role = "admin";
    await task.save();
    expect((await Tasks().find(task.id))?.role).toBe("admin");
  });

  it("runs validators on every write", async () => {
    const error = await refused(t.engine(), () => Tasks().create({ title: "bad" }), ValidationError);
    expect(error).toMatchObject({ message: "Task.title: no bad titles", columns: ["title"] });
    const task = await Tasks().create({ title: "good" });
    task.title = "bad";
    await refused(t.engine(), () => task.save(), ValidationError);
    await refused(t.engine(), () => Tasks().bulkCreate([{ title: "fine" }, { title: "bad" }]), ValidationError);
    await refused(t.engine(), () => Tasks().where({ id: task.id }).update({ title: "bad" }), ValidationError);
  });

  it("shows itself as a name with its key, as a dictionary, as JSON", async () => {
    const plain = await Plains().create({ name: "n", big: 2n ** 60n, at: new Date(0), data: Uint8Array.of(1, 2) });
    expect(inspect(plain)).toBe(`<Plain id=${plain.id}>`);
    expect(String(new Plain({ name: "x" }))).toBe("<Plain new>");
    const loaded = (await Plains().find(plain.id)) as Plain;
    expect(loaded.toDict()).toEqual({ id: plain.id, name: "n", size: 7, big: 2n ** 60n, at: new Date(0), data: Uint8Array.of(1, 2) });
    expect(loaded.toJSON()).toEqual({
      id: plain.id,
      name: "n",
      size: 7,
      big: String(2n ** 60n),
      at: "1970-01-01T00:00:00.000Z",
      data: "AQI=",
    });
    expect(JSON.parse(JSON.stringify({ plain }))).toEqual({ plain: loaded.toJSON() });
  });
}
