/** Sequelize: models with instances. */
import { col, DataTypes, fn, literal, type ModelStatic, Op, Sequelize, type Model as SequelizeModel, Transaction } from "sequelize";
import type { OpenAdapter, Place } from "../adapter.ts";
import { POOL, streamByKey } from "../adapter.ts";
import { type ItemValues, TABLES } from "../data.ts";

function openDatabase({ database, url, path }: Place): Sequelize {
  const shared = { logging: false as const, pool: { min: 1, max: POOL } };
  if (database === "sqlite") return new Sequelize({ dialect: "sqlite", storage: path, ...shared });
  return new Sequelize(
    url,
    database === "mysql" ? { ...shared, dialect: "mysql", timezone: "+00:00" } : { ...shared, dialect: "postgres" },
  );
}

interface ItemInstance extends SequelizeModel {
  id: number;
  views: number;
}

export const openSequelize: OpenAdapter = async (place) => {
  const sqlite = place.database === "sqlite";
  const db = openDatabase(place);
  // It reads an instant of SQLite only in the form that it wrote itself.
  const createdAt = sqlite
    ? {
        type: DataTypes.STRING,
        field: "created_at",
        set(this: SequelizeModel, value: Date) {
          this.setDataValue("createdAt", value.toISOString() as never);
        },
      }
    : { type: DataTypes.DATE(3), field: "created_at" };
  const plain = { timestamps: false };
  const Customer = db.define(
    "customer",
    {
      name: DataTypes.STRING,
      email: DataTypes.STRING,
      city: DataTypes.STRING,
      country: DataTypes.STRING,
      credit: DataTypes.DOUBLE,
      active: DataTypes.BOOLEAN,
      note: DataTypes.STRING,
      createdAt,
    },
    { ...plain, tableName: TABLES.customer },
  );
  const Order = db.define(
    "order",
    { customerId: { type: DataTypes.INTEGER, field: "customer_id" }, status: DataTypes.STRING, total: DataTypes.INTEGER, createdAt },
    { ...plain, tableName: TABLES.order },
  );
  const Line = db.define(
    "line",
    {
      orderId: { type: DataTypes.INTEGER, field: "order_id" },
      product: DataTypes.STRING,
      quantity: DataTypes.INTEGER,
      price: DataTypes.INTEGER,
    },
    { ...plain, tableName: TABLES.line },
  );
  const Item = db.define(
    "item",
    {
      sku: { type: DataTypes.STRING, unique: true },
      title: DataTypes.STRING,
      views: DataTypes.INTEGER,
      score: DataTypes.DOUBLE,
      published: DataTypes.BOOLEAN,
      note: DataTypes.STRING,
      createdAt,
    },
    { ...plain, tableName: TABLES.item },
  ) as ModelStatic<ItemInstance>;
  Customer.hasMany(Order, { as: "orders", foreignKey: "customerId" });
  Order.hasMany(Line, { as: "lines", foreignKey: "orderId" });
  if (sqlite) {
    await db.query("pragma journal_mode = wal");
    await db.query("pragma synchronous = 1");
    await db.query("pragma busy_timeout = 5000");
  }
  const rowsOf = (items: readonly ItemValues[]) => items.map((item) => ({ ...item }));
  return {
    name: "sequelize",
    kind: "orm",
    lookup: (id) => Customer.findByPk(id),
    list: (rows) => Customer.findAll({ order: ["id"], limit: rows }),
    filter: ({ country, credit, prefix }) =>
      Customer.findAll({
        where: { country, active: true, credit: { [Op.gte]: credit }, name: { [Op.like]: `${prefix}%` } },
        order: ["id"],
        limit: 50,
      }),
    insert: async (item) => (await Item.create({ ...item })).id,
    bulk: (items) => Item.bulkCreate(rowsOf(items)),
    update: (id, views) => Item.update({ views }, { where: { id } }),
    bulkUpdate(rows) {
      const cases = rows.map(({ id, views }) => `when ${id} then ${views}`).join(" ");
      return Item.update({ views: literal(`case id ${cases} end`) }, { where: { id: rows.map(({ id }) => id) } });
    },
    remove: (id) => Item.destroy({ where: { id } }),
    tree: (from, size) =>
      Customer.findAll({
        where: { id: { [Op.between]: [from, from + size - 1] } },
        include: [{ model: Order, as: "orders", separate: true, include: [{ model: Line, as: "lines", separate: true }] }],
      }),
    totals: (country) =>
      Customer.findAll({
        where: { country },
        attributes: [
          "city",
          [fn("count", fn("distinct", col("orders.id"))), "orders"],
          [
            literal(
              place.database === "postgres"
                ? 'sum("orders->lines"."quantity" * "orders->lines"."price")'
                : "sum(`orders->lines`.`quantity` * `orders->lines`.`price`)",
            ),
            "revenue",
          ],
        ],
        include: [
          {
            model: Order,
            as: "orders",
            attributes: [],
            required: true,
            include: [{ model: Line, as: "lines", attributes: [], required: true }],
          },
        ],
        group: ["city"],
        order: ["city"],
        raw: true,
      }),
    transaction: (item, views) =>
      db.transaction({ type: Transaction.TYPES.IMMEDIATE }, async (transaction) => {
        const { id } = await Item.create({ ...item }, { transaction });
        const read = await Item.findByPk(id, { transaction });
        await read?.update({ views }, { transaction });
        const seen = await Item.findByPk(id, { transaction });
        await seen?.destroy({ transaction });
        return seen?.views;
      }),
    upsert: (items) =>
      Item.bulkCreate(rowsOf(items), {
        updateOnDuplicate: ["views"],
        ...(place.database === "mysql" ? {} : { conflictAttributes: ["sku"] }),
      } as never),
    stream: (rows) =>
      streamByKey(
        rows,
        async (after, size) =>
          (await Line.findAll({ where: { id: { [Op.gt]: after } }, order: ["id"], limit: size })) as unknown as object[],
      ),
    close: () => db.close(),
  };
};
