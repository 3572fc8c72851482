/** The words of transactions in PostgreSQL. Layer 4. */
import type { TransactionControl } from "../dialect.ts";
import { isFatal } from "./errors.ts";

export const transactionControl: TransactionControl = {
  begin: ({ isolation, readOnly }) => [
    ["begin", isolation === null ? null : `isolation level ${isolation}`, readOnly ? "read only" : null]
      .filter((part) => part !== null)
      .join(" "),
  ],
  commit: "commit",
  rollback: "rollback",
  savepoint: (name) => `savepoint ${name}`,
  release: (name) => `release savepoint ${name}`,
  rollbackTo: (name) => `rollback to savepoint ${name}`,
  isFatal,
  ddlCommits: false,
};
