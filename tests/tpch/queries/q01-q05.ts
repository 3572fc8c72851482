import { avg, count, date, min, scalar, sum, value } from "kakaorm";
import { Customer, Lineitem, Nation, Order, Part, PartSupp, Supplier } from "../models.ts";
import type { Question } from "../question.ts";
import { nationsOf, revenue, within } from "./terms.ts";

export const q01: Question = {
  title: "Pricing summary: what was shipped until ninety days before December 1998",
  columns: {
    returnFlag: "text",
    lineStatus: "text",
    quantity: "decimal 2",
    basePrice: "decimal 2",
    discountedPrice: "decimal 4",
    charge: "decimal 6",
    meanQuantity: "double",
    meanPrice: "double",
    meanDiscount: "double",
    orders: "whole",
  },
  query: Lineitem.where((l) => l.shipDate.lte(value("1998-12-01", date()).minus({ days: 90 })))
    .groupBy((l) => [l.returnFlag, l.lineStatus])
    .orderBy((l) => [l.returnFlag, l.lineStatus])
    .select((l) => ({
      returnFlag: l.returnFlag,
      lineStatus: l.lineStatus,
      quantity: sum(l.quantity),
      basePrice: sum(l.extendedPrice),
      discountedPrice: sum(revenue(l)),
      charge: sum(revenue(l).mul(l.tax.add(1))),
      meanQuantity: avg(l.quantity),
      meanPrice: avg(l.extendedPrice),
      meanDiscount: avg(l.discount),
      orders: count(),
    })),
};

export const q02: Question = {
  title: "Minimum cost supplier: who in Europe offers a brass part of size 15 at the lowest price there",
  columns: {
    acctBal: "decimal 2",
    supplier: "text",
    nation: "text",
    partKey: "whole",
    mfgr: "text",
    address: "text",
    phone: "text",
    comment: "text",
  },
  query: Part.where((p) => p.size.eq(15).and(p.type.endsWith("BRASS")))
    .join(PartSupp, (p, ps) => ps.partKey.eq(p.partKey))
    .join(Supplier, (_p, ps, s) => s.suppKey.eq(ps.suppKey))
    .join(Nation, (_p, _ps, s, n) => n.nationKey.eq(s.nationKey))
    .where((_p, _ps, _s, n) => n.region.name.eq("EUROPE"))
    .where((p, ps) =>
      ps.supplyCost.eq(
        scalar(
          PartSupp.where((offer) => offer.partKey.eq(p.partKey))
            .join(Supplier, (offer, s) => s.suppKey.eq(offer.suppKey).and(s.nationKey.in(nationsOf("EUROPE"))))
            .select((offer) => ({ lowest: min(offer.supplyCost) })),
        ),
      ),
    )
    .orderBy((p, _ps, s, n) => [s.acctBal.desc(), n.name, s.name, p.partKey])
    .limit(100)
    .select((p, _ps, s, n) => ({
      acctBal: s.acctBal,
      supplier: s.name,
      nation: n.name,
      partKey: p.partKey,
      mfgr: p.mfgr,
      address: s.address,
      phone: s.phone,
      comment: s.comment,
    })),
};

export const q03: Question = {
  title: "Shipping priority: the ten open orders of builders that are worth most",
  columns: { orderKey: "whole", revenue: "decimal 4", orderDate: "date", shipPriority: "whole" },
  query: Lineitem.where((l) => l.shipDate.gt("1995-03-15"))
    .join(Order, (l, o) => o.orderKey.eq(l.orderKey).and(o.orderDate.lt("1995-03-15")))
    .join(Customer, (_l, o, c) => c.custKey.eq(o.custKey).and(c.mktSegment.eq("BUILDING")))
    .groupBy((l, o) => [l.orderKey, o.orderDate, o.shipPriority])
    .orderBy((l, o) => [sum(revenue(l)).desc(), o.orderDate])
    .limit(10)
    .select((l, o) => ({ orderKey: l.orderKey, revenue: sum(revenue(l)), orderDate: o.orderDate, shipPriority: o.shipPriority })),
};

export const q04: Question = {
  title: "Order priority: orders of a quarter of which something arrived late",
  columns: { orderPriority: "text", orders: "whole" },
  query: Order.where((o) => within(o.orderDate, "1993-07-01", { months: 3 }))
    .where((o) => o.lineitems.some((l) => l.commitDate.lt(l.receiptDate)))
    .groupBy((o) => o.orderPriority)
    .orderBy((o) => o.orderPriority)
    .select((o) => ({ orderPriority: o.orderPriority, orders: count() })),
};

export const q05: Question = {
  title: "Local suppliers: what Asian customers paid to suppliers of their own nation",
  columns: { nation: "text", revenue: "decimal 4" },
  query: Lineitem.all()
    .join(Supplier, (l, s) => s.suppKey.eq(l.suppKey))
    .join(Nation, (_l, s, n) => n.nationKey.eq(s.nationKey).and(n.region.name.eq("ASIA")))
    .join(Order, (l, _s, _n, o) => o.orderKey.eq(l.orderKey).and(within(o.orderDate, "1994-01-01", { years: 1 })))
    .join(Customer, (_l, s, _n, o, c) => c.custKey.eq(o.custKey).and(c.nationKey.eq(s.nationKey)))
    .groupBy((_l, _s, n) => n.name)
    .orderBy((l) => sum(revenue(l)).desc())
    .select((l, _s, n) => ({ nation: n.name, revenue: sum(revenue(l)) })),
};
