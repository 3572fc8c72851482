/** A shape as JSON Schema: what its JSON looks like, told by the columns and their rules. Layer 6. */
import { jsonForm, type Keywords, nullableSchema } from "../codec/json-form.ts";
import { UsageError } from "../errors.ts";
import type { Rule } from "../validate/rule.ts";
import type { ColumnMeta } from "./meta.ts";
import type { ModelShape } from "./shape.ts";

/** How the drafts differ in what is said here. */
interface Target {
  readonly dialect: string | null;
  readonly nullable: (schema: Keywords) => Keywords;
  readonly bytes: Keywords;
}
const base64 = { contentEncoding: "base64" };
const targets: Readonly<Record<string, Target>> = {
  "draft-2020-12": { dialect: "https://json-schema.org/draft/2020-12/schema", nullable: nullableSchema, bytes: base64 },
  "draft-07": { dialect: "http://json-schema.org/draft-07/schema#", nullable: nullableSchema, bytes: base64 },
  "openapi-3.0": {
    dialect: null,
    nullable: (schema) => {
      const { type, enum: words } = schema;
      // What may be anything may be null.
      if (type === undefined) return schema;
      return { ...schema, nullable: true, ...(Array.isArray(words) ? { enum: [...words, null] } : {}) };
    },
    bytes: { format: "byte" },
  },
};

/**
 * The JSON of a shape, the same for what goes in and what comes out.
 * @throws UsageError for a draft that is not known
 */
export function jsonSchemaOf(shape: ModelShape, target: string): Record<string, unknown> {
  const words = Object.hasOwn(targets, target) ? targets[target] : undefined;
  if (words === undefined)
    throw new UsageError(`there is no JSON Schema for ${target}`, { hint: `one of ${Object.keys(targets).join(", ")}` });
  return { ...(words.dialect === null ? {} : { $schema: words.dialect }), ...objectSchema(shape, words) };
}

function objectSchema(shape: ModelShape, target: Target): Record<string, unknown> {
  const properties: [string, Keywords][] = shape.fields.map(({ property, column }) => [property, columnSchema(shape, column, target)]);
  for (const { name, relation, shape: far } of shape.nested) {
    const row = objectSchema(far, target);
    // Whether the one row may be missing, its getter's type knows and its definition does not.
    properties.push([name, relation.many ? { type: "array", items: row } : target.nullable(row)]);
  }
  const required = [...shape.fields.filter(({ optional }) => !optional).map(({ property }) => property), ...shape.choice.nested];
  return {
    title: shape.kind === "row" ? shape.meta.name : `${shape.meta.name} ${shape.kind}`,
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    // Rows may come with more than is told of them.
    ...(shape.kind === "row" ? {} : { additionalProperties: false }),
  };
}

function columnSchema({ kind }: ModelShape, column: ColumnMeta, target: Target): Keywords {
  const { declaration, codec } = column;
  const form = jsonForm(codec);
  const typed = form.schema["contentEncoding"] === undefined ? form.schema : { type: "string", ...target.bytes };
  const own = declaration.rules.reduce(withRule, typed);
  const schema = declaration.nullable ? target.nullable(own) : own;
  const usual = kind === "insert" && declaration.default !== null && !declaration.default.perRow ? declaration.default.make() : undefined;
  if (usual === undefined) return schema;
  return { ...schema, default: form.encode === null ? usual : form.encode(usual as never) };
}

/** Of two rules that say something by the same keyword, both hold. */
function withRule(schema: Keywords, { schema: more }: Rule): Keywords {
  if (more === null) return schema;
  const clash = Object.keys(more).some((key) => Object.hasOwn(schema, key) && schema[key] !== more[key]);
  if (!clash) return { ...schema, ...more };
  const tighter = tightest(schema, more);
  return tighter ?? { ...schema, allOf: [...((schema["allOf"] as Keywords[] | undefined) ?? []), more] };
}

/** The schema with the narrower of two bounds; null where it is no bound that clashes. */
function tightest(schema: Keywords, more: Keywords): Keywords | null {
  const [[key, given] = ["", null], ...rest] = Object.entries(more);
  const had = schema[key];
  if (rest.length > 0 || typeof given !== "number" || typeof had !== "number") return null;
  return { ...schema, [key]: key.startsWith("min") ? Math.max(had, given) : Math.min(had, given) };
}
