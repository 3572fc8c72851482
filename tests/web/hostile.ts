/** Requests that a client would not send by mistake: each is refused, and nothing is read that was not asked for or written at all. */

export interface Request {
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
  readonly status: number;
  /** The fields that the answer names. */
  readonly fields?: readonly string[];
}

const json = { "content-type": "application/json" };
const valid = { title: "x", ownerId: 1 };
const post = (name: string, body: unknown, status = 422, fields?: readonly string[]): Request => ({
  name,
  method: "POST",
  url: "/todos",
  json: body,
  status,
  ...(fields === undefined ? {} : { fields }),
});
const patch = (name: string, body: unknown, status = 422, fields?: readonly string[]): Request => ({
  ...post(name, body, status, fields),
  method: "PATCH",
  url: "/todos/1",
});
const raw = (name: string, text: string, status: number, headers: Readonly<Record<string, string>> = json): Request => ({
  name,
  method: "POST",
  url: "/todos",
  raw: text,
  headers,
  status,
});
const get = (name: string, url: string, status = 400, fields?: readonly string[]): Request => ({
  name,
  method: "GET",
  url,
  status,
  ...(fields === undefined ? {} : { fields }),
});

const bodies: readonly Request[] = [
  post("no fields at all", {}, 422, ["title", "ownerId"]),
  post("null for a body", null, 422),
  post("a list for a body", [valid], 422),
  post("a text for a body", "title", 422),
  post("a number for a body", 5, 422),
  post("an unknown field", { ...valid, colour: "red" }, 422, ["colour"]),
  post("a key of its own choice", { ...valid, id: 1 }, 422, ["id"]),
  post("a server-only field", { ...valid, createdAt: "2020-01-01T00:00:00Z" }, 422, ["createdAt"]),
  post("a column's name in the database", { ...valid, owner_id: 2 }, 422, ["owner_id"]),
  post("a relation with a row in it", { ...valid, owner: { name: "Eve", email: "e@example.com" } }, 422, ["owner"]),
  post("a method's name", { ...valid, save: true, toJSON: "x" }, 422, ["save", "toJSON"]),
  post("an array for a text", { ...valid, title: ["x"] }, 422, ["title"]),
  post("an object for a text", { ...valid, title: { $ne: null } }, 422, ["title"]),
  post("an operator for a number", { ...valid, ownerId: { gt: 0 } }, 422, ["ownerId"]),
  post("a number for a text", { ...valid, title: 5 }, 422, ["title"]),
  post("a text for a number", { ...valid, priority: "3" }, 422, ["priority"]),
  post("a fraction for a whole number", { ...valid, priority: 2.5 }, 422, ["priority"]),
  post("a huge number", { ...valid, priority: 1e308 }, 422, ["priority"]),
  post("a number that is not exact", { ...valid, ownerId: 2 ** 60 }, 422, ["ownerId"]),
  post("a number out of its range", { ...valid, priority: 6 }, 422, ["priority"]),
  post("a text for a boolean", { ...valid, urgent: "true" }, 422, ["urgent"]),
  post("a number for a boolean", { ...valid, urgent: 1 }, 422, ["urgent"]),
  post("null where there is none", { ...valid, urgent: null, title: null }, 422, ["title", "urgent"]),
  post("a word that is not one of them", { ...valid, state: "gone" }, 422, ["state"]),
  post("the name of an inherited member as a word", { ...valid, state: "constructor" }, 422, ["state"]),
  post("a day that is not in the calendar", { ...valid, dueAt: "2024-02-30T00:00:00Z" }, 422, ["dueAt"]),
  post("a time without a zone", { ...valid, dueAt: "2024-02-03T00:00:00" }, 422, ["dueAt"]),
  post("a number for a time", { ...valid, dueAt: 0 }, 422, ["dueAt"]),
  post("a text that is too long", { ...valid, title: "x".repeat(201) }, 422, ["title"]),
  post("a text that is too short", { ...valid, title: "" }, 422, ["title"]),
  post("a NUL in a text", { ...valid, title: "a\u0000b" }, 422, ["title"]),
  post("half a character", { ...valid, title: "\ud83d" }, 422, ["title"]),
  post("an owner that is not there", { ...valid, ownerId: 999_999 }, 409),
  post("hundreds of unknown fields", { ...valid, ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, i])) }, 422),
  post("a field with a name like a page", { ...valid, [`<script>${"x".repeat(1000)}`]: 1 }, 422),
  patch("a new key", { id: 7 }, 422, ["id"]),
  patch("a server-only field in a change", { createdAt: "2020-01-01T00:00:00Z" }, 422, ["createdAt"]),
  patch("null in a change", { title: null }, 422, ["title"]),
  patch("an expression for a number", { priority: { sql: "priority + 1" } }, 422, ["priority"]),
  patch("an unknown field in a change", { title: "y", admin: true }, 422, ["admin"]),
  {
    name: "one bad row of many",
    method: "POST",
    url: "/todos/import",
    json: [valid, { ...valid, title: 5 }],
    status: 422,
    fields: ["1.title"],
  },
  { name: "a row for rows", method: "POST", url: "/todos/import", json: valid, status: 422 },
  {
    name: "rows of which one breaks a key",
    method: "POST",
    url: "/todos/import",
    json: [valid, { ...valid, ownerId: 999_999 }],
    status: 409,
  },
  {
    name: "a hidden field",
    method: "POST",
    url: "/users",
    json: { name: "E", email: "e@example.com", apiKey: "k" },
    status: 422,
    fields: ["apiKey"],
  },
  { name: "an address that is none", method: "POST", url: "/users", json: { name: "E", email: "e@" }, status: 422, fields: ["email"] },
  {
    name: "an address that is taken",
    method: "POST",
    url: "/users",
    json: { name: "E", email: "ada@example.com" },
    status: 409,
    fields: ["email"],
  },
];

const texts: readonly Request[] = [
  raw("text that is no JSON", "{title: 'x'", 400),
  raw("JSON with more behind it", '{"title":"x","ownerId":1} trailing', 400),
  raw("an empty body", "", 400),
  raw("__proto__", '{"title":"x","ownerId":1,"__proto__":{"urgent":true}}', 400),
  raw("constructor.prototype", '{"title":"x","ownerId":1,"constructor":{"prototype":{"urgent":true}}}', 400),
  raw("a constructor", '{"title":"x","ownerId":1,"constructor":1}', 422),
  raw("a field twice, the second wrong", '{"title":"x","ownerId":1,"ownerId":"2"}', 422),
  raw("a number that overflows", '{"title":"x","ownerId":1e999}', 422),
  raw("a number of a thousand digits", `{"title":"x","ownerId":${"9".repeat(1000)}}`, 422),
  raw("a hundred thousand brackets", `{"title":${"[".repeat(100_000)}${"]".repeat(100_000)},"ownerId":1}`, 422),
  raw("two megabytes", `{"title":"${"x".repeat(2_000_000)}","ownerId":1}`, 413),
  raw("a form", "title=x&ownerId=1", 415, { "content-type": "application/x-www-form-urlencoded" }),
  raw("XML", "<todo/>", 415, { "content-type": "application/xml" }),
  raw("plain text", '{"title":"x","ownerId":1}', 422, { "content-type": "text/plain" }),
  raw("no type of content that there is", '{"title":"x","ownerId":1}', 415, { "content-type": "nonsense" }),
];

const addresses: readonly Request[] = [
  get("SQL for a key", "/todos/1%20or%201%3D1"),
  get("a quote for a key", "/todos/1'--"),
  get("a word for a key", "/todos/first", 400, ["id"]),
  get("a fraction for a key", "/todos/1.0"),
  get("an exponent for a key", "/todos/1e0"),
  get("hexadecimal for a key", "/todos/0x1"),
  get("a blank for a key", "/todos/%20"),
  get("a key beyond exact numbers", "/todos/99999999999999999999"),
  get("NUL for a key", "/todos/%00"),
  get("a key that is not there", "/todos/999999", 404),
  get("a negative key", "/todos/-1", 404),
  get("__proto__ for a key", "/todos/__proto__"),
  get("a broken escape", "/todos/%zz"),
  get("a negative page", "/todos?page=-1", 400, ["page"]),
  get("page zero", "/todos?page=0"),
  get("a negative limit", "/todos?perPage=-5", 400, ["perPage"]),
  get("a limit of everything", "/todos?perPage=100000000", 400, ["perPage"]),
  get("SQL for a page", "/todos?page=1;drop%20table%20todo_item"),
  get("two pages", "/todos?page=1&page=2", 400, ["page"]),
  get("an array of one page", "/todos?page[]=1"),
  get("a nested query string", "/todos?state[ne]=open"),
  get("a nested __proto__", "/todos?__proto__[state]=open"),
  get("__proto__ in a query string", "/todos?__proto__=1"),
  get("constructor in a query string", "/todos?constructor=1"),
  get("an unknown filter", "/todos?apiKey=x"),
  get("a filter over a relation", "/todos?owner.apiKey=x"),
  get("a word that is none of the states", "/todos?state=gone", 400, ["state"]),
  get("two states", "/todos?state=open&state=done", 400, ["state"]),
  get("an empty search", "/todos?search="),
  get("an order that is not allowed", "/todos?order=ownerId"),
  get("an order with SQL", "/todos?order=id;drop%20table%20x"),
  get("an order by a hidden column", "/todos?order=owner.apiKey"),
  get("an order twice", "/todos?order=id,id"),
  get("an empty order", "/todos?order="),
  get("no route", "/nowhere", 404),
  { name: "SQL for the key of a delete", method: "DELETE", url: "/todos/1%3Bdelete%20from%20todo_item", status: 400 },
  { name: "everything for the key of a delete", method: "DELETE", url: "/todos/*", status: 400 },
  { name: "a delete without a key", method: "DELETE", url: "/todos", status: 404 },
  { name: "a delete of what is not there", method: "DELETE", url: "/todos/999999", status: 404 },
  { name: "a verb that no route has", method: "PUT", url: "/todos/1", json: { title: "y" }, status: 404 },
];

export const hostile: readonly Request[] = [...bodies, ...texts, ...addresses];
