/** A model's rows, inserts and updates as the outside sees them: which columns they have. Layer 6. */
import { UsageError } from "../errors.ts";
import { type RelationDefinition, relationOf } from "../relations/definition.ts";
import { suggestion } from "../util/suggest.ts";
import type { ColumnMeta, ModelClassLike, ModelMeta } from "./meta.ts";
import { metaOf } from "./meta.ts";
import { deletedAt } from "./standing-scopes.ts";

export type ShapeKind = "row" | "insert" | "update";

export interface ShapeField {
  readonly column: ColumnMeta;
  readonly property: string;
  /** It may be missing. */
  readonly optional: boolean;
}
export interface NestedField {
  readonly name: string;
  readonly relation: RelationDefinition;
  readonly shape: ModelShape;
}

export interface Choice {
  readonly pick: readonly string[] | null;
  readonly omit: readonly string[];
  readonly partial: boolean;
  readonly nested: readonly string[];
}
export const everything: Choice = { pick: null, omit: [], partial: false, nested: [] };

/** A key that the database or the model makes is nobody's to give. */
function isMade({ declaration }: ColumnMeta): boolean {
  const { primaryKey, identity, default: value, dbDefault } = declaration;
  return primaryKey && (identity || value !== null || dbDefault !== null);
}

/** The time of a deletion, the number of a version: the ORM's own to write. */
function isKept({ behaviour }: ModelMeta, { property, declaration }: ColumnMeta): boolean {
  return declaration.version || (behaviour.deletion === "soft" && property === deletedAt);
}

function mayBeMissing({ declaration }: ColumnMeta): boolean {
  const { nullable, default: value, dbDefault, autoNow, autoNowAdd, identity } = declaration;
  return nullable || value !== null || dbDefault !== null || autoNow || autoNowAdd || identity;
}

const fieldOf: { readonly [K in ShapeKind]: (column: ColumnMeta) => { readonly optional: boolean } | null } = {
  row: ({ declaration }) => (declaration.hidden ? null : { optional: false }),
  insert: (column) => (column.declaration.serverOnly || isMade(column) ? null : { optional: mayBeMissing(column) }),
  update: ({ declaration }) => (declaration.serverOnly || declaration.primaryKey ? null : { optional: true }),
};

export class ModelShape {
  readonly kind: ShapeKind;
  readonly model: ModelClassLike;
  readonly meta: ModelMeta;
  readonly choice: Choice;
  #fields: readonly ShapeField[] | null = null;
  #nested: readonly NestedField[] | null = null;

  constructor(model: ModelClassLike, kind: ShapeKind, choice: Choice) {
    this.kind = kind;
    this.model = model;
    this.meta = metaOf(model);
    this.choice = choice;
  }

  /** In declared order. Columns are resolved at first use: what a foreign key holds is known when its target is. */
  get fields(): readonly ShapeField[] {
    if (this.#fields !== null) return this.#fields;
    const { pick, omit, partial } = this.choice;
    const own = this.meta.list.filter(({ property }) => this.meta.builders.has(property));
    const all = own.flatMap((column): ShapeField[] => {
      const field = this.kind !== "row" && isKept(this.meta, column) ? null : fieldOf[this.kind](column);
      return field === null ? [] : [{ column, property: column.property, optional: partial || field.optional }];
    });
    for (const name of [...(pick ?? []), ...omit]) {
      if (all.some(({ property }) => property === name)) continue;
      throw new UsageError(`${String(this)} has no column ${JSON.stringify(name)}`, {
        hint: suggestion(
          name,
          all.map(({ property }) => property),
        ),
      });
    }
    this.#fields = all.filter(({ property }) => (pick === null || pick.includes(property)) && !omit.includes(property));
    return this.#fields;
  }

  get nested(): readonly NestedField[] {
    this.#nested ??= this.choice.nested.map((name): NestedField => {
      const relation = relationOf(this.model, name);
      if (relation === null)
        throw new UsageError(`${this.meta.name}: nested takes relations to one model, and ${JSON.stringify(name)} is none`);
      return { name, relation, shape: new ModelShape(relation.model, "row", everything) };
    });
    return this.#nested;
  }

  toString(): string {
    return this.kind === "row" ? this.meta.name : `${this.meta.name}.${this.kind}`;
  }
}
