/** What deleting a row does to the rows that refer to it: counted cascades, protection. */
import { ArchiveModel, ForeignKeyViolation, foreignKey, int, Model, ProtectedError, SoftDeleteModel, str } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { usingOf } from "../support/kept-models.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Firm extends Model("dr_firm", { name: str() }) {}
class Office extends Model("dr_office", {
  city: str(),
  firmId: foreignKey(() => Firm, { onDelete: "cascade" }),
  parentId: foreignKey("dr_office", { onDelete: "cascade" }).nullable(),
}) {}
class Desk extends SoftDeleteModel("dr_desk", { label: str(), officeId: foreignKey(() => Office, { onDelete: "cascade" }) }) {}
class Guest extends Model("dr_guest", { name: str(), officeId: foreignKey(() => Office, { onDelete: "set null" }).nullable() }) {}
class Contract extends Model("dr_contract", { title: str(), firmId: foreignKey(() => Firm, { onDelete: "protect" }) }) {}
class Key extends Model(
  "dr_key",
  { row: int(), place: int() },
  { foreignKeys: [{ on: ["row", "place"], target: () => Seat, onDelete: "protect" }] },
) {}
class Seat extends Model("dr_seat", { row: int().primaryKey(), place: int().primaryKey() }) {}

class Client extends SoftDeleteModel("dr_client", { name: str() }, { cascade: ["orders"] }) {
  get orders() {
    return this.hasMany(Order, (order) => order.clientId);
  }
}
class Order extends SoftDeleteModel("dr_order", { clientId: foreignKey(() => Client) }) {}
class Invoice extends SoftDeleteModel("dr_invoice", { orderId: foreignKey(() => Order, { onDelete: "protect" }) }) {}
class Page extends ArchiveModel("dr_page", { title: str() }) {}
class Remark extends Model("dr_remark", { pageId: foreignKey(() => Page, { onDelete: "cascade" }) }) {}
class Quote extends Model("dr_quote", { pageId: foreignKey(() => Page, { onDelete: "protect" }) }) {}

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const models = [Firm, Office, Desk, Guest, Contract, Seat, Key, Client, Order, Invoice, Page, Remark, Quote] as const;
  let firm: Firm;
  let office: Office;

  beforeAll(() => t.engine().createTable(...models));
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    for (const model of [Key, Seat, Contract, Guest, Remark, Quote] as const) await on(model).all().allRows().delete();
    for (const model of [Desk, Invoice, Order, Client, Page] as const) {
      await on(model).all().allRows().delete();
      await on(model).onlyDeleted().purge();
    }
    await on(Office).all().allRows().update({ parentId: null });
    await on(Office).all().allRows().delete();
    await on(Firm).all().allRows().delete();
    firm = await on(Firm).create({ name: "f" });
    office = await on(Office).create({ city: "Oslo", firmId: firm.id });
  });

  describe("deleteDetailed", () => {
    it("counts the rows of every model that go, whatever is deleted softly among them", async () => {
      const branch = await on(Office).create({ city: "Bergen", firmId: firm.id, parentId: office.id });
      await on(Office).where({ id: office.id }).update({ parentId: branch.id });
      await on(Desk).bulkCreate([
        { label: "a", officeId: office.id },
        { label: "b", officeId: branch.id },
      ]);
      await on(Desk).where({ label: "a" }).delete();
      await on(Guest).create({ name: "g", officeId: office.id });
      const other = await on(Firm).create({ name: "other" });
      const kept = await on(Office).create({ city: "Paris", firmId: other.id });
      expect(await on(Firm).where({ id: firm.id }).deleteDetailed()).toEqual({ total: 5, models: { Firm: 1, Office: 2, Desk: 2 } });
      expect(
        await on(Office)
          .all()
          .pluck((o) => o.id),
      ).toEqual([kept.id]);
      expect(await on(Desk).includeDeleted().count()).toBe(0);
      expect((await on(Guest).get({ name: "g" })).officeId).toBeNull();
      expect(await on(Firm).where({ name: "nobody" }).deleteDetailed()).toEqual({ total: 0, models: { Firm: 0 } });
      await refused(t.engine(), () => on(Firm).all().deleteDetailed());
    });

    it("takes joined and limited rows, and counts each once", async () => {
      const second = await on(Firm).create({ name: "g" });
      await on(Office).bulkCreate([
        { city: "x", firmId: second.id },
        { city: "y", firmId: second.id },
      ]);
      const joined = on(Firm)
        .all()
        .join(Office, (f, o) => o.firmId.eq(f.id))
        .where((f, o) => f.name.eq("g").and(o.city.in(["x", "y"])));
      expect(await joined.deleteDetailed()).toEqual({ total: 3, models: { Firm: 1, Office: 2 } });
      await on(Firm).bulkCreate([{ name: "z" }, { name: "y" }]);
      expect(
        (
          await on(Firm)
            .all()
            .allRows()
            .orderBy((f) => f.name.desc())
            .limit(1)
            .deleteDetailed()
        ).total,
      ).toBe(1);
      expect(
        (
          await on(Firm)
            .all()
            .pluck((f) => f.name)
        ).sort(),
      ).toEqual(["f", "y"]);
    });

    it("counts marked and archived rows in the same way", async () => {
      const client = await on(Client).create({ name: "c" });
      await on(Order).bulkCreate([{ clientId: client.id }, { clientId: client.id }]);
      expect(await on(Client).where({ id: client.id }).deleteDetailed()).toEqual({ total: 3, models: { Client: 1, Order: 2 } });
      expect([await on(Client).count(), await on(Order).count(), await on(Order).includeDeleted().count()]).toEqual([0, 0, 2]);
      const page = await on(Page).create({ title: "p" });
      await on(Remark).create({ pageId: page.id });
      expect(await on(Page).where({ id: page.id }).deleteDetailed()).toEqual({ total: 2, models: { Page: 1, Remark: 1 } });
      expect(await on(Page).onlyDeleted().count()).toBe(1);
    });

    it("is undone with its transaction", async () => {
      await expect(
        t.engine().transaction(async () => {
          expect((await on(Firm).where({ id: firm.id }).deleteDetailed()).total).toBe(2);
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect([await on(Firm).count(), await on(Office).count()]).toEqual([1, 1]);
    });
  });

  describe("protect", () => {
    const blocked = async (work: () => Promise<unknown>): Promise<ProtectedError> => {
      let error: unknown = null;
      const sent = await sentBy(t.engine(), async () => {
        await work().catch((thrown: unknown) => {
          error = thrown;
        });
      });
      expect(error).toBeInstanceOf(ProtectedError);
      expect(sent.filter(({ operation }) => ["insert", "update", "delete"].includes(operation))).toEqual([]);
      return error as ProtectedError;
    };

    it("says which models stand in the way, and changes nothing", async () => {
      await on(Contract).bulkCreate([
        { title: "very secret", firmId: firm.id },
        { title: "b", firmId: firm.id },
      ]);
      for (const work of [
        () => firm.delete(),
        () => on(Firm).where({ id: firm.id }).delete(),
        () => on(Firm).all().allRows().limit(1).delete(),
        () => on(Firm).where({ id: firm.id }).returning().delete(),
        () => on(Firm).where({ id: firm.id }).deleteDetailed(),
      ]) {
        const error = await blocked(work);
        expect(error.message).toMatch(/^Firm is protected by rows of Contract \(2\)/);
        expect(error).toMatchObject({ code: "KAKA_PROTECTED", model: "Firm", blocking: { Contract: 2 }, outcome: "not_applied" });
        expect(JSON.stringify(error)).not.toContain("secret");
      }
      expect([await on(Firm).count(), await on(Office).count(), await on(Contract).count()]).toEqual([1, 1, 2]);
      // Who does not ask the ORM is refused by the database.
      await expect(t.engine().execute`delete from dr_firm where id = ${firm.id}`).rejects.toThrow(ForeignKeyViolation);
      await on(Contract).all().allRows().delete();
      await firm.delete();
      expect(await on(Firm).count()).toBe(0);
    });

    it("deletes what nobody refers to, and leaves the rest of the query's rows when one is protected", async () => {
      const free = await on(Firm).create({ name: "free" });
      await on(Contract).create({ title: "a", firmId: firm.id });
      await blocked(() => on(Firm).all().allRows().delete());
      expect(await on(Firm).where({ name: "free" }).returning("name").delete()).toEqual([{ name: "free" }]);
      await expect(free.delete()).rejects.toMatchObject({ code: "KAKA_STALE" });
      expect(await on(Firm).where({ name: "nobody" }).delete()).toBe(0);
    });

    it("works over keys of several columns", async () => {
      await on(Seat).bulkCreate([
        { row: 1, place: 2 },
        { row: 2, place: 1 },
      ]);
      await on(Key).create({ row: 1, place: 2 });
      const error = await blocked(() => on(Seat).all().allRows().delete());
      expect(error.blocking).toEqual({ Key: 1 });
      expect(await on(Seat).where({ row: 2 }).delete()).toBe(1);
    });

    it("counts live rows for what is marked, on every level of its cascade", async () => {
      const client = await on(Client).create({ name: "c" });
      const order = await on(Order).create({ clientId: client.id });
      const invoice = await on(Invoice).create({ orderId: order.id });
      expect((await blocked(() => client.delete())).message).toMatch(/^Client is protected by rows of Invoice \(1\)/);
      await blocked(() => order.delete());
      await invoice.delete();
      await client.delete();
      expect(client.deletedAt).toBeInstanceOf(Date);
      expect(await on(Order).count()).toBe(0);
      await client.restore();
      expect(await on(Order).count()).toBe(1);
    });

    it("holds for archived models", async () => {
      const page = await on(Page).create({ title: "p" });
      const quote = await on(Quote).create({ pageId: page.id });
      await blocked(() => page.delete());
      await quote.delete();
      await page.delete();
      expect(await on(Page).onlyDeleted().count()).toBe(1);
      await page.restore();
      expect(await on(Page).count()).toBe(1);
    });

    it("is a word of onDelete alone", async () => {
      await refused(t.engine(), async () => foreignKey(() => Firm, { onUpdate: "protect" as never }));
      const Wrong = Model("dr_wrong", { a: int() }, { foreignKeys: [{ on: ["a"], target: () => Firm, onDelete: "explode" as never }] });
      await refused(t.engine(), () => t.engine().createTable(Wrong));
    });
  });
}
