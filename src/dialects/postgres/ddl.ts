/** Tables in PostgreSQL. Layer 4. */
import { UnsupportedError } from "../../errors.ts";
import type { DdlWriter } from "../dialect.ts";

const pending = (): never => {
  throw new UnsupportedError("tables are not rendered yet");
};
export const ddl: DdlWriter = { createTables: pending, dropTables: pending, truncate: pending };
