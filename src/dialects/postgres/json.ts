/** JSON documents in PostgreSQL (jsonb). Layer 4. */
import type { ExprNode, JsonChangeNode, JsonContainsNode, JsonLengthNode, JsonPathNode, JsonStep } from "../../ast/expr.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { Family } from "../../codec/codec.ts";
import { arrayCodec } from "../../codec/compose.ts";
import { textCodec } from "../../codec/text.ts";
import { type DocumentWriter, isConstant } from "../../render/document-writer.ts";
import { binding, codecOf } from "../../render/expr-renderer.ts";

/** The keys of a path as one text array. */
const pathCodec = arrayCodec(textCodec);

/** What a computed value is cast to before it becomes JSON: alone, a parameter has no type. */
const jsonSources: Partial<Readonly<Record<Family, string>>> = {
  int: "bigint",
  float: "double precision",
  bool: "boolean",
};

interface Writer {
  write(text: string): void;
  expr(node: ExprNode, outer?: number): void;
  enclosed(write: () => void): void;
  value(value: unknown, codec: TypedCodec): void;
}
type Write = () => void;

export class JsonWriter implements DocumentWriter {
  readonly #to: Writer;
  constructor(to: Writer) {
    this.#to = to;
  }

  path({ item, path, as }: JsonPathNode, outer: number): void {
    const reach = (text: boolean): void => this.#reach(() => this.#to.expr(item, 6), path, text);
    if (as === "number") {
      this.#all(
        "(case when jsonb_typeof(",
        () => reach(false),
        ") = 'number' then (",
        () => reach(true),
        ")::double precision end)",
      );
    } else if (as === "boolean") {
      this.#all("(case ", () => reach(false), " when 'true'::jsonb then true when 'false'::jsonb then false end)");
    } else if (outer < binding.add) reach(as === "text");
    else this.#all("(", () => reach(as === "text"), ")");
  }

  contains({ item, part }: JsonContainsNode): void {
    this.#all(
      "(",
      () => this.#to.expr(item, 6),
      " @> ",
      () => this.#to.value(part, textCodec),
      "::jsonb)",
    );
  }

  length({ item }: JsonLengthNode): void {
    const document = (): void => this.#to.expr(item);
    this.#all("(case when jsonb_typeof(", document, ") = 'array' then jsonb_array_length(", document, ") end)");
  }

  change(node: JsonChangeNode): void {
    const { item } = node;
    if (item.kind === "column") return this.#changed(node, () => this.#to.expr(item));
    // Named first: written out at each place, changes of changes would grow without bounds. OFFSET keeps the planner from doing that.
    const named = (): void => this.#to.write("kaka_json.doc");
    this.#to.enclosed(() => {
      this.#all(
        "(select ",
        () => this.#changed(node, named),
        " from (select ",
        () => this.#to.expr(item),
        " as doc offset 0) as kaka_json)",
      );
    });
  }

  #changed({ change, path, value }: JsonChangeNode, document: Write): void {
    const parent = path.slice(0, -1);
    const at = (steps: readonly JsonStep[]) => (): void => this.#reach(document, steps, false);
    const keys = (): void => this.#all(() => this.#to.value(path.map(String), pathCodec), "::text[]");
    const stored = (): void => this.#stored(value as ExprNode);
    if (change === "append") {
      const joined = (): void => this.#all(at(path), " || jsonb_build_array(", stored, ")");
      this.#all("(case when jsonb_typeof(", at(path), ") = 'array' then ");
      if (path.length === 0) joined();
      else this.#all("jsonb_set(", document, ", ", keys, ", ", joined, ")");
    } else if (change === "unset") this.#all("(case when (", at(path), ") is not null then ", document, " #- ", keys);
    else {
      // Every step before was found by its type, so the text array means the same steps.
      if (typeof path.at(-1) === "string") this.#all("(case when jsonb_typeof(", at(parent), ") = 'object'");
      else this.#all("(case when (", at(path), ") is not null");
      this.#all(" then jsonb_set(", document, ", ", keys, ", ", stored, ")");
    }
    this.#all(" else ", document, " end)");
  }

  // By `->` and not `#>`, which takes "0" for an index as well; an index of a scalar would be the scalar itself with both.
  #reach(document: Write, path: readonly JsonStep[], text: boolean): void {
    const last = path.at(-1);
    if (last === undefined) return this.#all(document, text ? " #>> '{}'" : "");
    const before = (): void => this.#reach(document, path.slice(0, -1), false);
    if (typeof last === "string") {
      this.#all(before, text ? " ->> " : " -> ", () => this.#to.value(last, textCodec), "::text");
    } else {
      this.#all("jsonb_path_query_first(", before, ", ", () => this.#to.value(`strict $[${last}]`, textCodec), "::jsonpath, '{}', true)");
      if (text) this.#to.write(" #>> '{}'");
    }
  }

  #stored(node: ExprNode): void {
    const family = codecOf(node)?.family ?? "bool";
    if (isConstant(node) && family === "json") return this.#all(() => this.#to.expr(node), "::jsonb");
    if (family === "json") return this.#all("coalesce(cast(", () => this.#to.expr(node), " as jsonb), 'null'::jsonb)");
    this.#all("coalesce(to_jsonb(cast(", () => this.#to.expr(node), ` as ${jsonSources[family] ?? "text"})), 'null'::jsonb)`);
  }

  #all(...parts: readonly (string | Write)[]): void {
    for (const part of parts) {
      if (typeof part === "string") this.#to.write(part);
      else part();
    }
  }
}
