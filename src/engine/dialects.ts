/** The dialect of each database family, loaded when its URL is used. Layer 5. */
import type { Dialect } from "../dialects/dialect.ts";

type Family = Dialect["name"];

const loaders: { readonly [F in Family]: () => Promise<{ readonly dialect: Dialect }> } = {
  postgres: () => import("../dialects/postgres/index.ts"),
  sqlite: () => import("../dialects/sqlite/index.ts"),
  mysql: () => import("../dialects/mysql/index.ts"),
};

export async function loadDialect(family: Family): Promise<Dialect> {
  return (await loaders[family]()).dialect;
}
