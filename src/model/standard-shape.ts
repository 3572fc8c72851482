/** A model's rows, inserts and updates as schemas that other tools take: Standard Schema. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import type { ModelClassLike } from "./meta.ts";
import { everything, ModelShape, type ShapeKind } from "./shape.ts";
import { checkShape } from "./shape-check.ts";
import type { NestedNames, OutOf, ShapeOf, ShapeOptions, ShapeSource } from "./types/shape.types.ts";
import { sourceOf } from "./view.ts";

export class StandardShape extends ModelShape {
  #standard: object | null = null;

  /** What a validator of plain JSON Schema asks for first: a server, for one, whose plugin came after the route. */
  get $id(): never {
    throw new UsageError(`${String(this)} is no plain JSON Schema`, {
      hint: 'in a route of Fastify: `await app.register(kaka, ...)` before the route; elsewhere take ["~standard"].jsonSchema',
    });
  }

  /** The row with what it came from left out, or everything that is wrong with it. */
  get "~standard"(): object {
    this.#standard ??= {
      version: 1,
      vendor: "kakaorm",
      validate: (input: unknown) => {
        const checked = checkShape(this, input, "json");
        return "value" in checked ? checked : { issues: checked.detail.map((detail) => ({ ...detail, path: pathOf(detail) })) };
      },
      jsonSchema: {
        input: ({ target }: { target: string }) => jsonSchemaOf(this, target),
        output: ({ target }: { target: string }) => jsonSchemaOf(this, target),
      },
    };
    return this.#standard;
  }
}

/** Where in the input an entry points at. */
export function pathOf({ field }: { readonly field: string }): string[] {
  return field === "*" ? [] : [field];
}

const shapes = new WeakMap<ModelClassLike, Partial<Record<ShapeKind, StandardShape>>>();

/** The whole shape of a kind, the same object each time. */
export function wholeShape(given: unknown, kind: ShapeKind): StandardShape {
  const model = sourceOf(given as ModelClassLike);
  let known = shapes.get(model);
  if (known === undefined) {
    known = {};
    shapes.set(model, known);
  }
  known[kind] ??= new StandardShape(model, kind, everything);
  return known[kind];
}

function rowShape(model: unknown): StandardShape {
  return wholeShape(model, "row");
}

/** The shape that a model, or a schema made of one, stands for; null for anything else. */
export function shapeIn(source: unknown): StandardShape | null {
  if (source instanceof StandardShape) return source;
  return typeof source === "function" && "$specs" in source ? rowShape(source) : null;
}

const known = ["pick", "omit", "partial", "nested"] as const;

/**
 * A part of a model's rows, of `Model.insert` or of `Model.update` as a schema of its own, for routes and for tools of
 * Standard Schema: `pick` and `omit` choose columns, `partial` lets each be missing, `nested` adds relations of rows, which
 * have to be loaded (`prefetch`) by then.
 * @throws UsageError for names that it has no column or relation of
 * @example
 * shapeOf(Post, { omit: ["meta"], nested: ["author", "comments"] });
 * shapeOf(Post.update, { pick: ["title"] });
 */
export function shapeOf<
  S extends ShapeSource,
  const P extends keyof OutOf<S> & string = never,
  const O extends keyof OutOf<S> & string = never,
  T extends boolean = false,
  const N extends NestedNames<S> = never,
>(source: S, o: ShapeOptions<P, O, T, N> = {}): ShapeOf<S, P, O, T, N> {
  const from = shapeIn(source);
  if (from === null) throw new UsageError(`shapeOf takes a model, Model.insert or Model.update, got ${kindOf(source)}`);
  for (const key of Object.keys(o)) {
    if (!known.some((name) => name === key)) throw new UsageError(`shapeOf knows ${known.join(", ")}, not ${key}`);
  }
  const { choice } = from;
  const names = (list: unknown, option: string): string[] => {
    if (Array.isArray(list) && list.every((name) => typeof name === "string")) return list as string[];
    throw new UsageError(`shapeOf: ${option} is an array of names, got ${kindOf(list)}`);
  };
  const pick = o.pick === undefined ? choice.pick : names(o.pick, "pick");
  const nested = o.nested === undefined ? choice.nested : names(o.nested, "nested");
  if (nested.length > 0 && from.kind !== "row") throw new UsageError(`${String(from)}: nested is for rows`);
  const made = new StandardShape(from.model, from.kind, {
    pick: choice.pick === null || pick === null ? pick : pick.filter((name) => choice.pick?.includes(name)),
    omit: [...choice.omit, ...(o.omit === undefined ? [] : names(o.omit, "omit"))],
    partial: o.partial ?? choice.partial,
    nested,
  });
  return made as never;
}
