/** MySQL and MariaDB: one dialect, put together from the files of this folder. Layer 4. */
import { compilerOf } from "../../render/compiler.ts";
import type { Dialect } from "../dialect.ts";
import { wire } from "./codecs.ts";
import { transactionControl } from "./control.ts";
import { mapError } from "./errors.ts";
import { explainer } from "./explain.ts";
import { MysqlRenderer } from "./renderer.ts";
import { traitsOf } from "./traits.ts";

export const dialect: Dialect = {
  name: "mysql",
  traits: traitsOf,
  wire,
  rawDecoder: () => null,
  compile: compilerOf((context) => new MysqlRenderer({ ...context, wire })),
  ddl: async () => (await import("./ddl.ts")).ddl,
  inspector: async () => (await import("./inspect.ts")).inspector,
  transaction: transactionControl,
  explain: explainer,
  mapError,
};
