/** Single changes of live tables: columns, types, copies, differences. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { schemaTools } from "../../migrations/tools.ts";
import { int, MigrationError, Model, sql, str } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

class Thing extends Model("tool_thing", { name: str({ length: 40 }).unique(), size: int().dbDefault(1) }) {}
class Wider extends Model("tool_thing", {
  name: str({ length: 40 }).unique(),
  size: int().dbDefault(1),
  note: str().nullable(),
  rank: int(),
}) {}

export function suite(t: TargetContext): void {
  describe("schema tools", () => {
    beforeEach(async () => {
      await t.engine().createTable(Thing);
      await Thing.using(t.engine()).bulkCreate([{ name: "a" }, { name: "b" }]);
    });
    afterEach(async () => {
      for (const name of ["tool_thing", "tool_thing_backup"]) await t.engine().execute`drop table if exists ${sql.id(name)}`;
    });
    const names = async () => (await t.engine().sql<{ name: string }>`select name from tool_thing order by id`).map(({ name }) => name);

    it("add, rename and retype columns", async () => {
      const tools = schemaTools(t.engine());
      expect(await tools.tableColumns("tool_thing")).toEqual(["id", "name", "size"]);
      expect(await tools.safeAddColumn("tool_thing", { name: "note", type: "string", length: 10, nullable: true })).toBe(true);
      expect(await tools.safeAddColumn("tool_thing", { name: "NOTE", type: "string", length: 10, nullable: true })).toBe(false);
      await expect(tools.safeAddColumn("tool_thing", { name: "rank", type: "int" })).rejects.toThrow(/takes no null and has no default/);
      expect(await tools.safeAddColumn("tool_thing", { name: "rank", type: "int" }, { fill: 4 })).toBe(true);
      await tools.renameColumn("tool_thing", "rank", "place");
      expect(await tools.columnExists("tool_thing", "place")).toBe(true);
      expect(Number(await t.engine().scalar`select sum(place) from tool_thing`)).toBe(8);
      await tools.changeColumnType("tool_thing", "place", { type: "bigint" });
      await expect(tools.tableColumns("tool_nowhere")).rejects.toThrow(MigrationError);
    });

    it("copy, put back and make anew", async () => {
      const tools = schemaTools(t.engine());
      expect(await tools.backupTable("tool_thing")).toBe("tool_thing_backup");
      await expect(tools.backupTable("tool_thing")).rejects.toThrow(/is there already/);
      await t.engine().execute`delete from tool_thing`;
      await tools.restoreTable("tool_thing");
      expect(await names()).toEqual(["a", "b"]);
      // Keys survived.
      await expect(t.engine().execute`insert into tool_thing (name) values ('a')`).rejects.toThrow();
      await tools.recreateTable("tool_thing", {
        columns: [
          { name: "id", type: "bigint", identity: true },
          { name: "name", type: "string", length: 60 },
        ],
        primaryKey: ["id"],
        uniques: [{ name: "tool_thing_name_key", columns: ["name"] }],
      });
      expect(await tools.tableColumns("tool_thing")).toEqual(["id", "name"]);
      expect(await names()).toEqual(["a", "b"]);
    });

    it("tell and remove differences, without drops", async () => {
      const tools = schemaTools(t.engine());
      expect(await tools.getSchemaDiff(Thing)).toEqual({ missingInDb: [], extraInDb: [], changes: [] });
      expect(await tools.getSchemaDiff(Wider)).toMatchObject({ missingInDb: ["note", "rank"], extraInDb: [] });
      const { added, skipped } = await tools.syncSchema(Wider);
      expect(added).toEqual(["adds the column tool_thing.note"]);
      expect(skipped).toEqual(["adds the column tool_thing.rank"]);
      expect(await tools.getSchemaDiff(Thing)).toMatchObject({ extraInDb: ["note"] });
    });
  });
}
