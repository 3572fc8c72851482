/** Writing the rows of a hasMany relation that says what becomes of the ones taken out of it. Layer 6. */
import type { Clause } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { engineOf } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { columnValue, ModelBase, setValue, stateOf } from "../model/base.ts";
import { isOf } from "../model/instances.ts";
import { keysClause } from "../model/keys.ts";
import type { ColumnMeta } from "../model/meta.ts";
import { restoreOnRollback } from "../model/persistence.ts";
import { ModelQuery } from "../model/query-set.ts";
import type { QueryState } from "../model/query-state.ts";
import type { RelationDefinition } from "./definition.ts";
import { forgetLoaded, ownerKey } from "./loaded.ts";

type Key = readonly unknown[];
interface Row extends ModelBase {
  save(o?: { fields: string[] }): Promise<unknown>;
  delete(): Promise<void>;
}

/** The rows that one row owns. */
export class Owned {
  readonly #relation: RelationDefinition;
  readonly #owner: ModelBase;
  readonly #key: Key;
  readonly #session: Session;
  /** The rows of the relation. */
  readonly #rows: QueryState;

  constructor(relation: RelationDefinition, owner: ModelBase, key: Key, session: Session, rows: QueryState) {
    this.#relation = relation;
    this.#owner = owner;
    this.#key = key;
    this.#session = session;
    this.#rows = rows;
  }

  /** Inserts new rows and takes others over; those that are here already stay as they are. */
  async add(items: readonly unknown[]): Promise<void> {
    const rows = this.#accept(items);
    await this.#changing(rows, (tx) => this.#take(rows, tx));
  }

  /** @throws UsageError for a row that is not of this owner */
  async remove(items: readonly unknown[]): Promise<void> {
    const rows = this.#accept(items);
    for (const row of rows) {
      if (stateOf(row).status !== "saved" || !this.#holds(row))
        throw new UsageError(`${String(row)} does not belong to ${String(this.#owner)}`, { hint: "remove takes rows of the relation" });
    }
    await this.#changing(rows, async (tx) => {
      for (const row of rows) {
        if (this.#relation.orphans === "delete") await row.delete();
        else await this.#point(row, null, tx);
      }
    });
  }

  /** What is too much goes before anything is added: a unique value may pass from one row to another. */
  async set(items: readonly unknown[]): Promise<void> {
    const rows = this.#accept(items);
    await this.#changing(rows, async (tx) => {
      await this.#leave(rows, tx);
      await this.#take(rows, tx);
    });
  }

  clear(): Promise<void> {
    return this.#changing([], (tx) => this.#leave([], tx));
  }

  #accept(items: readonly unknown[]): Row[] {
    const { meta } = this.#relation;
    for (const item of items) {
      if (!(item instanceof ModelBase) || !isOf(meta, item)) throw new UsageError(`this takes rows of ${meta.name}, got ${kindOf(item)}`);
      const { status, engine } = stateOf(item);
      if (status === "deleted") throw new UsageError(`${String(item)} was deleted`, { hint: "create a new one" });
      if (status === "saved" && engine !== stateOf(this.#owner).engine)
        throw new UsageError(`${String(item)} and ${String(this.#owner)} are rows of different databases`);
    }
    return [...new Set(items)] as Row[];
  }

  async #changing(rows: readonly ModelBase[], work: (tx: Session) => Promise<void>): Promise<void> {
    for (const row of [this.#owner, ...rows]) forgetLoaded(row);
    await this.#session.transaction(work);
  }

  #holds(row: ModelBase): boolean {
    const { foreign, local } = this.#relation;
    return ownerKey(foreign, row) === ownerKey(local, this.#owner);
  }

  async #take(rows: readonly Row[], tx: Session): Promise<void> {
    for (const row of rows) {
      const state = stateOf(row);
      if (state.status === "saved" && this.#holds(row)) continue;
      if (state.status === "new") state.engine = engineOf(tx);
      await this.#point(row, this.#key, tx);
    }
  }

  /** What every row of the relation holds beside the key. */
  get #fixed(): ColumnMeta[] {
    return Object.keys(this.#relation.fixed).map((property) => this.#relation.meta.column(property));
  }
  get #nullified(): ColumnMeta[] {
    return [...this.#relation.foreign, ...this.#fixed.filter(({ declaration }) => declaration.nullable)];
  }

  async #point(row: Row, key: Key | null, tx: Session): Promise<void> {
    const { foreign, fixed } = this.#relation;
    const columns = key === null ? this.#nullified : [...foreign, ...this.#fixed];
    restoreOnRollback(row, tx, columns);
    for (const column of columns) {
      const at = foreign.indexOf(column);
      setValue(row, column, key === null ? null : at === -1 ? fixed[column.property] : key[at]);
    }
    // Whatever else was changed in a row that is there already is the caller's to save.
    await (stateOf(row).status === "new" ? row.save() : row.save({ fields: columns.map(({ property }) => property) }));
  }

  /** Every row of the relation but these goes. */
  async #leave(staying: readonly ModelBase[], tx: Session): Promise<void> {
    const { meta, orphans } = this.#relation;
    const saved = staying.filter((row) => stateOf(row).status === "saved");
    const keys = saved.map((row) => meta.primaryKey.map((column) => columnValue(row, column)));
    const but: Clause[] = keys.length === 0 ? [] : [not(keysClause(meta, meta.primaryKey, keys))];
    const query = new ModelQuery({ ...this.#rows, session: tx, where: [...this.#rows.where, ...but] });
    await (orphans === "delete"
      ? query.delete()
      : query.update(Object.fromEntries(this.#nullified.map(({ property }) => [property, null]))));
  }
}

function not({ tokens, node }: Clause): Clause {
  return { tokens, node: { kind: "not", item: node } };
}
