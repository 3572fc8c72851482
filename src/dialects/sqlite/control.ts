/** The words of transactions in SQLite. Layer 4. */
import type { TransactionControl } from "../dialect.ts";
import { isFatal } from "./errors.ts";

export const transactionControl: TransactionControl = {
  // SQLite is always serializable, so a level changes nothing. A writer takes the write lock at once: one that starts by
  // reading and writes later is refused without any waiting (SQLITE_BUSY_SNAPSHOT) when somebody else wrote in between.
  begin: ({ readOnly }) => [readOnly ? "begin" : "begin immediate"],
  commit: "commit",
  rollback: "rollback",
  savepoint: (name) => `savepoint ${name}`,
  release: (name) => `release savepoint ${name}`,
  rollbackTo: (name) => `rollback to savepoint ${name}`,
  isFatal,
  ddlCommits: false,
};
