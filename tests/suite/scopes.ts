/** Conditions that stand for a model: tenants, and models composed of several behaviours. */
import {
  ArchiveModel,
  connect,
  exists,
  foreignKey,
  from,
  int,
  Model,
  prepare,
  SoftDeleteModel,
  StaleObjectError,
  str,
  VersionedModel,
} from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { usingOf } from "../support/kept-models.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

const tenant: { current: number | null } = { current: 1 };
function currentTenant(): number {
  if (tenant.current === null) throw new Error("no tenant here");
  return tenant.current;
}
const TenantModel = Model.extend({
  columns: { tenantId: int().default(() => currentTenant()) },
  scopes: { tenant: (c) => c.tenantId.eq(currentTenant()) },
});
class Folder extends TenantModel("sc_folder", { name: str() }) {
  get files() {
    return this.hasMany(File, (file) => file.folderId);
  }
}
const KeptTenantModel = SoftDeleteModel.extend(VersionedModel).extend(TenantModel);
class File extends KeptTenantModel(
  "sc_file",
  { name: str(), folderId: foreignKey(() => Folder) },
  { uniques: (f) => [[f.tenantId, f.name]] },
) {
  get folder() {
    return this.belongsTo(Folder, (file) => file.folderId);
  }
}
class Paper extends ArchiveModel.extend(TenantModel)("sc_paper", { name: str() }) {}
/** The tenant is not said by a default, only by the scope; and the standing condition is more than an equality. */
class Plain extends Model.extend({
  columns: { tenantId: int(), size: int() },
  scopes: { tenant: (c) => c.tenantId.eq(currentTenant()), small: (c) => c.size.lt(10) },
})("sc_plain", { name: str() }) {}

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const models = [Folder, File, Paper, Plain] as const;
  const as = async <T>(current: number | null, work: () => T | PromiseLike<T>): Promise<T> => {
    const before = tenant.current;
    tenant.current = current;
    try {
      return await work();
    } finally {
      tenant.current = before;
    }
  };
  const names = async (query: PromiseLike<{ name: string }[]>) => (await query).map((row) => row.name).sort();

  beforeAll(() => t.engine().createTable(...models));
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    await on(File).unscoped("reset").allRows().delete();
    await on(File).unscoped("reset").onlyDeleted().purge();
    await on(Paper).unscoped("reset").allRows().delete();
    await on(Paper).unscoped("reset").onlyDeleted().purge();
    await on(Folder).unscoped("reset").allRows().delete();
    await on(Plain).unscoped("reset").allRows().delete();
    for (const current of [1, 2]) {
      await as(current, async () => {
        const folder = await on(Folder).create({ name: `f${current}` });
        await on(File).bulkCreate([
          { name: "x", folderId: folder.id },
          { name: `y${current}`, folderId: folder.id },
        ]);
        await on(Paper).create({ name: `p${current}` });
      });
    }
  });

  describe("a tenant", () => {
    it("sees its own rows, whatever reads them", async () => {
      expect(await names(on(Folder).all())).toEqual(["f1"]);
      const other = await as(2, () => on(Folder).first());
      expect(other?.name).toBe("f2");
      expect(await on(Folder).find(other?.id ?? 0)).toBeNull();
      expect(
        await on(Folder)
          .where((f) => f.name.eq("f1").or(f.name.eq("f2")))
          .count(),
      ).toBe(1);
      expect(
        await on(Folder)
          .where((f) => f.files.some((x) => x.name.eq("y2")))
          .count(),
      ).toBe(0);
      expect(
        await on(Folder)
          .unscoped("test")
          .where((f) => f.files.some())
          .count(),
      ).toBe(1);
      expect(
        await on(Folder)
          .all()
          .join(File, (f, x) => x.folderId.eq(f.id))
          .count(),
      ).toBe(2);
      expect(
        await on(File)
          .unscoped("test")
          .leftJoin(Folder, (x, f) => x.folderId.eq(f.id))
          .where((_x, f) => f.id.isNull())
          .count(),
      ).toBe(2);
      expect((await other?.files)?.length).toBe(0);
      expect((await on(Folder).unscoped("test").prefetch("files")).map((f) => f.files.loaded.length).sort()).toEqual([0, 2]);
      expect(
        await on(File)
          .where((x) => exists(on(Folder).where((f) => f.id.eq(x.folderId))))
          .count(),
      ).toBe(2);
      expect(await from(on(File).all().select("name").as("x")).count()).toBe(2);
      expect(
        await names(
          on(File)
            .where({ name: "x" })
            .union(on(File).where({ name: "y2" })),
        ),
      ).toEqual(["x"]);
    });

    it("is asked for at each statement, in prepared and kept queries too", async () => {
      const query = on(Folder)
        .all()
        .orderBy((f) => f.id);
      const prepared = prepare({}, () => on(Folder).all());
      for (const current of [1, 2, 1]) {
        await as(current, async () => {
          expect(await names(query)).toEqual([`f${current}`]);
          expect(await names(prepared.all({}) as Promise<Folder[]>)).toEqual([`f${current}`]);
          const own = await on(Folder).first();
          expect((await on(Folder).find(own?.id ?? 0))?.name).toBe(`f${current}`);
        });
      }
      await as(null, async () => {
        await expect((async () => on(Folder).count())()).rejects.toThrow("no tenant here");
        await expect((async () => on(Folder).where({ name: "f1" }).delete())()).rejects.toThrow("no tenant here");
        await expect((async () => on(Folder).where({ name: "f1" }).update({ name: "z" }))()).rejects.toThrow("no tenant here");
      });
    });

    it("changes and deletes its own rows only", async () => {
      expect(await on(Folder).all().allRows().update({ name: "mine" })).toBe(1);
      expect(await as(2, () => names(on(Folder).all()))).toEqual(["f2"]);
      expect(await on(File).where({ name: "x" }).delete()).toBe(1);
      expect(await as(2, () => on(File).count())).toBe(2);
      expect(await as(2, () => on(File).where({ name: "x" }).restore())).toBe(0);
      expect(await as(2, () => on(File).onlyDeleted().purge())).toBe(0);
      expect(await on(File).where({ name: "x" }).restore()).toBe(1);
      expect(await on(Paper).all().allRows().delete()).toBe(1);
      expect(await as(2, () => on(Paper).onlyDeleted().count())).toBe(0);
      expect(await as(2, () => names(on(Paper).includeDeleted()))).toEqual(["p2"]);
      expect(await on(Paper).onlyDeleted().count()).toBe(1);
    });

    it("makes rows of its own: the scope fills the column in", async () => {
      const made = await on(Folder).create({ name: "new" });
      expect(made.tenantId).toBe(1);
      const plain = await on(Plain).create({ name: "a", size: 3 } as never);
      expect((plain as unknown as Plain).tenantId).toBe(1);
      const many = await as(2, () =>
        on(Plain).bulkCreate([
          { name: "b", size: 3 },
          { name: "c", size: 4 },
        ] as never),
      );
      expect((many as unknown as Plain[]).map((row) => row.tenantId)).toEqual([2, 2]);
      const saved = new (on(Plain))({ name: "d", size: 1 });
      await saved.save();
      expect(saved.tenantId).toBe(1);
      const [upserted] = await on(File).upsert([{ name: "x", folderId: made.id }], {
        on: ["tenantId", "name"],
        update: ["folderId"],
      } as never);
      expect([upserted?.tenantId, upserted?.folderId]).toEqual([1, made.id]);
      expect(await as(2, async () => (await on(File).get({ name: "x" })).folderId)).not.toBe(made.id);
      expect(
        await on(Folder)
          .where({ name: "new" })
          .select((f) => ({ name: f.name, size: f.tenantId }))
          .insertInto(Plain as never),
      ).toBe(1);
      expect((await on(Plain).get({ name: "new" })).tenantId).toBe(1);
    });

    it("refuses rows and changes that it could not see itself", async () => {
      const engine = t.engine();
      expect((await refused(engine, () => on(Folder).create({ name: "n", tenantId: 2 }))).message).toMatch(/Folder\.tenantId/);
      await refused(engine, () => on(Folder).bulkCreate([{ name: "n" }, { name: "n", tenantId: 2 }]));
      await refused(engine, () => on(File).upsert([{ name: "x", folderId: 1, tenantId: 2 }], { on: ["tenantId", "name"] }));
      await refused(engine, () => on(Folder).where({ name: "f1" }).update({ tenantId: 2 }));
      const folder = await on(Folder).get({ name: "f1" });
      folder.tenantId = 2;
      await refused(engine, () => folder.save());
      await refused(engine, () => on(Folder).bulkUpdate([folder]));
      expect(await on(Folder).unscoped("moved to its new owner").where({ name: "f1" }).update({ tenantId: 2 })).toBe(1);
      expect(await on(Folder).count()).toBe(0);
      await as(null, async () => {
        await expect((async () => on(Folder).create({ name: "n", tenantId: 1 }))()).rejects.toThrow("no tenant here");
      });
    });

    it("leaves an instance usable by whoever holds it", async () => {
      const files = await on(File).unscoped("clean up").where({ name: "y2" });
      const [file] = files;
      if (file === undefined) throw new Error("no file");
      file.name = "renamed";
      await file.save();
      await file.delete();
      await file.restore();
      await file.refresh();
      await file.delete();
      await file.purge();
      expect(await on(File).unscoped("test").includeDeleted().count()).toBe(3);
      const [paper] = await on(Paper).unscoped("clean up").where({ name: "p2" });
      await paper?.delete();
      await paper?.restore();
      await paper?.delete();
      await paper?.purge();
      expect(await on(Paper).unscoped("test").includeDeleted().count()).toBe(1);
    });
  });

  describe("unscoped", () => {
    it("needs a reason, and tells it to whoever listens", async () => {
      const engine = t.engine();
      for (const reason of [undefined, "", "  ", 5, null]) await refused(engine, () => on(Folder).unscoped(reason as never));
      const sent = await sentBy(engine, async () => {
        await on(Folder).unscoped("monthly report").count();
        await on(Folder)
          .where((f) => f.id.in(on(Folder).unscoped("inner").select("id")))
          .count();
        await on(Folder).unscoped("fix").where({ name: "f1" }).update({ name: "f1" });
        await on(File).unscoped("drop").where({ name: "zz" }).delete();
        await on(Paper).unscoped("old papers").onlyDeleted();
        await on(Folder).count();
      });
      expect(sent.map(({ unscoped }) => unscoped)).toEqual([["monthly report"], ["inner"], ["fix"], ["drop"], ["old papers"], []]);
      const lines: string[] = [];
      const other = await connect(t.url(), { name: `${t.name} logged`, default: false, logging: (line) => void lines.push(line) });
      try {
        if (t.url().includes(":memory:")) await other.createTable(Folder);
        await Folder.using(other).unscoped("why\nnot").count();
      } finally {
        await other.disconnect();
      }
      expect(lines.at(-1)).toContain("(unscoped: why not)");
    });

    it("still leaves deleted rows out", async () => {
      await on(File).where({ name: "x" }).delete();
      expect(await on(File).unscoped("test").count()).toBe(3);
      expect(await on(File).unscoped("test").onlyDeleted().count()).toBe(1);
      expect(await on(File).onlyDeleted().unscoped("test").count()).toBe(1);
      expect(await as(2, () => on(File).onlyDeleted().unscoped("test").count())).toBe(1);
      expect(await as(2, () => on(File).onlyDeleted().count())).toBe(0);
    });
  });

  describe("composed models", () => {
    it("have the columns and rules of all their parts", async () => {
      const file = await on(File).get({ name: "x" });
      expect([file.version, file.deletedAt, file.tenantId]).toEqual([1, null, 1]);
      const other = await on(File).get({ name: "x" });
      file.name = "z";
      await file.save();
      expect(file.version).toBe(2);
      await expect(other.delete()).rejects.toThrow(StaleObjectError);
      await file.delete();
      expect(file.version).toBe(3);
      await other.refresh();
      await file.restore();
      expect(file.version).toBe(4);
      other.name = "late";
      await expect(other.save()).rejects.toThrow(StaleObjectError);
      expect(await on(File).where({ name: "z" }).update({ name: "zz" })).toBe(1);
      await expect(file.save().then(() => file.delete())).rejects.toThrow(StaleObjectError);
      await file.refresh();
      expect(file.version).toBe(5);
      await expect(
        t.engine().transaction(async () => {
          file.name = "in vain";
          await file.save();
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect(Object.keys(file.changes)).toEqual(["name"]);
      await file.save();
      expect(file.version).toBe(6);
    });

    it("refuses parts that contradict each other", () => {
      expect(() => SoftDeleteModel.extend(ArchiveModel)).toThrow(/ways of deleting/);
      expect(() => TenantModel.extend({ columns: { tenantId: int() } })).toThrow(/a column tenantId/);
      expect(() => TenantModel.extend({ scopes: { tenant: () => null as never } })).toThrow(/a scope tenant/);
      expect(() => TenantModel("x", { tenantId: int() } as never)).toThrow(/column of the factory/);
      expect(() => Model.extend({ colums: {} } as never)).toThrow(/knows columns and scopes/);
      expect(() => Model.extend(5 as never)).toThrow(/takes/);
      const Wrong = Model.extend({ scopes: { nothing: () => undefined as never } })("sc_wrong", { name: str() });
      expect(() => Wrong.using(t.engine()).all().toSQL()).toThrow(/must give a condition/);
    });
  });
}
