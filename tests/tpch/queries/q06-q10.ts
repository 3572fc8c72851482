import { coalesce, sum } from "kakaorm";
import { Customer, Lineitem, Nation, Order, Part, PartSupp, Supplier } from "../models.ts";
import type { Question } from "../question.ts";
import { nationsOf, revenue, within } from "./terms.ts";

export const q06: Question = {
  title: "Forecast: what small orders would have brought in without their discounts",
  columns: { revenue: "decimal 4" },
  query: Lineitem.where((l) => within(l.shipDate, "1994-01-01", { years: 1 }))
    .where((l) => l.discount.between("0.05", "0.07").and(l.quantity.lt("24")))
    .select((l) => ({ revenue: sum(l.extendedPrice.mul(l.discount)) })),
};

export const q07: Question = {
  title: "Volume shipping: what France sold to Germany and Germany to France, by year",
  columns: { seller: "text", buyer: "text", year: "whole", revenue: "decimal 4" },
  query: Lineitem.where((l) => l.shipDate.between("1995-01-01", "1996-12-31"))
    .join(Supplier, (l, s) => s.suppKey.eq(l.suppKey))
    .join(Order, (l, _s, o) => o.orderKey.eq(l.orderKey))
    .join(Customer, (_l, _s, o, c) => c.custKey.eq(o.custKey))
    .join(Nation, (_l, s, _o, _c, seller) => seller.nationKey.eq(s.nationKey))
    .join(Nation, (_l, _s, _o, c, _seller, buyer) => buyer.nationKey.eq(c.nationKey))
    .where((_l, _s, _o, _c, seller, buyer) => {
      const sold = (from: string, to: string) => seller.name.eq(from).and(buyer.name.eq(to));
      return sold("FRANCE", "GERMANY").or(sold("GERMANY", "FRANCE"));
    })
    .groupBy((l, _s, _o, _c, seller, buyer) => [seller.name, buyer.name, l.shipDate.part("year")])
    .orderBy((l, _s, _o, _c, seller, buyer) => [seller.name, buyer.name, l.shipDate.part("year")])
    .select((l, _s, _o, _c, seller, buyer) => ({
      seller: seller.name,
      buyer: buyer.name,
      year: l.shipDate.part("year"),
      revenue: sum(revenue(l)),
    })),
};

export const q08: Question = {
  title: "Market share: how much of America's steel of one kind comes from Brazil, by year",
  columns: { year: "whole", share: "decimal 8" },
  query: Lineitem.all()
    .join(Order, (l, o) => o.orderKey.eq(l.orderKey).and(o.orderDate.between("1995-01-01", "1996-12-31")))
    .join(Supplier, (l, _o, s) => s.suppKey.eq(l.suppKey))
    .join(Nation, (_l, _o, s, seller) => seller.nationKey.eq(s.nationKey))
    .join(Customer, (_l, o, _s, _n, c) => c.custKey.eq(o.custKey).and(c.nationKey.in(nationsOf("AMERICA"))))
    .join(Part, (l, _o, _s, _n, _c, p) => p.partKey.eq(l.partKey).and(p.type.eq("ECONOMY ANODIZED STEEL")))
    .groupBy((_l, o) => o.orderDate.part("year"))
    .orderBy((_l, o) => o.orderDate.part("year"))
    .select((l, o, _s, seller) => ({
      year: o.orderDate.part("year"),
      share: coalesce(sum(revenue(l)).filter(seller.name.eq("BRAZIL")), "0").div(sum(revenue(l))),
    })),
};

export const q09: Question = {
  title: "Profit: what green parts earned, by the supplier's nation and year",
  columns: { nation: "text", year: "whole", profit: "decimal 4" },
  query: Lineitem.all()
    .join(Order, (l, o) => o.orderKey.eq(l.orderKey))
    .join(PartSupp, (l, _o, ps) => ps.partKey.eq(l.partKey).and(ps.suppKey.eq(l.suppKey)))
    .join(Supplier, (l, _o, _ps, s) => s.suppKey.eq(l.suppKey))
    .join(Nation, (_l, _o, _ps, s, n) => n.nationKey.eq(s.nationKey))
    .join(Part, (l, _o, _ps, _s, _n, p) => p.partKey.eq(l.partKey).and(p.name.contains("green")))
    .groupBy((_l, o, _ps, _s, n) => [n.name, o.orderDate.part("year")])
    .orderBy((_l, o, _ps, _s, n) => [n.name, o.orderDate.part("year").desc()])
    .select((l, o, ps, _s, n) => ({
      nation: n.name,
      year: o.orderDate.part("year"),
      profit: sum(revenue(l).sub(ps.supplyCost.mul(l.quantity))),
    })),
};

export const q10: Question = {
  title: "Returned items: the twenty customers of a quarter who sent back most",
  columns: {
    custKey: "whole",
    name: "text",
    revenue: "decimal 4",
    acctBal: "decimal 2",
    nation: "text",
    address: "text",
    phone: "text",
    comment: "text",
  },
  query: Customer.all()
    .join(Nation, (c, n) => n.nationKey.eq(c.nationKey))
    .join(Order, (c, _n, o) => o.custKey.eq(c.custKey).and(within(o.orderDate, "1993-10-01", { months: 3 })))
    .join(Lineitem, (_c, _n, o, l) => l.orderKey.eq(o.orderKey).and(l.returnFlag.eq("R")))
    .groupBy((c, n) => [c.custKey, c.name, c.acctBal, n.name, c.address, c.phone, c.comment])
    .orderBy((_c, _n, _o, l) => sum(revenue(l)).desc())
    .limit(20)
    .select((c, n, _o, l) => ({
      custKey: c.custKey,
      name: c.name,
      revenue: sum(revenue(l)),
      acctBal: c.acctBal,
      nation: n.name,
      address: c.address,
      phone: c.phone,
      comment: c.comment,
    })),
};
