/** Terms that several questions are made of. */
import { type Columns, date, decimal, type TemporalExpr, value, type WhereClause } from "kakaorm";
import { type Lineitem, Nation } from "../models.ts";

type Item = Columns<(typeof Lineitem)["$specs"]>;

const one = value("1", decimal({ precision: 1, scale: 0 }));

/** What is paid for a lineitem before tax. */
export const revenue = (item: Item) => item.extendedPrice.mul(one.sub(item.discount));

/** From this day on, for so long. */
export function within(day: TemporalExpr<string, "date">, start: string, span: { months?: number; years?: number }): WhereClause {
  return day.gte(start).and(day.lt(value(start, date()).plus(span)));
}

/** The keys of a region's nations. */
export const nationsOf = (region: string) => Nation.where((n) => n.region.name.eq(region)).select("nationKey");
