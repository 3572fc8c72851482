/** What every renderer writes with: names, parameters, and columns by the source they stand for. Layer 3. */
import type { AggregateNode, ColumnNode, LikeNode, ScopeToken, TableToken } from "../ast/expr.ts";
import { type PathToken, rootOf } from "../ast/path.ts";
import type { TableRef, ValuesSource } from "../ast/select.ts";
import { columnsOf } from "../ast/shape.ts";
import type { TypedCodec } from "../ast/type.ts";
import type { WireCodec } from "../codec/codec.ts";
import { through } from "../codec/parameter.ts";
import { UsageError } from "../errors.ts";
import { type Frame, frameOf, incoming, type Place, placeAt, placeBehind, sourceName, tableOf } from "./frame.ts";
import { columnName, type Naming } from "./naming.ts";
import { type Encoder, ParameterSink, type Sink } from "./sink.ts";
import type { Traits } from "./traits.ts";

export interface RenderContext {
  readonly traits: Traits;
  readonly naming: Naming;
  readonly wire: (codec: TypedCodec) => WireCodec;
  readonly sink: Sink;
}

/** The form in which something is written, and the texts that are sent for it. */
export interface Sent {
  readonly form: string;
  readonly values: readonly string[];
}

/** Where a writer writes that has nothing to write. */
const idle = new ParameterSink(() => "?");

export abstract class SqlWriter {
  readonly traits: Traits;
  readonly naming: Naming;
  readonly wire: (codec: TypedCodec) => WireCodec;
  sink: Sink;
  frame: Frame | null = null;

  constructor(context: RenderContext) {
    this.traits = context.traits;
    this.naming = context.naming;
    this.wire = context.wire;
    this.sink = context.sink;
  }

  /** Forgets a statement that was written to its end: the next one is written by the same writer. */
  renew(): void {
    this.sink = idle;
  }

  write(text: string): void {
    this.sink.text += text;
  }

  /** The only function that writes a quote character around a name. */
  quote(name: string): string {
    const mark = this.traits.quote;
    return mark + (name.includes(mark) ? name.replaceAll(mark, mark + mark) : name) + mark;
  }

  tableName(table: TableRef): string {
    return table.schema === null ? this.quote(table.name) : `${this.quote(table.schema)}.${this.quote(table.name)}`;
  }

  /** The value as a parameter, encoded by its codec. Null is NULL. */
  value(value: unknown, codec: TypedCodec): void {
    if (value === null) return this.sink.param(null);
    const { encode } = this.wire(codec);
    this.sink.param(encode === null ? value : through(value, encode));
  }

  /** Rows that the statement brings with it, as a source. */
  protected values({ columns, rows }: ValuesSource, alias: string): void {
    this.write("(");
    this.valueRows(columns, rows);
    this.write(`) as ${this.quote(alias)}`);
  }

  /** How a LIKE is written, and what is sent for it; its mark is `!` where the dialect says no other. */
  likeForm({ pattern }: LikeNode): Sent {
    return { form: "like", values: [pattern] };
  }

  // Up to all parameters that a statement can have: encoders are looked up once, not once per value.
  protected valueRows(columns: readonly TypedCodec[], rows: readonly (readonly unknown[])[]): void {
    this.write("values ");
    const encoders = columns.map((codec) => this.wire(codec).encode as Encoder);
    this.sink.rows(rows, encoders);
  }

  protected grouped(own: number, outer: number, write: () => void): void {
    if (own > outer) return write();
    this.parenthesized(write);
  }

  protected parenthesized(write: () => void): void {
    this.write("(");
    write();
    this.write(")");
  }

  /** Inside a query of the dialect's own making, whose names may be those of columns: these are written with their source. */
  enclosed(write: () => void): void {
    const { frame } = this;
    this.frame = frameOf([], true, frame);
    write();
    this.frame = frame;
  }

  protected column(node: ColumnNode): void {
    const name = columnName(node.column, this.naming);
    const { token } = node;
    const place = token.kind === "path" ? this.#reached(token) : this.find(token);
    if (place === null) return this.related(node, token as PathToken);
    const { frame, source, alias } = place;
    if (source === incoming) return this.incomingColumn(name);
    // An alias of the select list would win over a column of that name in ORDER BY.
    const hidden = this.traits.rowAliases && /^c\d+$/.test(name);
    const qualify = frame.qualify || frame !== this.frame || hidden;
    const written = qualify ? `${this.quote(alias)}.${this.quote(name)}` : this.quote(name);
    this.write(source.kind === "values" ? this.valuesColumn(written, node.codec) : written);
  }

  /** A column of rows that the statement brings with it. */
  protected valuesColumn(written: string, _codec: TypedCodec): string {
    return written;
  }

  /** A column of a row that is joined nowhere: a query of its own. */
  protected abstract related(node: ColumnNode, path: PathToken): void;

  #reached({ from, link }: PathToken): Place | null {
    const start = from.kind === "path" ? this.#reached(from) : this.find(from);
    return start === null ? null : placeBehind(start, link);
  }

  /** A column of the row that an upsert would have inserted. */
  protected incomingColumn(name: string): void {
    this.write(`${this.quote(sourceName(incoming))}.${this.quote(name)}`);
  }

  /** The query that is being written, without what the dialect puts around its expressions. */
  protected get innermost(): Frame | null {
    let { frame } = this;
    while (frame !== null && frame.sources.length === 0) frame = frame.parent;
    return frame;
  }

  /** Expressions stand for groups, whose keys may be among them. */
  protected looksForKeys = false;
  protected lookingForKeys(looks: boolean, write: () => void): void {
    const before = this.looksForKeys;
    this.looksForKeys = looks;
    write();
    this.looksForKeys = before;
  }

  /** @throws UsageError for an aggregate of columns of the queries around alone: SQL takes it for one of theirs */
  protected assertOwn({ item, filter }: AggregateNode): void {
    const columns = [item, filter].flatMap((node) => (node === null || node === undefined ? [] : columnsOf(node)));
    if (columns.length === 0 || columns.some(({ token }) => this.find(rootOf(token)).frame === this.innermost)) return;
    const [column] = columns;
    throw new UsageError(
      `an aggregate of ${column?.column.property}, which is a column of the query around this one, would be that query's`,
      {
        hint: "take it in the query around, or put a column of this query into it",
      },
    );
  }

  /** The source that a column's token stands for, seen from here outwards. */
  protected find(token: ScopeToken | TableToken): Place {
    for (let frame = this.frame; frame !== null; frame = frame.parent) {
      if (token.kind === "scope") {
        const position = frame.tokens.indexOf(token);
        const place = position === -1 ? null : placeAt(frame, position);
        if (place !== null) return place;
        continue;
      }
      const found = frame.sources.filter((entry) => tableOf(entry.source) === token.table);
      if (found.length > 1) {
        throw new UsageError(`a column of ${token.table.name} could mean two sources of this query`, {
          hint: "use the lambda's parameters, which say which one is meant",
        });
      }
      if (found[0] !== undefined) return { frame, position: frame.sources.indexOf(found[0]), ...found[0] };
    }
    const name = token.kind === "scope" ? token.label : token.table.name;
    throw new UsageError(`a column of ${name} is used in a query that does not read from it`, {
      hint: "a lambda's columns are valid inside that lambda only; join the model, or use exists()",
    });
  }
}
