/** What a lambda's parameter is: the columns of a model, as expressions. Layer 6. */
import type { ColumnNode } from "../ast/expr.ts";
import type { Expression } from "../expr/expression.ts";
import { expressionOf } from "../expr/expression-of.ts";
import { suggest } from "../util/suggest.ts";
import type { SourceColumn } from "./source.ts";

interface ScopedMeta {
  readonly columns: ReadonlyMap<string, SourceColumn>;
  node(column: Pick<SourceColumn, "ref" | "codec">, token: ColumnNode["token"]): ColumnNode;
  unknownColumn(property: string): Error;
}

/** What a lambda's parameter stands for. */
export class ModelScope {
  readonly #token: ColumnNode["token"];
  readonly #meta: ScopedMeta;
  constructor(meta: ScopedMeta, token: ColumnNode["token"]) {
    this.#meta = meta;
    this.#token = token;
  }
  static column(scope: ModelScope, column: SourceColumn): Expression {
    return expressionOf(scope.#meta.node(column, scope.#token), column.codec, column.label);
  }
  // A misspelt column is named here: "cannot read eq of undefined" would name nothing. Names that are near none stay
  // undefined, since printers and test libraries ask any object for theirs (`then`, `toJSON`, `href`, `nodeType` ...).
  static {
    const get = (target: object, property: string | symbol, scope: object): unknown => {
      const probed = typeof property === "symbol" || property in target || property === "then" || property === "toJSON";
      if (probed || !(#meta in scope)) return Reflect.get(target, property, scope);
      if (suggest(property, scope.#meta.columns.keys()) === null) return undefined;
      throw scope.#meta.unknownColumn(property);
    };
    Object.setPrototypeOf(ModelScope.prototype, new Proxy(Object.prototype, { get }));
  }
  /** The token of a lambda's parameter, or null for anything else. */
  static tokenOf(candidate: unknown): ColumnNode["token"] | null {
    return typeof candidate === "object" && candidate !== null && #token in candidate ? candidate.#token : null;
  }
}

/** A class whose getters make column expressions, so that a lambda pays for the columns it touches only. */
export function scopeClass(meta: ScopedMeta): new (token: ColumnNode["token"]) => object {
  class ScopeOfModel extends ModelScope {
    constructor(token: ColumnNode["token"]) {
      super(meta, token);
    }
    // See util/specimen.ts; this one goes with its model.
    static readonly specimen = new ScopeOfModel({ kind: "scope", label: "" });
  }
  for (const column of meta.columns.values()) {
    Object.defineProperty(ScopeOfModel.prototype, column.property, {
      enumerable: true,
      get(this: ModelScope) {
        return ModelScope.column(this, column);
      },
    });
  }
  return ScopeOfModel;
}
