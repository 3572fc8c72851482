/** Answers of any library in one comparable form: keys as numbers, flags as booleans, instants as ISO text. */
import { type CustomerValues, cityOf, countryOf, customerOf, type ItemValues, lineOf, orderOf, type Sizes } from "./data.ts";

type Row = Readonly<Record<string, unknown>>;

const instantText = (value: unknown) => (value instanceof Date ? value : new Date(String(value))).toISOString();
const textOrNull = (value: unknown) => (value === null ? null : String(value));

export function plainCustomer(row: unknown): object {
  const r = row as Row;
  return {
    id: Number(r["id"]),
    name: String(r["name"]),
    email: String(r["email"]),
    city: String(r["city"]),
    country: String(r["country"]),
    credit: Number(r["credit"]),
    active: Boolean(r["active"]),
    note: textOrNull(r["note"]),
    createdAt: instantText(r["createdAt"] ?? r["created_at"]),
  };
}

export function plainItem(row: unknown): object {
  const r = row as Row;
  return {
    sku: String(r["sku"]),
    title: String(r["title"]),
    views: Number(r["views"]),
    score: Number(r["score"]),
    published: Boolean(r["published"]),
    note: textOrNull(r["note"]),
    createdAt: instantText(r["createdAt"] ?? r["created_at"]),
  };
}

export const expectedItem = (item: ItemValues, views = item.views): object => ({ ...item, views, createdAt: item.createdAt.toISOString() });

export const expectedCustomer = (n: number, values: CustomerValues = customerOf(n)): object => ({
  id: n,
  ...values,
  createdAt: values.createdAt.toISOString(),
});

const byId = (a: unknown, b: unknown) => Number((a as Row)["id"]) - Number((b as Row)["id"]);
const listOf = (value: unknown) => [...(value as Iterable<unknown>)].sort(byId);

export function plainTree(customers: unknown): object[] {
  return listOf(customers).map((c) => ({
    id: Number((c as Row)["id"]),
    name: String((c as Row)["name"]),
    orders: listOf((c as Row)["orders"]).map((o) => ({
      id: Number((o as Row)["id"]),
      total: Number((o as Row)["total"]),
      lines: listOf((o as Row)["lines"]).map((l) => ({
        id: Number((l as Row)["id"]),
        product: String((l as Row)["product"]),
        quantity: Number((l as Row)["quantity"]),
        price: Number((l as Row)["price"]),
      })),
    })),
  }));
}

export function expectedTree(from: number, count: number, sizes: Sizes): object[] {
  return Array.from({ length: count }, (_, i) => {
    const id = from + i;
    const orders: object[] = [];
    for (let order = id; order <= sizes.orders; order += sizes.customers) {
      const lines: object[] = [];
      for (let line = order; line <= sizes.lines; line += sizes.orders) {
        const { product, quantity, price } = lineOf(line, sizes);
        lines.push({ id: line, product, quantity, price });
      }
      orders.push({ id: order, total: orderOf(order, sizes).total, lines });
    }
    return { id, name: customerOf(id).name, orders };
  });
}

export const plainTotals = (rows: unknown): object[] =>
  (rows as Row[]).map((row) => ({ city: String(row["city"]), orders: Number(row["orders"]), revenue: Number(row["revenue"]) }));

export function expectedTotals(country: string, sizes: Sizes): object[] {
  const found = new Map<string, { city: string; orders: Set<number>; revenue: number }>();
  for (let n = 1; n <= sizes.lines; n++) {
    const line = lineOf(n, sizes);
    const { customerId } = orderOf(line.orderId, sizes);
    if (countryOf(customerId) !== country) continue;
    const city = cityOf(customerId);
    const entry = found.get(city) ?? { city, orders: new Set(), revenue: 0 };
    entry.orders.add(line.orderId);
    entry.revenue += line.quantity * line.price;
    found.set(city, entry);
  }
  return [...found.values()]
    .sort((a, b) => (a.city < b.city ? -1 : 1))
    .map(({ city, orders, revenue }) => ({ city, orders: orders.size, revenue }));
}
