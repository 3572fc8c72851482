import { count, cte, from, max, scalar, sum } from "kakaorm";
import { Customer, Lineitem, Nation, Order, Part, PartSupp, Supplier } from "../models.ts";
import type { Question } from "../question.ts";
import { revenue, within } from "./terms.ts";

const germanStock = PartSupp.all()
  .join(Supplier, (ps, s) => s.suppKey.eq(ps.suppKey))
  .join(Nation, (_ps, s, n) => n.nationKey.eq(s.nationKey).and(n.name.eq("GERMANY")));

export const q11: Question = {
  title: "Important stock: parts worth more than a ten-thousandth of all that German suppliers have",
  columns: { partKey: "whole", value: "decimal 2" },
  query: germanStock
    .groupBy((ps) => ps.partKey)
    .having((ps) =>
      sum(ps.supplyCost.mul(ps.availQty)).gt(
        scalar(germanStock.select((all) => ({ least: sum(all.supplyCost.mul(all.availQty)).mul("0.0001") }))),
      ),
    )
    .orderBy((ps) => sum(ps.supplyCost.mul(ps.availQty)).desc())
    .select((ps) => ({ partKey: ps.partKey, value: sum(ps.supplyCost.mul(ps.availQty)) })),
};

const urgent = ["1-URGENT", "2-HIGH"];

export const q12: Question = {
  title: "Shipping modes: urgent and other orders that came late by mail and by ship",
  columns: { shipMode: "text", urgent: "whole", others: "whole" },
  query: Lineitem.where((l) => l.shipMode.in(["MAIL", "SHIP"]).and(within(l.receiptDate, "1994-01-01", { years: 1 })))
    .where((l) => l.commitDate.lt(l.receiptDate).and(l.shipDate.lt(l.commitDate)))
    .join(Order, (l, o) => o.orderKey.eq(l.orderKey))
    .groupBy((l) => l.shipMode)
    .orderBy((l) => l.shipMode)
    .select((l, o) => ({
      shipMode: l.shipMode,
      urgent: count().filter(o.orderPriority.in(urgent)),
      others: count().filter(o.orderPriority.notIn(urgent)),
    })),
};

const ordersOfCustomers = Customer.all()
  .leftJoin(Order, (c, o) => o.custKey.eq(c.custKey).and(o.comment.like("%special%requests%").not()))
  .groupBy((c) => c.custKey)
  .select((c, o) => ({ custKey: c.custKey, orders: count(o.orderKey) }))
  .as("orders_of_customers");

export const q13: Question = {
  title: "Customer distribution: how many customers have how many orders",
  columns: { orders: "whole", customers: "whole" },
  query: from(ordersOfCustomers)
    .groupBy((c) => c.orders)
    .orderBy((c) => [count().desc(), c.orders.desc()])
    .select((c) => ({ orders: c.orders, customers: count() })),
};

export const q14: Question = {
  title: "Promotion effect: how many percent of a month's revenue came from promoted parts",
  columns: { percent: "decimal 8" },
  query: Lineitem.where((l) => within(l.shipDate, "1995-09-01", { months: 1 }))
    .join(Part, (l, p) => p.partKey.eq(l.partKey))
    .select((l, p) => ({
      percent: sum(revenue(l))
        .filter(p.type.startsWith("PROMO"))
        .mul(100)
        .div(sum(revenue(l))),
    })),
};

const quarter = cte(
  "quarter",
  Lineitem.where((l) => within(l.shipDate, "1996-01-01", { months: 3 }))
    .groupBy((l) => l.suppKey)
    .select((l) => ({ suppKey: l.suppKey, revenue: sum(revenue(l)) })),
);

export const q15: Question = {
  title: "Top supplier: who earned most in a quarter",
  columns: { suppKey: "whole", name: "text", address: "text", phone: "text", revenue: "decimal 4" },
  query: Supplier.all()
    .join(quarter, (s, q) => q.suppKey.eq(s.suppKey))
    .where((_s, q) => q.revenue.eq(scalar(from(quarter).select((all) => ({ most: max(all.revenue) })))))
    .orderBy((s) => s.suppKey)
    .select((s, q) => ({ suppKey: s.suppKey, name: s.name, address: s.address, phone: s.phone, revenue: q.revenue })),
};

export const q16: Question = {
  title: "Parts and suppliers: how many can deliver parts of some sizes, without those that customers complain about",
  columns: { brand: "text", type: "text", size: "whole", suppliers: "whole" },
  query: PartSupp.where((ps) => ps.suppKey.notIn(Supplier.where((s) => s.comment.like("%Customer%Complaints%")).select("suppKey")))
    .join(Part, (ps, p) => p.partKey.eq(ps.partKey))
    .where((_ps, p) => p.brand.ne("Brand#45").and(p.size.in([49, 14, 23, 45, 19, 3, 36, 9])))
    .exclude((_ps, p) => p.type.startsWith("MEDIUM POLISHED"))
    .groupBy((_ps, p) => [p.brand, p.type, p.size])
    .orderBy((ps, p) => [count(ps.suppKey).distinct().desc(), p.brand, p.type, p.size])
    .select((ps, p) => ({ brand: p.brand, type: p.type, size: p.size, suppliers: count(ps.suppKey).distinct() })),
};
