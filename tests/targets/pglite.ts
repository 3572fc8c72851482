/** PostgreSQL in this process. */
import { capabilities } from "./capabilities.ts";
import { localTarget, packageAbsence } from "./target.ts";

export const pglite = localTarget("pglite", "postgres", capabilities.postgres, "postgresql+pglite::memory:", () => {
  return packageAbsence("@electric-sql/pglite");
});
