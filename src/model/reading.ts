/** Runs a tree through the one door and reads its rows. Layer 6. */
import type { SelectNode } from "../ast/select.ts";
import type { TypedCodec } from "../ast/type.ts";
import type { DriverResult, RawRow } from "../drivers/driver.ts";
import type { StatementMeta } from "../engine/core.ts";
import { checkLimit } from "../engine/limits.ts";
import { defaultEngine, engineByName } from "../engine/registry.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { interpretRows } from "../hydrate/interpret.ts";
import { compileRows } from "../hydrate/jit.ts";
import type { RowReader, RowShape, WireAccess } from "../hydrate/row-plan.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import type { StatementNode } from "../render/renderer.ts";
import { takeLoaded } from "./loaded-rows.ts";
import type { SourceMeta } from "./source.ts";
import { statementMeta } from "./violations.ts";

/** Where a query runs: nowhere in particular (the default engine), a name, or a session. */
export type SessionRef = Session | string | null;

/** @throws UsageError when there is no such engine */
export function sessionOf(ref: SessionRef): Session {
  if (ref === null) return defaultEngine();
  return typeof ref === "string" ? engineByName(ref) : ref;
}

export function compileFor(session: Session, node: StatementNode): CompiledStatement {
  return session.dialect.compile(node, session.traits, session.naming);
}

export function wireAccess(session: Session): WireAccess {
  const { dialect, traits } = session;
  return { decode: (codec: TypedCodec) => dialect.wire(codec).decode, aliased: traits.rowAliases };
}

/** Interpreting this many rows costs about as much as making a reader for them. */
const worthCompiling = 64;

export function readerFor(session: Session, shape: RowShape, rows: number): RowReader {
  return readerOf(shape, wireAccess(session), rows);
}

export function readerOf(shape: RowShape, access: WireAccess, rows: number): RowReader {
  return rows < worthCompiling ? interpretRows(shape, access) : compileRows(shape, access);
}

export function readRows(rows: readonly RawRow[], read: RowReader): unknown[] {
  const result = new Array<unknown>(rows.length);
  try {
    for (let i = 0; i < rows.length; i++) result[i] = read(rows[i] as never);
  } catch (error) {
    // Nobody gets these instances: nobody is told of them.
    takeLoaded();
    throw error;
  }
  return result;
}

/** @throws UsageError outside of a transaction, where the lock would be released before the rows are read */
export function assertLockHolds({ lock }: SelectNode, session: Session, meta: SourceMeta): void {
  if (lock === null || session.inTransaction) return;
  throw new UsageError(`${meta.name}: a row lock outside of a transaction is released at once`, {
    hint: "run the query and what it protects inside engine.transaction()",
    outcome: "not_applied",
    retryable: false,
  });
}

/** What travels beside a statement of a query that can be stopped. */
export function runMeta(meta: SourceMeta, signal: AbortSignal | null): StatementMeta {
  const own = statementMeta(meta);
  if (signal === null) return own;
  checkLimit(signal);
  return { ...own, signal };
}

/** Runs a statement; a synchronous driver's answer is not made to wait. */
export function runNode(
  session: Session,
  node: StatementNode,
  meta: SourceMeta,
  signal: AbortSignal | null = null,
): DriverResult | Promise<DriverResult> {
  if (node.kind === "select") assertLockHolds(node, session, meta);
  return session.run(compileFor(session, node), runMeta(meta, signal));
}
