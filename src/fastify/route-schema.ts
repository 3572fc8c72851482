/** The schemas of a route: which parts are models, what they are as plain JSON Schema, what an answer's rows become. Layer 8. */
import { UsageError } from "../errors.ts";
import type { ModelShape } from "../model/shape.ts";
import { shapeIn } from "../model/standard-shape.ts";
import { type Convert, listOf, objectOf, rowConverter } from "./answer.ts";

export type Plain = Record<string, unknown>;

export const inputParts = ["body", "querystring", "params", "headers"] as const;
export type InputPart = (typeof inputParts)[number];

/** The part of Standard Schema that is used of schemas which are not ours. */
export interface Standard {
  readonly "~standard": {
    readonly validate: (input: unknown) => Outcome | Promise<Outcome>;
    readonly jsonSchema?: { readonly input: (o: object) => Plain; readonly output: (o: object) => Plain };
  };
}
export type Outcome =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** What checks one part of a request. */
export type InputSchema =
  | { readonly kind: "shape"; readonly shape: ModelShape; readonly many: boolean }
  | { readonly kind: "standard"; readonly schema: Standard };

function isObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null;
}

function standardOf(value: unknown): Standard | null {
  const candidate = value as Partial<Standard> | null;
  const object = (typeof value === "object" && value !== null) || typeof value === "function";
  return object && isObject(candidate?.["~standard"]) ? (candidate as Standard) : null;
}

/** What checks this part of a request; null for plain JSON Schema, which the server checks by itself. */
export function inputSchema(given: unknown, where: string): InputSchema | null {
  const many = Array.isArray(given);
  const one: unknown = many ? given[0] : given;
  const shape = shapeIn(one);
  if (shape !== null) {
    if (many && given.length !== 1) throw new UsageError(`${where}: a list of rows is [Model.insert]`);
    if (shape.choice.nested.length > 0) throw new UsageError(`${where}: nested relations are for answers`);
    return { kind: "shape", shape, many };
  }
  const standard = standardOf(given);
  if (standard !== null) return { kind: "standard", schema: standard };
  if (holdsModel(given))
    throw new UsageError(`${where} has a model within a plain schema, where it would not be checked`, {
      hint: "take the model itself, or [Model.insert]; for more, a schema of zod with zodOf(Model.insert) in it",
    });
  return null;
}

function holdsModel(given: unknown): boolean {
  if (shapeIn(given) !== null) return true;
  return isObject(given) && standardOf(given) === null && Object.values(given).some(holdsModel);
}

/** Plain JSON Schema of what may hold models, at any depth. */
export function plainSchema(given: unknown, target: string, way: "input" | "output"): unknown {
  const shape = shapeIn(given);
  const standard = (shape as unknown as Standard | null) ?? standardOf(given);
  if (standard !== null) {
    const { $schema: _, ...schema } = standard["~standard"].jsonSchema?.[way]({ target, libraryOptions: { unrepresentable: "any" } }) ?? {};
    return schema;
  }
  if (Array.isArray(given))
    return given.length === 1 && isSchema(given[0])
      ? { type: "array", items: plainSchema(given[0], target, way) }
      : given.map((one) => plainSchema(one, target, way));
  // Other libraries mark their schemas by symbols, which a copy would lose.
  if (!isObject(given) || !holdsSchema(given)) return given;
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, plainSchema(value, target, way)]));
}

function holdsSchema(given: unknown): boolean {
  return isSchema(given) || (isObject(given) && Object.values(given).some(holdsSchema));
}

function isSchema(value: unknown): boolean {
  return shapeIn(value) !== null || standardOf(value) !== null;
}

/** What turns the rows of an answer into what JSON is written of; null where the schema holds no model. */
export function answerConverter(given: unknown): Convert | null {
  const shape = shapeIn(given);
  if (shape !== null) return rowConverter(shape);
  if (standardOf(given) !== null) return null;
  if (Array.isArray(given)) return given.length === 1 ? listOf(answerConverter(given[0])) : null;
  if (!isObject(given)) return null;
  if (given["type"] === "array") return listOf(answerConverter(given["items"]));
  const { properties } = given;
  return isObject(properties) ? objectOf(Object.entries(properties).map(([name, one]) => [name, answerConverter(one)])) : null;
}

/** The converters of a route's answers by status; null where none is needed. Of several media types, those of JSON count. */
export function answerConverters(response: unknown): ReadonlyMap<string, Convert> | null {
  if (!isObject(response)) return null;
  const found = new Map<string, Convert>();
  for (const [status, given] of Object.entries(response)) {
    const { content } = isObject(given) && shapeIn(given) === null ? given : { content: undefined };
    const media = isObject(content) ? Object.entries(content).find(([type]) => type === "*/*" || type.includes("json"))?.[1] : undefined;
    const convert = answerConverter(media === undefined ? given : (media as Plain)["schema"]);
    if (convert !== null) found.set(status.toLowerCase(), convert);
  }
  return found.size === 0 ? null : found;
}

/** As the server looks for a schema: the status, its class, then the default. */
export function converterFor(converters: ReadonlyMap<string, Convert>, status: number): Convert | undefined {
  return converters.get(String(status)) ?? converters.get(`${String(status)[0]}xx`) ?? converters.get("default");
}
