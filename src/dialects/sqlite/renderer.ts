/** Where SQLite's SQL differs. Decimals are calculated in `decimal.ts`. Layer 4. */
import type {
  AggregateNode,
  ArithmeticNode,
  BetweenNode,
  CallNode,
  CompareNode,
  DatePartNode,
  ExprNode,
  InListNode,
  JsonPathNode,
  LikeNode,
  WindowNode,
} from "../../ast/expr.ts";
import type { TypedCodec } from "../../ast/type.ts";
import { textCodec } from "../../codec/text.ts";
import { UnsupportedError } from "../../errors.ts";
import { codecOf, isInteger } from "../../render/expr-renderer.ts";
import { Renderer } from "../../render/renderer.ts";
import { DecimalWriter, isDecimal } from "./decimal.ts";

const longList = 32;
const dateFormats = { year: "%Y", month: "%m", day: "%d", hour: "%H", minute: "%M", second: "%S" } as const;

/** LIKE ignores case here and GLOB does not: the same pattern in GLOB's letters. */
export function globPattern(like: string): string {
  return like.replace(/!(.)|[%_*?[]/gs, (mark, escaped: string | undefined) => {
    const literal = escaped ?? mark;
    if (escaped === undefined && mark === "%") return "*";
    if (escaped === undefined && mark === "_") return "?";
    return /[*?[]/.test(literal) ? `[${literal}]` : literal;
  });
}

function sqlitePath(path: readonly (string | number)[]): string | null {
  let text = "$";
  for (const step of path) {
    if (typeof step === "string" && (step === "" || /["\\]/.test(step))) return null;
    text += typeof step === "number" ? `[${step}]` : `."${step}"`;
  }
  return text;
}

function isInstant(node: ExprNode): boolean {
  return codecOf(node)?.type.word === "datetime";
}

export class SqliteRenderer extends Renderer {
  readonly #decimals = new DecimalWriter(this);
  protected override readonly functions = {
    concat: "($|)",
    greatest: "max($*)",
    least: "min($*)",
    mod: "($1 % $2)",
    now: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
  };

  protected override call(node: CallNode): void {
    const [item] = node.args;
    if (node.name === "round" && item !== undefined && isDecimal(item)) return this.#decimals.text(item, node.codec.type.scale ?? 0);
    super.call(node);
  }

  protected override selected(item: ExprNode): void {
    // No client delivers 64 bits exactly by default, text does.
    if (codecOf(item)?.family === "bigint") {
      this.write("cast(");
      this.expr(item);
      return this.write(" as text)");
    }
    this.expr(item);
  }

  // SQLite plans a statement anew whenever the parameter of its LIMIT is bound; a number in the text is planned once.
  protected override limitValue(limit: number): void {
    if (Number.isSafeInteger(limit)) this.write(String(limit));
    else super.limitValue(limit);
  }

  protected override compare(node: CompareNode): void {
    if (isDecimal(node.left) || isDecimal(node.right)) return this.#decimals.compare(node.left, node.op, node.right);
    if (isInstant(node.left) || isInstant(node.right)) {
      this.instant(node.left);
      this.write(` ${node.op} `);
      return this.instant(node.right);
    }
    if (codecOf(node.left)?.family !== "json") return super.compare(node);
    this.write("json(");
    this.expr(node.left);
    this.write(`) ${node.op} json(`);
    this.expr(node.right);
    this.write(")");
  }

  /** An instant in the form that is stored and sorts; SQLite's own functions and CURRENT_TIMESTAMP write another. */
  instant(node: ExprNode): void {
    if (node.kind !== "raw") return this.expr(node, 4);
    this.write("strftime('%Y-%m-%dT%H:%M:%fZ', ");
    this.expr(node);
    this.write(")");
  }

  protected override between(node: BetweenNode): void {
    if (isInstant(node.item)) {
      this.instant(node.item);
      this.write(" between ");
      this.instant(node.low);
      this.write(" and ");
      return this.instant(node.high);
    }
    if (!isDecimal(node.item)) return super.between(node);
    this.#decimals.compare(node.item, ">=", node.low);
    this.write(" and ");
    this.#decimals.compare(node.item, "<=", node.high);
  }

  protected override orderItem(item: ExprNode): void {
    if (isDecimal(item)) this.#decimals.order(item);
    else this.expr(item);
  }

  protected override arithmetic(node: ArithmeticNode, outer: number): void {
    if (isDecimal(node)) return this.#decimals.text(node);
    if (node.op !== "/") return super.arithmetic(node, outer);
    this.grouped(6, outer, () => {
      this.write("cast(");
      this.expr(node.left);
      this.write(" as real) / ");
      this.expr(node.right, 6);
    });
  }

  protected override aggregate(node: AggregateNode): void {
    if (node.item === null || !isDecimal(node.item) || node.name === "count") return super.aggregate(node);
    if (node.name !== "avg") return this.#decimals.text(node);
    const scale = codecOf(node.item)?.type.scale ?? 0;
    this.write("avg(");
    this.#decimals.key(node.item, scale);
    this.write(`) / ${10 ** scale}.0`);
  }

  protected override window(node: WindowNode): void {
    const { call } = node;
    const item = call.kind === "aggregate" && call.name !== "count" && call.name !== "avg" ? call.item : null;
    if (item !== null && isDecimal(item)) {
      throw new UnsupportedError(`${this.traits.label} keeps decimals as text and has no ${call.name} of them over a window`, {
        hint: "select the rows and add them up, or store scaled integers",
      });
    }
    super.window(node);
  }

  // A STRICT table refuses a fraction in an integer column where the other databases round.
  protected override assigned(value: ExprNode, codec: TypedCodec): void {
    const from = codecOf(value);
    if (codec.type.word === "datetime") return this.instant(value);
    if (codec.type.word === "decimal" && isDecimal(value)) return this.#decimals.text(value, codec.type.scale ?? 0);
    if (!isInteger(codec) || from?.family !== "float") return this.expr(value);
    this.write("cast(round(");
    this.expr(value);
    this.write(") as integer)");
  }

  protected override inList(node: InListNode): void {
    const { word } = node.codec.type;
    if (node.values.length <= longList || word === "bytes" || word === "json") return super.inList(node);
    const { encode } = this.wire(node.codec);
    const items = node.values.map((value) => (encode === null ? value : encode(value as never)));
    this.expr(node.item, 4);
    this.write(node.negated ? " not in (select value from json_each(" : " in (select value from json_each(");
    this.sink.param(`[${items.map((item) => (typeof item === "string" ? JSON.stringify(item) : String(item))).join(",")}]`);
    this.write("))");
  }

  protected override like(node: LikeNode): void {
    this.expr(node.item, 4);
    this.write(node.ignoreCase ? " like " : " glob ");
    this.value(node.ignoreCase ? node.pattern : globPattern(node.pattern), textCodec);
    if (node.ignoreCase) this.write(" escape '!'");
  }

  protected override datePart(node: DatePartNode): void {
    this.write(`cast(strftime('${dateFormats[node.part]}', `);
    this.expr(node.item);
    this.write(") as integer)");
  }

  protected override jsonPath(node: JsonPathNode): void {
    const path = sqlitePath(node.path);
    if (path === null) return this.#jsonByKeys(node);
    const document = (): void => {
      this.expr(node.item);
      this.write(", ");
      this.sink.param(path);
      this.write(")");
    };
    if (node.as === "json") {
      this.write("(");
      this.expr(node.item, 6);
      this.write(" -> ");
      this.sink.param(path);
      return this.write(")");
    }
    this.write("(case json_type(");
    document();
    if (node.as === "text") this.write(" when 'true' then 'true' when 'false' then 'false' else cast(json_extract(");
    else this.write(" when 'integer' then json_extract(");
    document();
    if (node.as === "text") return this.write(" as text) end)");
    this.write(" when 'real' then json_extract(");
    document();
    this.write(" end)");
  }

  // A key with a quote or a backslash has no spelling in a path: walk the document and compare the keys themselves.
  #jsonByKeys(node: JsonPathNode): void {
    const last = node.path.length - 1;
    const value = {
      json: `case when k${last}.type in ('object', 'array') then k${last}.value else json_quote(k${last}.value) end`,
      text: `case k${last}.type when 'true' then 'true' when 'false' then 'false' else cast(k${last}.value as text) end`,
      number: `k${last}.value`,
    };
    this.write(`(select ${value[node.as]} from json_each(`);
    this.expr(node.item);
    this.write(") as k0");
    for (let i = 1; i <= last; i++)
      this.write(`, json_each(case when k${i - 1}.type in ('object', 'array') then k${i - 1}.value end) as k${i}`);
    node.path.forEach((step, i) => {
      this.write(`${i === 0 ? " where " : " and "}k${i}.key = `);
      this.sink.param(step);
    });
    if (node.as === "number") this.write(` and k${last}.type in ('integer', 'real')`);
    this.write(")");
  }

  protected override plain(value: string | number | bigint | boolean | Date | Uint8Array | null): unknown {
    if (value instanceof Date) return value.toISOString();
    return typeof value === "boolean" ? Number(value) : value;
  }
}
