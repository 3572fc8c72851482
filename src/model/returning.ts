/** UPDATE and DELETE that hand back the rows they changed. Layer 6. */
import type { Clause } from "../ast/select.ts";
import type { RawRow } from "../drivers/driver.ts";
import type { Session } from "../engine/session.ts";
import { interpretRows } from "../hydrate/interpret.ts";
import { toldLoaded } from "./after-load.ts";
import { type ModelBase, stateOf } from "./base.ts";
import { deletionOf } from "./deletion.ts";
import { keysClause } from "./keys.ts";
import { limited } from "./limits.ts";
import type { ModelMeta } from "./meta.ts";
import { modelOf, orderOf, type QueryState, selectTree } from "./query-state.ts";
import { assertWritable, deleteNode, updateNode, updateRows } from "./query-writes.ts";
import { readerFor, readRows, runNode, sessionOf, wireAccess } from "./reading.ts";
import { isGuarded } from "./referrers.ts";
import { type Selection, selectColumns, selectFrom, wholeSelection } from "./selection.ts";
import { bindFields, wholeReader } from "./whole-row.ts";

/** `null`: whole rows, as instances. */
type Wanted = Selection | null;
type Keys = readonly (readonly unknown[])[];

const mostKeys = 10_000;

export class ReturningWrites {
  readonly #state: QueryState;
  readonly #wanted: Wanted;
  constructor(state: QueryState, wanted: Wanted) {
    this.#state = state;
    this.#wanted = wanted;
  }

  update(values: unknown): Promise<unknown[]> {
    return limited(this.#state, (bound) => new ReturningWrites(bound, this.#wanted).#update(values), true);
  }
  delete(): Promise<unknown[]> {
    return limited(this.#state, (bound) => new ReturningWrites(bound, this.#wanted).#delete(), true);
  }

  async #update(values: unknown): Promise<unknown[]> {
    const node = updateNode(this.#state, values);
    const session = sessionOf(this.#state.session);
    if (this.#state.never) return [];
    if (session.traits.returning.includes("update")) return this.#read(session, (await this.#run(session, node)).rows);
    return this.#byKeys(session, async (state, keys, tx) => {
      await updateRows(state, values);
      return this.#rows(tx, keys);
    });
  }

  async #delete(): Promise<unknown[]> {
    const node = deleteNode(this.#state);
    const session = sessionOf(this.#state.session);
    if (this.#state.never) return [];
    const deletion = deletionOf(this.#state);
    const removes = this.#meta.behaviour.deletion === "remove" && !isGuarded(this.#meta);
    if (removes && session.traits.returning.includes("delete"))
      return gone(await this.#read(session, (await this.#run(session, node)).rows));
    return this.#byKeys(session, async (state, keys, tx) => {
      const rows = await this.#rows(tx, keys);
      await deletion.deleteRows(state);
      return gone(rows);
    });
  }

  get #meta(): ModelMeta {
    return modelOf(this.#state, "returning").meta;
  }
  get #selection(): Selection {
    return this.#wanted ?? wholeSelection(this.#meta);
  }

  async #run(session: Session, node: ReturnType<typeof updateNode> | ReturnType<typeof deleteNode>) {
    return runNode(session, { ...node, returning: this.#selection.columns }, this.#meta, this.#state.signal);
  }

  async #read(session: Session, rows: readonly RawRow[]): Promise<unknown[]> {
    const { meta, model } = modelOf(this.#state, "returning");
    const reader =
      this.#wanted === null
        ? wholeReader(model, meta, this.#selection, session)
        : readerFor(session, { kind: "object", fields: bindFields(this.#wanted.fields, session) }, rows.length);
    const read = readRows(rows, reader);
    await toldLoaded(session);
    return read;
  }

  /** Where there is no RETURNING: the rows are locked by key, changed, and read, in one transaction. */
  #byKeys(session: Session, work: (state: QueryState, keys: Keys, tx: Session) => Promise<unknown[]>): Promise<unknown[]> {
    assertWritable(this.#state, "returning");
    const state = this.#state;
    return session.transaction(async (tx) => {
      const meta = this.#meta;
      const key = selectColumns(meta, meta.primaryKey);
      const cut = state.limit !== null || state.offset !== null;
      const lock = state.sources.every(({ node }) => node.kind === "table")
        ? ({ strength: "update", taken: "wait", of: null } as const)
        : null;
      const { rows } = await runNode(tx, selectTree({ ...state, lock }, key.columns, cut ? orderOf(state, true) : []), meta, state.signal);
      const readers = meta.primaryKey.map((column, slot) => interpretRows({ kind: "value", slot, codec: column.codec }, wireAccess(tx)));
      const keys = rows.map((row) => readers.map((read) => read(row as never)));
      const changed: unknown[] = [];
      for (let i = 0; i < keys.length; i += mostKeys) {
        const chunk = keys.slice(i, i + mostKeys);
        const where: Clause[] = [...state.where, keysClause(meta, meta.primaryKey, chunk)];
        changed.push(...(await work({ ...state, session: tx, where, orderBy: null, limit: null, offset: null }, chunk, tx)));
      }
      return changed;
    });
  }

  async #rows(session: Session, keys: Keys): Promise<unknown[]> {
    const meta = this.#meta;
    const where = [keysClause(meta, meta.primaryKey, keys)];
    // Whatever stands for the table decided which rows are meant: they are read as they are.
    const node = selectFrom(meta, this.#selection.columns, where, meta.bare);
    const { rows } = await runNode(session, node, meta, this.#state.signal);
    return this.#read(session, rows);
  }
}

/** Rows that are not in the database any more. */
function gone(rows: unknown[]): unknown[] {
  for (const row of rows)
    if (typeof row === "object" && row !== null && "save" in row) stateOf(row as unknown as ModelBase).status = "deleted";
  return rows;
}
