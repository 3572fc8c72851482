/** What rendering yields. Layer 3. */

export type Operation = "select" | "insert" | "update" | "delete" | "ddl" | "transaction" | "raw";

export interface CompiledStatement {
  readonly sql: string;
  /** Encoded for the client library, in the order of the placeholders. */
  readonly params: readonly unknown[];
  readonly operation: Operation;
  /** True when rows come back. */
  readonly rows: boolean;
  /** False when a reading connection may run it. Selects with locks write. */
  readonly writes: boolean;
  /** The same tree may render differently the next time: its text is not to be kept. */
  readonly changes?: boolean;
  /** Why conditions that stand for a model are left out, in the words of the query; absent: none are. */
  readonly unscoped?: readonly string[];
}
