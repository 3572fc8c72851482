/** What goes in and out of a model from outside: rows, inserts and updates as schemas. Types only. */
import type { AnyModel } from "./model.types.ts";
import type { RelatedRow, RelationKeys } from "./relation.types.ts";
import type { Kept, KeySpec, OptionalInputSpec, OptionalSpec, RowOf, ServerOnlySpec, spec, ValueOf, Visible } from "./spec.types.ts";

export declare const shape: unique symbol;

/** One thing that is wrong with an input. */
export interface Issue {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** The properties of Standard Schema 1 and of its JSON Schema; spelled here, since an interface needs no package. */
export interface StandardProps<In, Out> {
  readonly version: 1;
  readonly vendor: "kakaorm";
  /** The checked row, or everything that is wrong with it. JSON is understood: ISO text for a Date, digits for a bigint. */
  readonly validate: (input: unknown) => { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly Issue[] };
  readonly types?: { readonly input: In; readonly output: Out } | undefined;
  readonly jsonSchema: {
    readonly input: (o: JsonSchemaOptions) => Record<string, unknown>;
    readonly output: (o: JsonSchemaOptions) => Record<string, unknown>;
  };
}
export interface JsonSchemaOptions {
  readonly target: "draft-2020-12" | "draft-07" | "openapi-3.0" | ({} & string);
  readonly libraryOptions?: Record<string, unknown> | undefined;
}

/** A schema made of a model. Out: its values, Json: the same in JSON. */
export interface Shape<Out, Json> {
  readonly "~standard": StandardProps<Either<Out, Json>, Out>;
  readonly [shape]: [Out, Json];
}
/** A row in JSON or as it is, column by column. */
export type Either<Out, Json> = { [K in keyof Out]: Out[K] | (K extends keyof Json ? Json[K] : never) };
/** A model, or a schema made of one. */
export type ShapeSource = AnyModel | Shape<any, any>;

type Textual<T> = T extends null ? null : T extends string ? T : string;
/** A column's value in JSON: dates, bigints and bytes are text, and a type of one's own is what it is stored as. */
export type JsonValueOf<S> = S extends { readonly [spec]: [infer T, infer F, any, infer N, any, any, any] }
  ?
      | (F extends "int" | "float"
          ? T extends number
            ? T
            : number
          : F extends "bool"
            ? T extends boolean
              ? T
              : boolean
            : F extends "json"
              ? T
              : Textual<T>)
      | (N extends true ? null : never)
  : never;

/** A row as it is read, in JSON. */
export type JsonRowOf<C> = { -readonly [K in Visible<C>]: JsonValueOf<C[K]> };
/** Keys that the database or the model makes are not taken from input, nor is what the ORM keeps. */
type Made = { readonly [spec]: [any, any, true, any, true, any, any] } | Kept;
type RequiredInput<C> = { [K in keyof C]: C[K] extends OptionalSpec | ServerOnlySpec | Kept ? never : K }[keyof C];
type OptionalInput<C> = { [K in keyof C]: C[K] extends Made ? never : C[K] extends OptionalInputSpec ? K : never }[keyof C];
type Updated<C> = { [K in keyof C]: C[K] extends KeySpec | ServerOnlySpec | Kept ? never : K }[keyof C];
/** What `Model.insert` takes: what `create` takes, without keys that are made. */
export type InsertInput<C> = Spelled<{ [K in RequiredInput<C>]: ValueOf<C[K]> } & { [K in OptionalInput<C>]?: ValueOf<C[K]> }>;
/** The same; messages show its columns, since a condition has no name. */
type Spelled<O> = O extends unknown ? { [K in keyof O]: O[K] } : never;
/** What `Model.update` takes: any columns but the key. */
export type UpdateInput<C> = Updated<C> extends infer N extends keyof C ? { -readonly [K in N]?: ValueOf<C[K]> } : never;
type InJson<Out, C> = { [K in keyof Out]: K extends keyof C ? JsonValueOf<C[K]> : never };

export type InsertShape<C> = Shape<InsertInput<C>, InJson<InsertInput<C>, C>>;
export type UpdateShape<C> = Shape<UpdateInput<C>, InJson<UpdateInput<C>, C>>;

/** The values of a model's rows, or of a schema. */
export type OutOf<S> = S extends { readonly [shape]: [infer O, any] } ? O : S extends { readonly $specs: infer C } ? RowOf<C> : never;
/** The same in JSON. */
export type JsonOf<S> = S extends { readonly [shape]: [any, infer J] } ? J : S extends { readonly $specs: infer C } ? JsonRowOf<C> : never;

/** Which part of a model's row, insert or update. */
export interface ShapeOptions<P, O, T extends boolean, N> {
  /** These columns alone. */
  readonly pick?: readonly P[];
  /** All but these. */
  readonly omit?: readonly O[];
  /** Every column may be missing. */
  readonly partial?: T;
  /** Of rows: relations that were loaded with them, by the names of their getters. */
  readonly nested?: readonly N[];
}
/** The relations of a model's rows by name; a schema has none. */
export type NestedNames<S> = S extends AnyModel ? RelationKeys<InstanceType<S>, keyof S["$specs"]> & string : never;
type Picked<R, P, O> = { [K in keyof R as K extends O ? never : [P] extends [never] ? K : K extends P ? K : never]: R[K] };
type Part<R, P, O, T> = T extends true ? Partial<Picked<R, P, O>> : Picked<R, P, O>;
type Nested<S, N, How extends "value" | "json"> = [N] extends [never]
  ? unknown
  : S extends AnyModel
    ? { [K in N & keyof InstanceType<S>]: RelatedRow<InstanceType<S>[K], How> }
    : unknown;
type Flat<R> = { [K in keyof R]: R[K] };
export type ShapeOf<S, P, O, T, N> = Shape<
  Flat<Part<OutOf<S>, P, O, T> & Nested<S, N, "value">>,
  Flat<Part<JsonOf<S>, P, O, T> & Nested<S, N, "json">>
>;
