/** Orders and what was delivered of them: an order's state and price follow from its lines. */

import { type Data, type RowOf, retailCents, type Sizes, supplierOfPart } from "./data.ts";
import type { Lineitem, Order } from "./models.ts";
import { comment, currentDay, dayText, lastOrderDay, moneyText, numbered } from "./phrases.ts";
import { type Random, randomOf } from "./random.ts";
import { instructions, priorities, shipModes } from "./words.ts";

interface Line {
  readonly row: RowOf<typeof Lineitem>;
  readonly cents: number;
  readonly shipped: boolean;
}

export function generateOrders(sizes: Sizes): Pick<Data, "orders" | "lineitems"> {
  const random = randomOf("orders");
  const orders: RowOf<typeof Order>[] = [];
  const lineitems: RowOf<typeof Lineitem>[] = [];
  for (let n = 0; n < sizes.orders; n++) {
    const orderKey = sparseKey(n);
    const day = random.whole(0, lastOrderDay);
    // One order of five hundred is far larger than chance would make it.
    const large = n % 500 === 7;
    const lines = Array.from({ length: large ? 7 : random.whole(1, 7) }, (_, i) =>
      line(orderKey, i + 1, day, large ? random.whole(45, 50) : random.whole(1, 50), sizes, random),
    );
    orders.push(orderOf(orderKey, day, lines, sizes, random));
    for (const { row } of lines) lineitems.push(row);
  }
  return { orders, lineitems };
}

/** Of 32 keys the first eight are used. */
function sparseKey(n: number): number {
  return Math.floor(n / 8) * 32 + (n % 8) + 1;
}

/** Every third customer never orders. */
function ordering(customers: number, random: Random): number {
  const key = random.whole(1, customers);
  return key % 3 !== 0 ? key : key === customers ? key - 1 : key + 1;
}

function orderOf(orderKey: number, day: number, lines: readonly Line[], sizes: Sizes, random: Random): RowOf<typeof Order> {
  const shipped = lines.filter((one) => one.shipped).length;
  return {
    orderKey,
    custKey: ordering(sizes.customers, random),
    orderStatus: shipped === lines.length ? "F" : shipped === 0 ? "O" : "P",
    totalPrice: moneyText(lines.reduce((sum, { cents }) => sum + cents, 0)),
    orderDate: dayText(day),
    orderPriority: random.pick(priorities),
    clerk: numbered("Clerk", random.whole(1, sizes.clerks)),
    shipPriority: 0,
    comment: comment(random, 19, 78),
  };
}

function line(orderKey: number, lineNumber: number, ordered: number, quantity: number, sizes: Sizes, random: Random): Line {
  const partKey = random.whole(1, sizes.parts);
  const price = quantity * retailCents(partKey);
  const [discount, tax] = [random.whole(0, 10), random.whole(0, 8)];
  const shipDay = ordered + random.whole(1, 121);
  const receiptDay = shipDay + random.whole(1, 30);
  const shipped = shipDay <= currentDay;
  const row = {
    orderKey,
    lineNumber,
    partKey,
    suppKey: supplierOfPart(partKey, random.whole(0, 3), sizes.suppliers),
    quantity: `${quantity}.00`,
    extendedPrice: moneyText(price),
    discount: moneyText(discount),
    tax: moneyText(tax),
    returnFlag: receiptDay <= currentDay ? random.pick(["R", "A"]) : "N",
    lineStatus: shipped ? "F" : "O",
    shipDate: dayText(shipDay),
    commitDate: dayText(ordered + random.whole(30, 90)),
    receiptDate: dayText(receiptDay),
    shipInstruct: random.pick(instructions),
    shipMode: random.pick(shipModes),
    comment: comment(random, 10, 43),
  };
  return { row, cents: Math.round((price * (100 + tax) * (100 - discount)) / 10_000), shipped };
}
