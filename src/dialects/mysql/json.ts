/**
 * JSON documents in MySQL and MariaDB. MariaDB keeps them as text; the functions are the same where both have them.
 * JSON_CONTAINS is not used: it looks into arrays where PostgreSQL's `@>` does not. Layer 4.
 */
import type { ExprNode, JsonChangeNode, JsonContainsNode, JsonLengthNode, JsonPathNode, JsonStep } from "../../ast/expr.ts";
import type { JsonTree } from "../../codec/json-part.ts";
import { UnsupportedError } from "../../errors.ts";
import { type DocumentWriter, isConstant } from "../../render/document-writer.ts";
import { codecOf } from "../../render/expr-renderer.ts";
import type { Sink } from "../../render/sink.ts";
import type { Traits } from "../../render/traits.ts";

/** `$."key"[0]`, bound as one parameter; keys are quoted as JSON strings. */
export function mysqlPath(path: readonly JsonStep[]): string {
  return `$${path.map((step) => (typeof step === "number" ? `[${step}]` : `.${JSON.stringify(step)}`)).join("")}`;
}

const numberTypes = "('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')";

interface Writer {
  readonly sink: Sink;
  readonly traits: Traits;
  write(text: string): void;
  expr(node: ExprNode, outer?: number): void;
  enclosed(write: () => void): void;
}
type Write = () => void;

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
    const place = this.#place(() => this.#to.expr(item), path);
    if (as === "json") place();
    else if (as === "text") this.#all("(case when json_type(", place, ") <> 'NULL' then ", () => this.#text(place), " end)");
    else if (as === "number") this.#all("(case when json_type(", place, `) in ${numberTypes} then json_unquote(`, place, ") + 0e0 end)");
    else this.#all("(case when json_type(", place, ") = 'BOOLEAN' then json_unquote(", place, ") = 'true' end)");
  }

  contains({ item, part }: JsonContainsNode): void {
    const tree = JSON.parse(part) as JsonTree;
    const document = (): void => this.#to.expr(item);
    this.#all("(case when ", document, " is null then null when ");
    const place = (): void => this.#to.expr(item);
    // An array also has a single value that is one of its elements; below the top it does not.
    if (typeof tree === "object" && tree !== null) this.#holds(place, tree);
    else
      this.#all(
        () => this.#holds(place, tree),
        " or ",
        () => this.#holds(place, [tree]),
      );
    this.#to.write(" then true else false end)");
  }

  length({ item }: JsonLengthNode): void {
    const document = (): void => this.#to.expr(item);
    this.#all("(case when json_type(", document, ") = 'ARRAY' then json_length(", document, ") end)");
  }

  change({ item, change, path, value }: JsonChangeNode): void {
    const document = (): void => this.#to.expr(item);
    const stored = (): void => this.#stored(value as ExprNode);
    // A scalar is taken for an array of one element: only the first index can mean what is none.
    const first = path.flatMap((step, i) => (step === 0 ? [path.slice(0, i)] : []));
    if (first.length > 0) {
      this.#to.write("(case when ");
      first.forEach((steps, i) => {
        this.#all(i > 0 ? " and json_type(" : "json_type(", this.#place(document, steps), ") = 'ARRAY'");
      });
      this.#to.write(" then ");
    }
    if (change === "unset") this.#all("json_remove(", document, ", ", this.#bound(path), ")");
    // Inserted behind the last element; what is no array is left as it is, where JSON_ARRAY_APPEND would make one of it.
    else if (change === "append") this.#all("json_array_insert(", document, ", ", this.#bound([...path, 2 ** 31 - 1]), ", ", stored, ")");
    else {
      const name = typeof path.at(-1) === "number" ? "json_replace(" : "json_set(";
      this.#all(name, document, ", ", this.#bound(path), ", ", stored, ")");
    }
    if (first.length > 0) this.#all(" else ", document, " end)");
  }

  /** True or false where the value at this place holds the part, false or NULL where it does not. */
  #holds(place: Write, part: JsonTree): void {
    const type = (name: string): void => this.#all("json_type(", place, `) = '${name}'`);
    if (part === null) return type("NULL");
    if (typeof part === "boolean") return this.#all(() => type("BOOLEAN"), " and json_unquote(", place, `) = '${part}'`);
    if (typeof part === "number") {
      this.#all("json_type(", place, `) in ${numberTypes} and json_unquote(`, place, ") + 0e0 = ");
      return this.#to.sink.param(part);
    }
    if (typeof part === "string") {
      this.#all(
        () => type("STRING"),
        " and ",
        () => this.#text(place),
        " = ",
      );
      return this.#to.sink.param(part);
    }
    if (Array.isArray(part)) return this.#holdsElements(place, part);
    type("OBJECT");
    for (const [key, member] of Object.entries(part)) this.#all(" and ", () => this.#holds(this.#place(place, [key]), member as JsonTree));
  }

  #holdsElements(place: Write, elements: readonly JsonTree[]): void {
    this.#all("json_type(", place, ") = 'ARRAY'");
    if (elements.length > 0 && !this.#to.traits.jsonTable) {
      throw new UnsupportedError(`${this.#to.traits.label} cannot look for elements of a JSON array (trait jsonTable)`, {
        hint: "keep the elements in a table of their own, or compare a certain element with path(...)",
      });
    }
    for (const element of elements) {
      this.#to.enclosed(() => this.#holdsElement(place, element));
    }
  }

  #holdsElement(place: Write, element: JsonTree): void {
    const row = `kaka_json_${++this.#rows}`;
    this.#all(" and exists (select 1 from json_table(", place, `, '$[*]' columns (v json path '$')) as ${row} where `);
    // JSON's null arrives as NULL in MySQL; every row is an element, so that it can be nothing else.
    if (element === null) this.#to.write(`(${row}.v is null or json_type(${row}.v) = 'NULL')`);
    else this.#holds(() => this.#to.write(`${row}.v`), element);
    this.#to.write(")");
  }

  /** What a text holds. Its own collation ignores blanks at the end. */
  #text(place: Write): void {
    const { textCollation } = this.#to.traits;
    this.#all("json_unquote(", place, textCollation === null ? ")" : `) collate ${textCollation}`);
  }

  /** The value at a path. The first index of what is no array would be that itself: `[*]` of it is nothing. */
  #place(document: Write, path: readonly JsonStep[]): Write {
    if (path.length === 0) return document;
    const cut = path.lastIndexOf(0);
    if (cut === -1) return () => this.#all("json_extract(", document, ", ", this.#bound(path), ")");
    return () => {
      this.#all("json_extract(json_extract(", this.#place(document, path.slice(0, cut)), ", '$[*]'), ", this.#bound(path.slice(cut)), ")");
    };
  }

  /** The path as a parameter. */
  #bound(path: readonly JsonStep[]): Write {
    // MariaDB reads such a key as a negative index, and finds nothing without saying so.
    if (this.#to.traits.jsonEquals === "function" && path.some((step) => typeof step === "string" && step.startsWith("-"))) {
      throw new UnsupportedError(`${this.#to.traits.label} cannot reach a JSON key that begins with "-"`, {
        hint: "rename the key, or read the whole document",
      });
    }
    return () => this.#to.sink.param(mysqlPath(path));
  }

  #stored(node: ExprNode): void {
    const family = codecOf(node)?.family ?? "bool";
    const value = (): void => this.#to.expr(node);
    if (isConstant(node) && family === "json") this.#all("json_extract(", value, ", '$')");
    else if (family === "json") this.#all("json_extract(coalesce(", value, ", 'null'), '$')");
    // Its own boolean is a number.
    else if (family === "bool")
      this.#all("json_extract(case when ", value, " then 'true' when ", value, " is null then 'null' else 'false' end, '$')");
    else value();
  }

  #all(...parts: readonly (string | Write)[]): void {
    for (const part of parts) {
      if (typeof part === "string") this.#to.write(part);
      else part();
    }
  }
}
