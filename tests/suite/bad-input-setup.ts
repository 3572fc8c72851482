/** Cases of wrong use: connecting and declaring models. */

import { loadDriver } from "../../src/drivers/load.ts";
import { parseUrl } from "../../src/engine/url.ts";
import { ConnectionError, connect, decimal, foreignKey, int, Model, oneOf, str, UsageError } from "../../src/index.ts";
import { type BadCase, bad, secret } from "../support/bad-models.ts";

// biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
type Any = any;
const soon = { default: false, connectTimeoutMs: 2_000 } as const;
/** A directory URL with no node_modules above it. */
const nowhere = "file:///proc/";

export const connectCases: readonly BadCase[] = [
  bad("an empty URL", () => connect(""), UsageError, /empty/),
  bad("a URL that is no text", () => connect(undefined as Any), UsageError, /not a string/),
  bad("an unknown scheme", () => connect(`mongodb://u:${secret}@h/d`), UsageError, /no known scheme.*Accepted forms/),
  bad("a scheme with a slip", () => connect(`postgrsql://u:${secret}@h/d`), UsageError, /did you mean postgres/),
  bad("no database", () => connect(`postgresql://u:${secret}@h/`), UsageError, /names no database/),
  bad("a password that is not encoded", () => connect(`mysql://u:${secret}@x/y@h/d`), UsageError, /percent-encoded/),
  bad("a port out of range", () => connect(`mysql://u:${secret}@h:99999/d`), UsageError, /port/),
  bad("an unknown option of the URL", () => connect(`postgresql://u:${secret}@h/d?sslmod=require`), UsageError, /did you mean sslmode/),
  bad("an unknown driver", () => connect("sqlite+oracle::memory:"), UsageError, /driver.*not known/),
  bad("an unknown option", ({ t }) => connect(t.url(), { poolSize: 5 } as Any), UsageError, /unknown option poolSize/),
  bad("an option with a slip", ({ t }) => connect(t.url(), { loging: true } as Any), UsageError, /did you mean logging\?/),
  bad("an option of the wrong kind", ({ t }) => connect(t.url(), { slowMs: "5" } as Any), UsageError, /slowMs must be whole milliseconds/),
  bad("an unknown option of the pool", ({ t }) => connect(t.url(), { pool: { size: 5 } } as Any), UsageError, /unknown option pool\.size/),
  bad("a pool of none", ({ t }) => connect(t.url(), { pool: { max: 0 } }), UsageError, /pool\.max/),
  bad("a name that is taken", ({ t }) => connect(t.url(), { name: t.name }), UsageError, /already connected/),
  bad(
    "a missing client library",
    () => loadDriver(parseUrl("postgresql://h/d"), nowhere),
    UsageError,
    /needs the package pg.*npm install pg/,
  ),
  bad(
    "a PostgreSQL server that is not there",
    () => connect(`postgresql://u:${secret}@127.0.0.1:1/d`, soon),
    ConnectionError,
    /127\.0\.0\.1:1/,
  ),
  bad("a MySQL server that is not there", () => connect(`mysql://u:${secret}@127.0.0.1:1/d`, soon), ConnectionError, /127\.0\.0\.1:1/),
  bad(
    "a SQLite file in a directory that is not there",
    () => connect("sqlite:////nowhere/at/all.db", soon),
    ConnectionError,
    /nowhere\/at\/all\.db/,
  ),
  bad("a query outside of any engine", () => Model("b_homeless", { name: str() }).all(), UsageError, /no default engine/),
  bad("a create outside of any engine", () => Model("b_homeless", { name: str() }).create({ name: "x" }), UsageError, /no default engine/),
];

const long = "n".repeat(70);
const reserved = ["save", "delete", "refresh", "c", "changes", "constructor", "then", "toJSON", "__proto__", "prototype", "clone"];

export const modelCases: readonly BadCase[] = [
  ...reserved.map((name) =>
    bad(
      `a column called ${name}`,
      () => Model("b_x", Object.fromEntries([[name, str()]]) as Any),
      UsageError,
      new RegExp(`cannot be called ${name}`),
    ),
  ),
  bad("a column that is none", () => Model("b_x", { name: "text" } as Any), UsageError, /name is not a column/),
  bad("a property that is no name", () => Model("b_x", { "a b": str() } as Any), UsageError, /not a property name/),
  bad("a table without a name", () => Model("", { name: str() }), UsageError, /name of a table is empty/),
  bad("a table with a line break", () => Model("b\nx", { name: str() }), UsageError, /control characters/),
  bad(
    "an unknown option of a model",
    () => Model("b_x", { name: str() }, { indxes: () => [] } as Any),
    UsageError,
    /did you mean indexes\?/,
  ),
  bad("an id that is not the key", () => Model("b_x", { id: int() }), UsageError, /id is not the primary key/),
  bad(
    "two columns with one name",
    ({ engine }) => engine.createTable(Model("b_x", { aB: str(), a_b: str() })),
    UsageError,
    /has the name "a_b" already/,
  ),
  bad(
    "two columns that differ in case",
    ({ engine }) => engine.createTable(Model("b_x", { one: str({ column: "x" }), two: str({ column: "X" }) })),
    UsageError,
    /two columns/,
  ),
  bad(
    "a table name past the limit",
    ({ engine }) => engine.createTable(Model(`b_${long}`, { name: str() })),
    UsageError,
    /takes 6[34] at most/,
  ),
  bad(
    "a column name past the limit",
    ({ engine }) => engine.createTable(Model("b_x", { name: str({ column: long }) })),
    UsageError,
    /takes 6[34] at most/,
  ),
  bad(
    "an index name past the limit",
    ({ engine }) => engine.createTable(Model("b_x", { name: str() }, { indexes: () => [{ on: ["name"], name: long }] })),
    UsageError,
    /takes 6[34] at most/,
  ),
  bad("a decimal without a scale", () => decimal({ precision: 5 } as Any), UsageError, /scale/),
  bad("a text of no length", () => str({ length: 0 }), UsageError, /length/),
  bad("oneOf of nothing", () => (oneOf as Any)(), UsageError, /at least one value/),
  bad("an unknown action of a key", () => foreignKey("b_bad", { onDelete: "explode" as Any }), UsageError, /onDelete is one of/),
  bad(
    "a key to a table of nobody",
    ({ engine }) => engine.createTable(Model("b_x", { other: foreignKey("b_nobody") })),
    UsageError,
    /no model declares it/,
  ),
  bad("createTable of nothing", ({ engine }) => (engine.createTable as Any)(), UsageError, /at least one model/),
  bad("createTable of text", ({ engine }) => (engine.createTable as Any)("b_bad"), UsageError, /takes model classes/),
  bad(
    "createTable of one table twice",
    ({ engine }) => engine.createTable(Model("b_x", { name: str() }), Model("b_x", { name: str() })),
    UsageError,
    /listed twice/,
  ),
];
