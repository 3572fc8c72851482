/** What a client is told of an error: the status and a body without SQL, values or names of tables. Layer 8. */
import { STATUS_CODES } from "node:http";
import {
  CheckViolation,
  ConnectionError,
  ConstraintError,
  ForeignKeyViolation,
  HookAborted,
  InputError,
  KakaError,
  NotFoundError,
  NotNullViolation,
  ProtectedError,
  RetryableError,
  StaleObjectError,
  TimeoutError,
  UniqueViolation,
  ValidationError,
} from "../errors.ts";

export interface ErrorReply {
  readonly statusCode: number;
  /** To be sent as the header `Retry-After`, in seconds. */
  readonly retryAfter?: number;
  readonly body: ErrorBody;
}
export interface ErrorBody {
  readonly statusCode: number;
  /** The phrase of the status. */
  readonly error: string;
  /** The error's own code, for programs. */
  readonly code: string;
  readonly message: string;
  /** What is wrong by field; under `*` what is about no field alone. */
  readonly errors?: Readonly<Record<string, readonly string[]>>;
  /** The same, entry by entry. */
  readonly detail?: readonly object[];
}

interface Known {
  readonly type: typeof KakaError;
  readonly status: number;
  readonly message: string;
  /** The service is there and busy: the same request may succeed later. */
  readonly later?: true;
}

/** The first that fits. What is not here is nobody's business but ours: 500. */
const known: readonly Known[] = [
  { type: InputError, status: 400, message: "the request is not valid" },
  { type: ValidationError, status: 422, message: "the request is not valid" },
  { type: NotFoundError, status: 404, message: "there is no such thing" },
  { type: UniqueViolation, status: 409, message: "there is one with this value already" },
  { type: ForeignKeyViolation, status: 409, message: "it refers to something that is not there, or something refers to it" },
  { type: NotNullViolation, status: 422, message: "a value is missing" },
  { type: CheckViolation, status: 422, message: "a value breaks a rule" },
  { type: StaleObjectError, status: 409, message: "it was changed or deleted in the meantime" },
  { type: HookAborted, status: 409, message: "it is not allowed as things are" },
  { type: ProtectedError, status: 409, message: "something refers to it" },
  { type: RetryableError, status: 503, message: "the service is busy", later: true },
  { type: ConnectionError, status: 503, message: "the service is busy", later: true },
  { type: TimeoutError, status: 503, message: "the request took too long", later: true },
];

/**
 * The answer to an error of the ORM; null where the error is none of ours or is the program's own fault, which a client is
 * told as a plain 500.
 * @example
 * app.setErrorHandler((error, request, reply) => {
 *   const answer = errorReply(error);
 *   return answer === null ? reply.send(error) : reply.code(answer.statusCode).send(answer.body);
 * });
 */
export function errorReply(error: unknown, retryAfter = 1): ErrorReply | null {
  if (!(error instanceof KakaError)) return null;
  const found = known.find(({ type }) => error instanceof type);
  if (found === undefined) return null;
  const { status, later } = found;
  // Without entries the message is all there is: of a service that says no, or of an order that names what may be asked for.
  const message = error instanceof ValidationError && error.detail.length === 0 ? error.message : found.message;
  const body = { statusCode: status, error: STATUS_CODES[status] as string, code: error.code, message, ...fieldsOf(error) };
  return { statusCode: status, ...(later ? { retryAfter } : {}), body };
}

/** The columns that are to blame, in the words of the model; for a constraint where the database names them. */
function fieldsOf(error: KakaError): Pick<ErrorBody, "errors" | "detail"> {
  const told = error instanceof ValidationError ? error.detail.length > 0 : error instanceof ConstraintError && error.columns !== undefined;
  if (!told) return {};
  const { errors, detail } = error as ValidationError | ConstraintError;
  return { errors, detail };
}

/** The answer to everything else: of what failed inside, a client is told nothing. */
export function plainReply(error: unknown): ErrorReply {
  const given = error as { readonly statusCode?: unknown; readonly code?: unknown; readonly message?: unknown };
  const status = error instanceof KakaError ? 500 : statusOf(given?.statusCode);
  const phrase = STATUS_CODES[status] ?? "Error";
  const shown = status < 500 && error instanceof Error;
  const code = shown && typeof given.code === "string" ? given.code : "INTERNAL";
  return { statusCode: status, body: { statusCode: status, error: phrase, code, message: shown ? error.message : phrase } };
}

/** The server's own errors carry a status, as do those of plugins that make HTTP errors. */
function statusOf(status: unknown): number {
  return typeof status === "number" && status >= 400 && status <= 599 ? status : 500;
}
