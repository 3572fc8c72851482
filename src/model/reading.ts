/** Runs a tree through the one door and reads its rows. Layer 6. */
import type { TypedCodec } from "../ast/type.ts";
import type { DriverResult, RawRow } from "../drivers/driver.ts";
import { defaultEngine, engineByName } from "../engine/registry.ts";
import type { Session } from "../engine/session.ts";
import { interpretRows } from "../hydrate/interpret.ts";
import { compileRows } from "../hydrate/jit.ts";
import type { RowReader, RowShape, WireAccess } from "../hydrate/row-plan.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import type { StatementNode } from "../render/renderer.ts";
import type { ModelMeta } from "./meta.ts";
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
  return rows < worthCompiling ? interpretRows(shape, wireAccess(session)) : compileRows(shape, wireAccess(session));
}

export function readRows(rows: readonly RawRow[], read: RowReader): unknown[] {
  const result = new Array<unknown>(rows.length);
  for (let i = 0; i < rows.length; i++) result[i] = read(rows[i] as never);
  return result;
}

/** Runs a statement; a synchronous driver's answer is not made to wait. */
export function runNode(session: Session, node: StatementNode, meta: ModelMeta): DriverResult | Promise<DriverResult> {
  return session.run(compileFor(session, node), statementMeta(meta));
}
