/** Checks the parts of a request against models, before the handler sees them. Layer 8. */
import type { FastifyRequest } from "fastify";
import type { WrittenAs } from "../codec/json-form.ts";
import { InputError, type ValidationDetail, ValidationError } from "../errors.ts";
import type { ModelShape } from "../model/shape.ts";
import { checkShape } from "../model/shape-check.ts";
import { kindWord } from "../validate/broken.ts";
import { messageFor } from "../validate/messages.ts";
import type { InputPart, InputSchema, Outcome } from "./route-schema.ts";

export type Inputs = readonly (readonly [InputPart, InputSchema])[];

type Checked = { readonly value: unknown } | { readonly detail: readonly ValidationDetail[] };

function checkRows(shape: ModelShape, given: unknown): Checked {
  if (!Array.isArray(given)) {
    const facts = { rule: "type", expectedType: "array" };
    return { detail: [{ field: "*", ...facts, message: messageFor(facts), received: kindWord(given) }] };
  }
  const rows: unknown[] = [];
  const detail: ValidationDetail[] = [];
  given.forEach((row: unknown, index) => {
    const checked = checkShape(shape, row, "json");
    if ("value" in checked) rows.push(checked.value);
    else detail.push(...checked.detail.map((entry) => ({ ...entry, index })));
  });
  return detail.length === 0 ? { value: rows } : { detail };
}

function ofStandard(outcome: Outcome): Checked {
  if (outcome.issues === undefined) return { value: outcome.value };
  return {
    detail: outcome.issues.map(({ message, path }) => {
      const field = (path ?? []).map((step) => String(typeof step === "object" && step !== null ? (step as { key: unknown }).key : step));
      return { field: field.length === 0 ? "*" : field.join("."), rule: "custom", message };
    }),
  };
}

/** The names of a query string are all its sender's; a path has the names of its route, and headers are many. */
function check(part: InputPart, input: InputSchema, given: unknown): Checked | Promise<Checked> {
  if (input.kind === "standard") {
    const outcome = input.schema["~standard"].validate(given);
    return outcome instanceof Promise ? outcome.then(ofStandard) : ofStandard(outcome);
  }
  const as: WrittenAs = part === "body" ? "json" : "text";
  return input.many ? checkRows(input.shape, given) : checkShape(input.shape, given, as, part === "querystring" ? true : undefined);
}

/** What is wrong with a body is about values, and 422; what is wrong with an address is a bad request. */
function refusal(part: InputPart, detail: readonly ValidationDetail[]): ValidationError {
  const message = "the request is not valid";
  return part === "body" ? new ValidationError(message, { detail }) : new InputError(message, { detail });
}

/** Puts the checked values in place. Answers the error instead of throwing it; a promise only where a schema is asynchronous. */
export function checkRequest(request: FastifyRequest, inputs: Inputs): ValidationError | null | Promise<ValidationError | null> {
  const parts = request as unknown as Record<string, unknown>;
  for (const [i, [part, input]] of inputs.entries()) {
    const name = part === "querystring" ? "query" : part;
    const settle = (checked: Checked): ValidationError | null => {
      if ("detail" in checked) return refusal(part, checked.detail);
      parts[name] = checked.value;
      return null;
    };
    const checked = check(part, input, parts[name]);
    if (checked instanceof Promise) return checked.then(async (late) => settle(late) ?? (await checkRequest(request, inputs.slice(i + 1))));
    const error = settle(checked);
    if (error !== null) return error;
  }
  return null;
}
