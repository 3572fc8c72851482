/** SQLite: one dialect, put together from the files of this folder. Layer 4. */
import { compilerOf } from "../../render/compiler.ts";
import type { Dialect } from "../dialect.ts";
import { wire } from "./codecs.ts";
import { transactionControl } from "./control.ts";
import { mapError } from "./errors.ts";
import { explainer } from "./explain.ts";
import { SqliteRenderer } from "./renderer.ts";
import { traitsOf } from "./traits.ts";

export const dialect: Dialect = {
  name: "sqlite",
  traits: traitsOf,
  wire,
  rawDecoder: () => null,
  compile: compilerOf((context) => new SqliteRenderer({ ...context, wire })),
  ddl: async () => (await import("./ddl.ts")).ddl,
  inspector: async () => (await import("./inspect.ts")).inspector,
  transaction: transactionControl,
  explain: explainer,
  mapError,
};
