/** The words of transactions in MySQL and MariaDB. Layer 4. */
import type { TransactionControl } from "../dialect.ts";
import { isFatal } from "./errors.ts";

export const transactionControl: TransactionControl = {
  // SET TRANSACTION without a scope word holds for the next transaction only: the session keeps its own level.
  begin: ({ isolation, readOnly }) => [
    ...(isolation === null ? [] : [`set transaction isolation level ${isolation}`]),
    readOnly ? "start transaction read only" : "start transaction",
  ],
  commit: "commit",
  rollback: "rollback",
  savepoint: (name) => `savepoint ${name}`,
  release: (name) => `release savepoint ${name}`,
  rollbackTo: (name) => `rollback to savepoint ${name}`,
  isFatal,
  ddlCommits: true,
};
