import { avg, type Columns, cast, count, decimal, exists, float, scalar, substr, sum, type TextExpr } from "kakaorm";
import { Customer, Lineitem, Nation, Order, Part, PartSupp, Supplier } from "../models.ts";
import type { Question } from "../question.ts";
import { revenue, within } from "./terms.ts";

export const q17: Question = {
  title: "Small quantities: what would be lost each year without orders of less than a fifth of the mean",
  columns: { perYear: "decimal 6" },
  query: Lineitem.all()
    .join(Part, (l, p) => p.partKey.eq(l.partKey).and(p.brand.eq("Brand#23"), p.container.eq("MED BOX")))
    .where((l, p) =>
      cast(l.quantity, float()).lt(
        scalar(Lineitem.where((same) => same.partKey.eq(p.partKey)).select((same) => ({ fifth: avg(same.quantity).mul(0.2) }))),
      ),
    )
    .select((l) => ({ perYear: sum(l.extendedPrice).div("7") })),
};

const largeOrders = Lineitem.all()
  .groupBy((l) => l.orderKey)
  .having((l) => sum(l.quantity).gt("300"))
  .select("orderKey");

export const q18: Question = {
  title: "Large orders: the hundred dearest of more than 300 pieces",
  columns: {
    customer: "text",
    custKey: "whole",
    orderKey: "whole",
    orderDate: "date",
    totalPrice: "decimal 2",
    quantity: "decimal 2",
  },
  query: Order.where((o) => o.orderKey.in(largeOrders))
    .join(Customer, (o, c) => c.custKey.eq(o.custKey))
    .join(Lineitem, (o, _c, l) => l.orderKey.eq(o.orderKey))
    .groupBy((o, c) => [c.name, c.custKey, o.orderKey, o.orderDate, o.totalPrice])
    .orderBy((o) => [o.totalPrice.desc(), o.orderDate])
    .limit(100)
    .select((o, c, l) => ({
      customer: c.name,
      custKey: c.custKey,
      orderKey: o.orderKey,
      orderDate: o.orderDate,
      totalPrice: o.totalPrice,
      quantity: sum(l.quantity),
    })),
};

export const q19: Question = {
  title: "Discounted revenue: what three kinds of parts brought in that were carried by air and by hand",
  columns: { revenue: "decimal 4" },
  query: Lineitem.where({ shipInstruct: "DELIVER IN PERSON" })
    .where((l) => l.shipMode.in(["AIR", "AIR REG"]))
    .join(Part, (l, p) => p.partKey.eq(l.partKey))
    .where((l, p) => {
      const kind = (brand: string, containers: string[], least: number, size: number) =>
        p.brand.eq(brand).and(p.container.in(containers), p.size.between(1, size), l.quantity.between(`${least}`, `${least + 10}`));
      return kind("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5).or(
        kind("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10),
        kind("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15),
      );
    })
    .select((l) => ({ revenue: sum(revenue(l)) })),
};

const forestParts = Part.where((p) => p.name.startsWith("forest")).select("partKey");
const pieces = decimal({ precision: 15, scale: 0 });

export const q20: Question = {
  title: "Part promotion: Canadian suppliers with more of a forest part than half of what they shipped in a year",
  columns: { name: "text", address: "text" },
  query: Supplier.where((s) => s.nation.name.eq("CANADA"))
    .where((s) =>
      s.suppKey.in(
        PartSupp.where((ps) => ps.partKey.in(forestParts))
          .where((ps) =>
            cast(ps.availQty, pieces).gt(
              scalar(
                Lineitem.where((l) => l.partKey.eq(ps.partKey).and(l.suppKey.eq(ps.suppKey)))
                  .where((l) => within(l.shipDate, "1994-01-01", { years: 1 }))
                  .select((l) => ({ half: sum(l.quantity).mul("0.5") })),
              ),
            ),
          )
          .select("suppKey"),
      ),
    )
    .orderBy((s) => s.name)
    .select("name", "address"),
};

/** What other suppliers delivered of the same order. */
const othersOf = (l: Columns<(typeof Lineitem)["$specs"]>) =>
  Lineitem.where((other) => other.orderKey.eq(l.orderKey).and(other.suppKey.ne(l.suppKey)));

export const q21: Question = {
  title: "Waiting orders: Saudi Arabian suppliers who alone were late, and how often",
  columns: { supplier: "text", waiting: "whole" },
  query: Lineitem.where((l) => l.receiptDate.gt(l.commitDate))
    .where((l) => exists(othersOf(l)))
    .exclude((l) => exists(othersOf(l).where((other) => other.receiptDate.gt(other.commitDate))))
    .join(Order, (l, o) => o.orderKey.eq(l.orderKey).and(o.orderStatus.eq("F")))
    .join(Supplier, (l, _o, s) => s.suppKey.eq(l.suppKey))
    .join(Nation, (_l, _o, s, n) => n.nationKey.eq(s.nationKey).and(n.name.eq("SAUDI ARABIA")))
    .groupBy((_l, _o, s) => s.name)
    .orderBy((_l, _o, s) => [count().desc(), s.name])
    .limit(100)
    .select((_l, _o, s) => ({ supplier: s.name, waiting: count() })),
};

const country = (phone: TextExpr<string>) => substr(phone, 1, 2);
const sevenCountries = Customer.where((c) => country(c.phone).in(["13", "31", "23", "29", "30", "18", "17"]));
const meanBalance = scalar(sevenCountries.where((c) => c.acctBal.gt("0")).select((c) => ({ mean: avg(c.acctBal) })));

export const q22: Question = {
  title: "Sales opportunity: customers of seven countries with more than the mean in credit and no order, by country",
  columns: { country: "text", customers: "whole", acctBal: "decimal 2" },
  query: sevenCountries
    .where((c) => cast(c.acctBal, float()).gt(meanBalance))
    .where((c) => c.orders.none())
    .groupBy((c) => country(c.phone))
    .orderBy((c) => country(c.phone))
    .select((c) => ({ country: country(c.phone), customers: count(), acctBal: sum(c.acctBal) })),
};
