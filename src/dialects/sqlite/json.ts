/**
 * JSON documents in SQLite, which keeps them as text. Its paths cannot spell every key: where one cannot, the members are
 * walked and compared by their names. Layer 4.
 */
import type { ExprNode, JsonChangeNode, JsonContainsNode, JsonLengthNode, JsonPathNode, JsonStep } from "../../ast/expr.ts";
import type { JsonTree } from "../../codec/json-part.ts";
import { type DocumentWriter, isConstant } from "../../render/document-writer.ts";
import { codecOf } from "../../render/expr-renderer.ts";
import type { Sink } from "../../render/sink.ts";

/** True for keys that a path can hold between double quotes. */
function spellable(step: JsonStep): boolean {
  return typeof step === "number" || (step !== "" && !/["\\]/.test(step));
}

function sqlitePath(path: readonly JsonStep[]): string {
  return `$${path.map((step) => (typeof step === "number" ? `[${step}]` : `."${step}"`)).join("")}`;
}

interface Writer {
  readonly sink: Sink;
  write(text: string): void;
  expr(node: ExprNode, outer?: number): void;
  enclosed(write: () => void): void;
}
type Write = () => void;

/** A value inside a document: its type and SQL value, and itself as JSON text (NULL may stand for a scalar). */
interface Place {
  readonly type: Write;
  readonly value: Write;
  readonly json: Write;
}

export class JsonWriter implements DocumentWriter {
  readonly #to: Writer;
  #rows = 0;
  constructor(to: Writer) {
    this.#to = to;
  }

  renew(): void {
    this.#rows = 0;
  }

  path({ item, path, as }: JsonPathNode): void {
    const split = path.findIndex((step) => !spellable(step));
    const document = (): void => this.#to.expr(item, split === -1 && as === "json" ? 6 : 0);
    if (split !== -1) return this.#to.enclosed(() => this.#walk(document, path, as));
    const place = this.#place(document, path);
    if (as === "json") return this.#all("(", place.json, ")");
    this.#all("(case ", place.type);
    if (as === "boolean") return this.#to.write(" when 'true' then true when 'false' then false end)");
    if (as === "number") return this.#all(" when 'integer' then ", place.value, " when 'real' then ", place.value, " end)");
    this.#all(" when 'true' then 'true' when 'false' then 'false' else cast(", place.value, " as text) end)");
  }

  contains({ item, part }: JsonContainsNode): void {
    const tree = JSON.parse(part) as JsonTree;
    const document = (): void => this.#to.expr(item);
    const place = item.kind === "jsonPath" && item.path.every(spellable) ? this.#place(() => this.#to.expr(item.item), item.path) : null;
    const root = place ?? this.#place(document, []);
    this.#all("(case when ", document, " is null then null when ");
    // An array also has a single value that is one of its elements; below the top it does not.
    if (typeof tree === "object" && tree !== null) this.#holds(root, tree);
    else
      this.#all(
        () => this.#holds(root, tree),
        " or ",
        () => this.#holds(root, [tree]),
      );
    this.#to.write(" then true else false end)");
  }

  length({ item }: JsonLengthNode): void {
    const document = (): void => this.#to.expr(item);
    this.#all("(case when json_type(", document, ") = 'array' then json_array_length(", document, ") end)");
  }

  change(node: JsonChangeNode): void {
    const { item } = node;
    if (item.kind === "column") return this.#changed(node, () => this.#to.expr(item));
    // Named first: written out at each place, changes of changes would grow without bounds.
    const row = this.#row();
    const named = (): void => this.#to.write(`${row}.doc`);
    this.#to.enclosed(() => {
      this.#all(
        "(select ",
        () => this.#changed(node, named),
        " from (select ",
        () => this.#to.expr(item),
        ` as doc) as ${row})`,
      );
    });
  }

  #changed({ change, path, value }: JsonChangeNode, document: Write): void {
    const parent = path.slice(0, -1);
    const last = path.at(-1);
    const typeAt = (steps: readonly JsonStep[]): void => this.#all(this.#placeAt(document, steps).type);
    const stored = (): void => this.#stored(value as ExprNode);
    if (change === "append") {
      this.#all("(case when ", () => typeAt(path), " = 'array' then ");
      if (path.every(spellable)) this.#all("json_insert(", document, ", ", this.#bound(path, "[#]"), ", ", stored, ")");
      else this.#put(document, path, () => this.#all("json_insert(", this.#sub(document, path), ", '$[#]', ", stored, ")"));
    } else if (typeof last === "string") {
      this.#all("(case when ", () => typeAt(parent), " = 'object' then ");
      if (change === "set") this.#put(document, path, stored);
      else if (path.every(spellable)) this.#all("json_remove(", document, ", ", this.#bound(path), ")");
      else this.#put(document, parent, () => this.#without(this.#sub(document, parent), last));
    } else {
      const element = change === "set" ? stored : null;
      this.#all("(case when ", () => typeAt(parent), " = 'array' then ");
      const index = this.#bound([last ?? 0]);
      const replaced = (array: Write, at: Write): void =>
        element === null
          ? this.#all("json_remove(", array, ", ", at, ")")
          : this.#all("json_replace(", array, ", ", at, ", ", element, ")");
      if (path.every(spellable)) replaced(document, this.#bound(path));
      else this.#put(document, parent, () => replaced(this.#sub(document, parent), index));
    }
    this.#all(" else ", document, " end)");
  }

  /** The document with other JSON at a path whose parent is there. */
  #put(document: Write, path: readonly JsonStep[], json: Write): void {
    const split = path.findIndex((step) => !spellable(step));
    if (split === -1) {
      if (path.length === 0) return json();
      return this.#all("json_set(", document, ", ", this.#bound(path), ", ", json, ")");
    }
    const before = path.slice(0, split);
    const key = path[split] as string;
    const after = path.slice(split + 1);
    // Without the key, and then with it in front: the other members are copied as they are written.
    const row = this.#row();
    const object = (): void => {
      this.#all("(select '{' || json_quote(", () => this.#to.sink.param(key), ") || ':' || ");
      this.#put(() => this.#to.write(`${row}.doc`), after, json);
      this.#all(` || case ${row}.rest when '{}' then '}' else ',' || substr(${row}.rest, 2) end from (select `);
      this.#all(() => this.#without(this.#sub(document, before), key), " as rest");
      if (after.length > 0) this.#all(", ", this.#sub(document, path.slice(0, split + 1)), " as doc");
      this.#to.write(`) as ${row})`);
    };
    this.#to.enclosed(() => {
      if (before.length === 0) object();
      else this.#all("json_set(", document, ", ", this.#bound(before), ", json(", object, "))");
    });
  }

  /** An object without one of its members. */
  #without(object: Write, key: string): void {
    this.#all("json_patch(", object, ", json_object(", () => this.#to.sink.param(key), ", null))");
  }

  /** The object or array at a path, as JSON text. */
  #sub(document: Write, path: readonly JsonStep[]): Write {
    if (path.length === 0) return document;
    if (path.every(spellable)) return () => this.#all("(", document, " -> ", this.#bound(path), ")");
    return () =>
      this.#to.enclosed(() => {
        this.#to.write("(");
        const row = this.#members(document, path);
        this.#to.write(` and ${row}.type in ('object', 'array'))`);
      });
  }

  /** `select value from` the members along a path; returns the name of the last one. */
  #members(document: Write, path: readonly JsonStep[], value?: (row: string) => string): string {
    const rows = path.map(() => this.#row());
    const last = rows.at(-1) as string;
    this.#to.write(`select ${value?.(last) ?? `${last}.value`} from `);
    rows.forEach((row, i) => {
      const above = rows[i - 1];
      if (above === undefined) this.#all("json_each(", document, `) as ${row}`);
      else this.#to.write(`, json_each(case when ${above}.type in ('object', 'array') then ${above}.value end) as ${row}`);
    });
    rows.forEach((row, i) => {
      this.#to.write(`${i === 0 ? " where " : " and "}${row}.key = `);
      this.#to.sink.param(path[i]);
    });
    return last;
  }

  #walk(document: Write, path: readonly JsonStep[], as: JsonPathNode["as"]): void {
    // JSON_QUOTE cuts the digits of a double in older releases.
    const json = (row: string): string =>
      `case ${row}.type when 'object' then ${row}.value when 'array' then ${row}.value when 'true' then 'true' when 'false' then 'false' ` +
      `when 'real' then printf('%!.17g', ${row}.value) else json_quote(${row}.value) end`;
    const text = (row: string): string =>
      `case ${row}.type when 'true' then 'true' when 'false' then 'false' else cast(${row}.value as text) end`;
    const values = { json, text, number: (row: string) => `${row}.value`, boolean: (row: string) => `${row}.value = 1` };
    this.#to.write("(");
    const row = this.#members(document, path, values[as]);
    if (as === "number") this.#to.write(` and ${row}.type in ('integer', 'real')`);
    if (as === "boolean") this.#to.write(` and ${row}.type in ('true', 'false')`);
    this.#to.write(")");
  }

  /** Where the value at this place holds the part. */
  #holds(place: Place, part: JsonTree): void {
    if (part === null) return this.#all(place.type, " = 'null'");
    if (typeof part === "boolean") return this.#all(place.type, ` = '${part}'`);
    if (typeof part === "number" || typeof part === "string") {
      this.#all(place.type, typeof part === "string" ? " = 'text' and " : " in ('integer', 'real') and ", place.value, " = ");
      return this.#to.sink.param(part);
    }
    if (Array.isArray(part)) {
      this.#all(place.type, " = 'array'");
      for (const element of part) this.#all(" and ", () => this.#to.enclosed(() => this.#holdsRow(place, null, element as JsonTree)));
      return;
    }
    this.#all(place.type, " = 'object'");
    for (const [key, member] of Object.entries(part)) {
      if (spellable(key)) this.#all(" and ", () => this.#holds(this.#place(place.json, [key]), member as JsonTree));
      else this.#all(" and ", () => this.#to.enclosed(() => this.#holdsRow(place, key, member as JsonTree)));
    }
  }

  /** One of the elements, or the member of this name, holds the part. */
  #holdsRow(place: Place, key: string | null, part: JsonTree): void {
    const row = this.#row();
    // A scalar is no document to be read again, and conditions are not always asked in the order they are written.
    this.#all(
      "exists (select 1 from json_each(case when ",
      place.type,
      " in ('object', 'array') then ",
      place.json,
      ` end) as ${row} where `,
    );
    if (key !== null) this.#all(`${row}.key = `, () => this.#to.sink.param(key), " and ");
    const container = (): void => this.#to.write(`case when ${row}.type in ('object', 'array') then ${row}.value end`);
    this.#holds({ type: () => this.#to.write(`${row}.type`), value: () => this.#to.write(`${row}.value`), json: container }, part);
    this.#to.write(")");
  }

  /** A place that a path can spell. */
  #place(document: Write, path: readonly JsonStep[]): Place {
    const call = (name: string) => (): void => this.#all(`${name}(`, document, ", ", this.#bound(path), ")");
    if (path.length > 0)
      return { type: call("json_type"), value: call("json_extract"), json: () => this.#all(document, " -> ", this.#bound(path)) };
    const value = (): void => this.#all("json_extract(", document, ", '$')");
    return { type: () => this.#all("json_type(", document, ")"), value, json: document };
  }

  #placeAt(document: Write, path: readonly JsonStep[]): Place {
    return path.every(spellable) ? this.#place(document, path) : this.#place(this.#sub(document, path), []);
  }

  #bound(path: readonly JsonStep[], suffix = ""): Write {
    return () => this.#to.sink.param(sqlitePath(path) + suffix);
  }

  #stored(node: ExprNode): void {
    const family = codecOf(node)?.family ?? "bool";
    const value = (): void => this.#to.expr(node);
    if (isConstant(node) && family === "json") this.#all("json(", value, ")");
    else if (family === "json") this.#all("json(coalesce(", value, ", 'null'))");
    // Its own boolean is a number.
    else if (family === "bool") this.#all("json(case when ", value, " then 'true' when ", value, " is null then 'null' else 'false' end)");
    // JSON_QUOTE cuts the digits of a double in older releases.
    else if (family === "float") this.#all("json(case when ", value, " is null then 'null' else printf('%!.17g', ", value, ") end)");
    else this.#all("json_quote(", value, ")");
  }

  #row(): string {
    return `kaka_json_${++this.#rows}`;
  }

  #all(...parts: readonly (string | Write)[]): void {
    for (const part of parts) {
      if (typeof part === "string") this.#to.write(part);
      else part();
    }
  }
}
