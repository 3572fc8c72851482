/** A shop as functions of row numbers: every database holds the same rows, and what a query must answer can be computed. */

export const TABLES = { customer: "bench_customer", order: "bench_order", line: "bench_line", item: "bench_item" } as const;

/** Rows that the table for writing holds before each batch. */
export const ITEMS = 1000;

export interface Sizes {
  readonly customers: number;
  readonly orders: number;
  readonly lines: number;
}

export const sizesOf = (scale: number): Sizes => ({
  customers: Math.round(10_000 * scale),
  orders: Math.round(50_000 * scale),
  lines: Math.round(150_000 * scale),
});

export interface CustomerValues {
  name: string;
  email: string;
  city: string;
  country: string;
  credit: number;
  active: boolean;
  note: string | null;
  createdAt: Date;
}

export interface OrderValues {
  customerId: number;
  status: string;
  total: number;
  createdAt: Date;
}

export interface LineValues {
  orderId: number;
  product: string;
  quantity: number;
  price: number;
}

export interface ItemValues {
  sku: string;
  title: string;
  views: number;
  score: number;
  published: boolean;
  note: string | null;
  createdAt: Date;
}

export const CUSTOMER_COLUMNS = ["name", "email", "city", "country", "credit", "active", "note", "created_at"] as const;
export const ITEM_COLUMNS = ["sku", "title", "views", "score", "published", "note", "created_at"] as const;

const STATUSES = ["new", "paid", "packed", "sent", "returned"];
const instant = (n: number) => new Date(Date.UTC(2024, 0, 1) + n * 61_001);

export const countryOf = (n: number) => `Country ${n % 20}`;
export const cityOf = (n: number) => `City ${n % 100}`;

export function customerOf(n: number): CustomerValues {
  return {
    name: `${String.fromCharCode(65 + (n % 26))} customer number ${n}`,
    email: `customer${n}@example.com`,
    city: cityOf(n),
    country: countryOf(n),
    credit: ((n * 7919) % 10_007) / 8,
    active: n % 3 !== 0,
    note: n % 4 === 0 ? null : `a note of some words, äöü, for customer ${n}`,
    createdAt: instant(n),
  };
}

export function orderOf(n: number, { customers }: Sizes): OrderValues {
  return { customerId: ((n - 1) % customers) + 1, status: STATUSES[n % 5] ?? "new", total: (n * 31) % 10_000, createdAt: instant(n) };
}

export function lineOf(n: number, { orders }: Sizes): LineValues {
  return { orderId: ((n - 1) % orders) + 1, product: `Product ${n % 500}`, quantity: (n % 9) + 1, price: (n * 17) % 5000 };
}

export function itemOf(n: number): ItemValues {
  return {
    sku: `sku-${n}`,
    title: `A title of item ${n}`,
    views: (n * 7919) % 10_007,
    score: (n % 97) / 8,
    published: n % 3 !== 0,
    note: n % 4 === 0 ? null : `note ${n % 50}`,
    createdAt: instant(n),
  };
}
