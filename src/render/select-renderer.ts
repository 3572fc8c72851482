/** SELECT as text: frames, aliases, clauses, set operations, WITH. Layer 3: knows nodes and traits, no dialect by name. */
import type { ColumnRef, ExprNode, OrderNode, ScopeToken, TableToken } from "../ast/expr.ts";
import type { Clause, CompoundNode, DerivedSource, LockNode, QueryNode, SelectNode, SourceNode } from "../ast/select.ts";
import { sameExpression, selectedAt } from "../ast/shape.ts";
import { safeIntCodec } from "../codec/number.ts";
import { UnsupportedError } from "../errors.ts";
import { constantOf, isFalse } from "./constant.ts";
import { type Frame, frameOf, freeAlias, type NamedSource, type PathSource, type Place, placeAt, sourceName } from "./frame.ts";
import { assertFullJoin } from "./full-join.ts";
import { unknownInHaving, unknownKeys } from "./group-keys.ts";
import { joinWords } from "./join-words.ts";
import { KeptLists } from "./kept-lists.ts";
import { lockText } from "./lock.ts";
import { namedWindows } from "./named-windows.ts";
import { columnName } from "./naming.ts";
import { tiedToRows } from "./outer-conditions.ts";
import { isOuter } from "./outer-joins.ts";
import { isOrderedFromOutside, orderedFromOutside } from "./outside-order.ts";
import { joinConditions } from "./paths.ts";
import { columnOf, unwrapped, wrappedIn } from "./set-operations.ts";
import { shadows } from "./shadows.ts";
import { type Standing, standingOf } from "./standing.ts";
import { writeWindow } from "./window.ts";
import { type Names, WithRenderer } from "./with-renderer.ts";

export abstract class SelectRenderer extends WithRenderer {
  readonly #lists = new KeptLists();
  /** A standing condition was met that may be another one the next time. */
  protected changes = false;
  /** Why tables are read without their standing conditions. */
  protected readonly unscoped = new Set<string>();
  /** The next select list is read by the client, not by a query around it. */
  #readable = false;
  override renew(): void {
    super.renew();
    this.changes = false;
    this.unscoped.clear();
  }

  /** The statement's own select: its rows go to the client. */
  protected outermost(node: SelectNode): void {
    this.#readable = true;
    this.select(node, this.traits.rowAliases ? "numbered" : null);
    this.#readable = false;
  }

  query(node: QueryNode, names: Names): void {
    if (node.kind === "compound") this.#compound(node, names);
    else this.select(node, names);
  }

  #compound({ op, left, right }: CompoundNode, names: Names): void {
    this.#operand(left, names, op);
    this.write(` ${op} `);
    this.#operand(right, null, null);
  }

  /** A query on one side of a set operator; brackets around it have no spelling that all databases take. */
  #operand(node: QueryNode, names: Names, chain: string | null): void {
    const inner = unwrapped(node);
    if (inner.kind === "compound" && inner.op === chain) return this.#compound(inner, names);
    const { orderBy, limit, offset } = inner.kind === "select" ? inner : { orderBy: [0], limit: null, offset: null };
    if (inner.kind === "select" && orderBy.length === 0 && limit === null && offset === null) return this.select(inner, names);
    this.write("select * from (");
    this.walled(() => this.query(inner, names ?? "numbered"));
    this.write(`) as ${this.quote("part")}`);
  }

  /** The queries around a query in FROM, where that does not see them. */
  #wall: Frame | null = null;
  protected walled(write: () => void): void {
    const before = this.#wall;
    if (!this.traits.correlatedDerived) this.#wall = this.frame;
    write();
    this.#wall = before;
  }
  protected override find(token: ScopeToken | TableToken): ReturnType<WithRenderer["find"]> {
    const found = super.find(token);
    for (let frame = this.#wall; frame !== null; frame = frame.parent)
      if (frame === found.frame)
        throw new UnsupportedError(`${this.traits.label}: a query in FROM cannot use the queries around it (trait correlatedDerived)`, {
          hint: "a subquery with a limit, a set operation of limited queries and a derived table are such: compare without the limit, or join",
        });
    return found;
  }

  select(given: SelectNode, names: Names): void {
    const node = isOrderedFromOutside(given, this.traits) ? orderedFromOutside(given) : given;
    this.underWith(() => this.#select(node, names));
  }

  #select(node: SelectNode, names: Names): void {
    const wrapped = wrappedIn(node);
    if (wrapped !== null) {
      const order = node.orderBy.map((term) => this.#position(term, wrapped.source));
      if (!order.includes(null)) return this.#ordinary(wrapped.query, node, order as string[], names);
    }
    const readable = this.#readable;
    this.#readable = false;
    const outside = this.#keys;
    const sources = [node.source, ...node.joins.map((join) => join.source)];
    // What is joined for paths is known once the select was written: one that has any is written again. A row lock that
    // cannot name its tables would take those rows as well.
    const paths: PathSource[] | null = node.lock === null || this.traits.lockOf ? [] : null;
    const start = this.sink.mark();
    for (let known = -1; known !== (paths?.length ?? 0); ) {
      known = paths?.length ?? 0;
      this.sink.rewind(start);
      this.#framed(sources, paths, () => this.lookingForKeys(false, () => this.#parts(node, sources, readable, names)));
    }
    this.#keys = outside;
    this.#readable = readable;
  }

  #parts(node: SelectNode, sources: readonly SourceNode[], readable: boolean, names: Names): void {
    this.write(`${this.outerJoins.select}${node.distinct ? "distinct " : ""}`);
    if (node.columns.length === 0) this.write("1");
    const keys = unknownKeys(node, this.traits);
    this.#keys = keys;
    const columns = () => this.lookingForKeys(keys.length > 0, () => this.#columns(node, readable, names));
    this.#lists.write(node, names, readable, this, columns);
    const standing = standingOf(sources, node.joins, this.#changing);
    this.#from(node, standing);
    this.where(standing === null ? node.where : [...node.where, ...standing.where]);
    this.#grouping(node);
    this.lookingForKeys(keys.length > 0, () => {
      this.#having(node);
      this.#windows(node);
      this.#orderTerms(node, names);
    });
    this.#limit(node.limit, node.offset);
    if (node.lock !== null) this.#lock(node, node.lock);
  }

  /** Locked is what the query is about, and not what its paths lead to. */
  #lock(node: SelectNode, lock: LockNode): void {
    const { sources, paths } = this.frame as Frame;
    const of = lock.of === null && (paths?.length ?? 0) > 0 ? sources.map((_, i) => i) : lock.of;
    const names = sources.map(({ alias }) => this.quote(alias));
    this.write(lockText(node, { ...lock, of }, names, this.traits));
  }

  /** Keys of the groups at hand that the server would not know again. */
  #keys: readonly Clause[] = [];
  protected override isKey(node: ExprNode): boolean {
    const { tokens } = this.frame as Frame;
    return this.#keys.some((key) => sameExpression(key, { tokens, node }));
  }

  /** A set operation that is ordered and limited as a whole, without a select around it. */
  #ordinary(query: CompoundNode, node: SelectNode, order: readonly string[], names: Names): void {
    this.#compound(query, names);
    if (order.length > 0) this.write(` order by ${order.join(", ")}`);
    this.#limit(node.limit, node.offset);
  }

  /** The order of a set operation by the number of a column; null where only an expression would do. */
  #position({ tokens, node: term }: Clause<OrderNode>, { columns }: DerivedSource): string | null {
    return this.#numbered(term, columns.indexOf(columnOf({ tokens, node: term.item }) as ColumnRef));
  }

  #numbered({ item, direction, nulls }: OrderNode, at: number): string | null {
    if (at === -1 || this.ordersByExpression(item) || (nulls !== null && !this.traits.nullsOrdering)) return null;
    return `${at + 1}${direction === "desc" ? " desc" : ""}${nulls === null ? "" : ` nulls ${nulls}`}`;
  }

  /** True where rows are ordered by something else than the value that is selected. */
  protected ordersByExpression(_item: ExprNode): boolean {
    return false;
  }

  #columns({ columns, groupBy }: SelectNode, readable: boolean, names: Names): void {
    const numbered = new Set(groupBy.map((key) => selectedAt(key, columns)));
    const frame = this.frame as Frame;
    const before = frame.tokens;
    for (let i = 0; i < columns.length; i++) {
      const { tokens, node } = columns[i] as Clause;
      if (i > 0) this.write(", ");
      frame.tokens = tokens;
      const write = (): void => (readable ? this.selected(node) : this.expr(node));
      if (numbered.has(i)) this.lookingForKeys(false, write);
      else write();
      if (names === "numbered") this.write(` as c${i}`);
      else if (names !== null) {
        const name = columnName(names[i] as ColumnRef, this.naming);
        if (node.kind !== "column" || columnName(node.column, this.naming) !== name) this.write(` as ${this.quote(name)}`);
      }
    }
    frame.tokens = before;
  }

  /** An item of the outermost select list: the place to ask for a form that the client reads exactly. */
  protected selected(item: ExprNode): void {
    this.expr(item);
  }

  #orderTerms(node: SelectNode, names: Names): void {
    const { frame } = this as { frame: Frame };
    const { qualify } = frame;
    frame.qualify = qualify || shadows(node.columns, names, this.naming, this.traits);
    this.#orderItems(node);
    frame.qualify = qualify;
  }

  #orderItems({ orderBy, columns, groupBy, distinct }: SelectNode): void {
    // Groups and distinct rows are ordered by what they have: written out again, parameters would make it something else.
    const numbered = groupBy.length > 0 || distinct;
    const terms = orderBy.filter(({ node: { item } }) => constantOf(item) === null && item.kind !== "null");
    terms.forEach((term, i) => {
      this.write(i === 0 ? " order by " : ", ");
      const position = numbered ? this.#numbered(term.node, selectedAt({ ...term, node: term.node.item }, columns)) : null;
      if (position === null) this.clause(term, (order) => this.order(order));
      else this.write(position);
    });
  }

  #limit(limit: SelectNode["limit"], offset: SelectNode["offset"]): void {
    if (limit !== null) {
      this.write(" limit ");
      if (typeof limit !== "number") this.expr(limit);
      else if (this.traits.limitInText) this.write(String(limit));
      else this.value(limit, safeIntCodec);
    } else if (offset !== null && this.traits.limitForOffset !== null) this.write(` limit ${this.traits.limitForOffset}`);
    if (offset !== null) {
      this.write(" offset ");
      if (typeof offset === "number") this.value(offset, safeIntCodec);
      else this.expr(offset);
    }
  }

  /** By its number where the same is selected: written out again, its parameters would make it another expression. */
  #selectedOr(clause: Clause, columns: readonly Clause[], write: (item: ExprNode) => void): void {
    const at = selectedAt(clause, columns);
    if (at === -1) this.clause(clause, write);
    else this.write(String(at + 1));
  }

  #grouping(node: SelectNode): void {
    const rollup = node.rollup === true ? this.#rollup() : null;
    node.groupBy.forEach((key, i) => {
      this.write(i === 0 ? ` group by ${rollup === "rollup()" ? "rollup(" : ""}` : ", ");
      if (constantOf(key.node) !== null) this.write("(1 = 1)");
      else this.#selectedOr(key, node.columns, (item) => this.expr(item));
    });
    if (rollup !== null) this.write(rollup === "rollup()" ? ")" : " with rollup");
  }

  #having(node: SelectNode): void {
    if (node.having.length === 0) return;
    this.write(" having ");
    const keys = this.#keys;
    this.#keys = [...keys, ...unknownInHaving(node, this.frame as Frame, this.traits)];
    this.lookingForKeys(this.#keys.length > 0, () => this.#all(node.having));
    this.#keys = keys;
  }

  #rollup(): "rollup()" | "with rollup" {
    if (this.traits.rollup !== null) return this.traits.rollup;
    throw new UnsupportedError(`${this.traits.label} has no subtotals (trait rollup)`, {
      hint: "group each level in a query of its own and put them together with unionAll()",
    });
  }

  #windows(node: SelectNode): void {
    namedWindows(node).forEach((clause, i) => {
      this.write(`${i === 0 ? " window " : ", "}${this.quote(clause.node.name)} as `);
      this.clause(clause, (window) => writeWindow(this, window));
    });
  }

  readonly #changing = (): void => {
    this.changes = true;
  };

  #from(node: SelectNode, standing: Standing | null): void {
    const { joins } = node;
    const frame = this.frame as Frame;
    frame.sources.forEach((_, i) => {
      frame.reach = i;
      const join = joins[i - 1];
      if (join?.kind === "full") assertFullJoin(join.on, i, frame.sources, this.traits);
      this.write(i === 0 ? " from " : join === undefined ? ", " : joinWords[join.kind]);
      const inside = standing?.inside.get(i);
      this.outerJoins.source(joins, i, () => (inside === undefined ? this.source(i) : this.#filtered(i, inside)));
      const on = join?.on ? this.#joinedOn(node, join.on, i) : null;
      if (on !== null) this.outerJoins.on(joins, i, () => this.#on([on, ...(standing?.on.get(i) ?? [])]));
    });
    frame.paths?.forEach(({ from, link }, i) => {
      const position = frame.sources.length + i;
      frame.reach = position;
      this.write(joinWords.left);
      this.source(position);
      this.outerJoins.on([], position, () => this.#on(joinConditions(link, from, position, this.#changing)));
    });
    frame.reach = null;
  }

  #joinedOn(node: SelectNode, on: Clause, position: number): Clause {
    const loses = !this.traits.outerConditions && this.frame?.parent !== null && isOuter(node.joins, position);
    return loses ? tiedToRows(node, on, position, this.traits) : on;
  }

  #on(clauses: readonly Clause[]): void {
    this.write(" on ");
    this.#all(clauses);
  }

  #all(clauses: readonly Clause[]): void {
    clauses.forEach((clause, i) => {
      if (i > 0) this.write(" and ");
      this.clause(clause, (condition) => this.expr(condition, clauses.length > 1 ? 2 : 0));
    });
  }

  /** A table's rows that meet these, under the alias that the table would have. */
  #filtered(position: number, clauses: readonly Clause[]): void {
    const { source, alias } = placeAt(this.frame as Frame, position) as Place;
    this.write("(select * from ");
    this.apart(() =>
      this.#framed([source], null, () => {
        this.source(0);
        this.where(clauses);
      }),
    );
    this.write(`) as ${this.quote(alias)}`);
  }

  /** The source at this position of the current FROM, with its alias. */
  protected source(position: number): void {
    const { source, alias } = placeAt(this.frame as Frame, position) as Place;
    if (source.kind === "derived") return this.#derived(source, alias);
    if (source.kind === "values") return this.values(source, alias);
    if (source.kind === "cte") {
      this.meet(source.cte);
      this.write(this.quote(source.cte.name));
    } else {
      if (source.unscoped !== undefined) this.unscoped.add(source.unscoped);
      this.write(this.tableReference(source));
    }
    if (alias !== sourceName(source)) this.write(` as ${this.quote(alias)}`);
  }

  #derived({ query, columns, lateral }: DerivedSource, alias: string): void {
    const frame = this.frame as Frame;
    if (lateral !== null && !this.traits.lateral) {
      throw new UnsupportedError(`${this.traits.label} has no LATERAL (trait lateral)`, {
        hint: "number the rows with rowNumber() in a derived table and join that",
      });
    }
    this.write(lateral === null ? "(" : "lateral (");
    const tokens = frame.tokens;
    // Only a lateral query sees the sources beside it.
    if (lateral === null) this.frame = frame.parent;
    else frame.tokens = lateral;
    this.outerJoins.derived(query, lateral !== null, (rows) => {
      if (lateral === null) this.walled(() => this.query(rows, columns));
      else this.query(rows, columns);
    });
    this.frame = frame;
    frame.tokens = tokens;
    this.write(`) as ${this.quote(alias)}`);
  }

  where(clauses: readonly Clause[]): void {
    if (clauses.length > 0) this.write(" where ");
    return clauses.some(isFalse) ? this.constant(false) : this.#all(clauses);
  }

  clause<N>(clause: Clause<N>, write: (node: N) => void): void {
    const frame = this.frame as Frame;
    const before = frame.tokens;
    frame.tokens = clause.tokens;
    write(clause.node);
    frame.tokens = before;
  }

  /** Opens a FROM inside the current one: gives each source an alias that no enclosing source has. */
  #framed(sources: readonly SourceNode[], paths: PathSource[] | null, write: () => void): void {
    const parent = this.frame;
    const named: NamedSource[] = [];
    for (const source of sources) named.push({ source, alias: freeAlias(sourceName(source), parent, named) });
    const qualify = parent !== null || sources.length + (paths?.length ?? 0) > 1;
    this.frame = frameOf(named, qualify, parent, paths);
    write();
    this.frame = parent;
  }

  /** The table of a statement that changes it, first, and what values are taken from. */
  protected changing(sources: readonly SourceNode[], write: () => void): void {
    this.#framed(sources, null, write);
  }
}
