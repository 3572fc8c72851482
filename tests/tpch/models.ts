/** The eight tables of TPC-H: parts, who supplies them at what price, who orders them, and what was delivered. */
import { date, decimal, foreignKey, int, Model, str } from "kakaorm";

const money = () => decimal({ precision: 15, scale: 2 });
/** The benchmark names its columns like this: `l_extendedprice` is `extendedPrice` of a lineitem. */
const prefixed = (prefix: string) => (property: string) => `${prefix}_${property.toLowerCase()}`;

export class Region extends Model(
  "region",
  { regionKey: int().primaryKey(), name: str({ length: 25 }), comment: str({ length: 152 }) },
  { naming: prefixed("r") },
) {}

export class Nation extends Model(
  "nation",
  {
    nationKey: int().primaryKey(),
    name: str({ length: 25 }),
    regionKey: foreignKey(() => Region).index(),
    comment: str({ length: 152 }),
  },
  { naming: prefixed("n") },
) {
  get region() {
    return this.belongsTo(Region, (nation) => nation.regionKey);
  }
}

export class Supplier extends Model(
  "supplier",
  {
    suppKey: int().primaryKey(),
    name: str({ length: 25 }),
    address: str({ length: 40 }),
    nationKey: foreignKey(() => Nation).index(),
    phone: str({ length: 15 }),
    acctBal: money(),
    comment: str({ length: 101 }),
  },
  { naming: prefixed("s") },
) {
  get nation() {
    return this.belongsTo(Nation, (supplier) => supplier.nationKey);
  }
}

export class Part extends Model(
  "part",
  {
    partKey: int().primaryKey(),
    name: str({ length: 55 }),
    mfgr: str({ length: 25 }),
    brand: str({ length: 10 }),
    type: str({ length: 25 }),
    size: int(),
    container: str({ length: 10 }),
    retailPrice: money(),
    comment: str({ length: 23 }),
  },
  { naming: prefixed("p") },
) {}

export class PartSupp extends Model(
  "partsupp",
  {
    partKey: foreignKey(() => Part).primaryKey(),
    suppKey: foreignKey(() => Supplier)
      .primaryKey()
      .index(),
    availQty: int(),
    supplyCost: money(),
    comment: str({ length: 199 }),
  },
  { naming: prefixed("ps") },
) {}

export class Customer extends Model(
  "customer",
  {
    custKey: int().primaryKey(),
    name: str({ length: 25 }),
    address: str({ length: 40 }),
    nationKey: foreignKey(() => Nation).index(),
    phone: str({ length: 15 }),
    acctBal: money(),
    mktSegment: str({ length: 10 }),
    comment: str({ length: 117 }),
  },
  { naming: prefixed("c") },
) {
  get orders() {
    return this.hasMany(Order, (order) => order.custKey);
  }
}

export class Order extends Model(
  "orders",
  {
    orderKey: int().primaryKey(),
    custKey: foreignKey(() => Customer).index(),
    orderStatus: str({ length: 1 }),
    totalPrice: money(),
    orderDate: date().index(),
    orderPriority: str({ length: 15 }),
    clerk: str({ length: 15 }),
    shipPriority: int(),
    comment: str({ length: 79 }),
  },
  { naming: prefixed("o") },
) {
  get lineitems() {
    return this.hasMany(Lineitem, (item) => item.orderKey);
  }
}

export class Lineitem extends Model(
  "lineitem",
  {
    orderKey: foreignKey(() => Order).primaryKey(),
    partKey: foreignKey(() => Part),
    suppKey: foreignKey(() => Supplier).index(),
    lineNumber: int().primaryKey(),
    quantity: money(),
    extendedPrice: money(),
    discount: money(),
    tax: money(),
    returnFlag: str({ length: 1 }),
    lineStatus: str({ length: 1 }),
    shipDate: date().index(),
    commitDate: date(),
    receiptDate: date().index(),
    shipInstruct: str({ length: 25 }),
    shipMode: str({ length: 10 }),
    comment: str({ length: 44 }),
  },
  {
    naming: prefixed("l"),
    indexes: (item) => [[item.partKey, item.suppKey]],
    foreignKeys: [{ on: ["partKey", "suppKey"], target: () => PartSupp }],
  },
) {}

/** In the order in which they can be filled. */
export const tables = [Region, Nation, Supplier, Part, PartSupp, Customer, Order, Lineitem] as const;
