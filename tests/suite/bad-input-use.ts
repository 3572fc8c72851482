/** Cases of wrong use: conditions, queries, writes, raw SQL. */
import { count, exists, QueryError, rowNumber, sql, sum, UniqueViolation, UsageError, ValueError } from "../../src/index.ts";
import { type BadCase, bad, secret } from "../support/bad-models.ts";

// biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
type Any = any;
const proto = `{"__proto__": {"polluted": true}, "id": 2, "name": "x"}`;

export const conditionCases: readonly BadCase[] = [
  bad(
    "where(undefined)",
    ({ model }) => model.where(undefined),
    UsageError,
    /takes a lambda, a clause or an object.*got undefined.*all\(\)/,
  ),
  bad("where(null)", ({ model }) => model.where(null), UsageError, /got null/),
  bad("where({})", ({ model }) => model.where({}), UsageError, /empty object/),
  bad("where(a Date)", ({ model }) => model.where(new Date()), UsageError, /an instance of Date/),
  bad("where(an array)", ({ model }) => model.where([{ id: 1 }]), UsageError, /an array/),
  bad("where(text)", ({ model }) => model.where(secret), UsageError, /got a string/),
  bad("where(a Map)", ({ model }) => model.where(new Map([["id", 1]])), UsageError, /an instance of Map/),
  bad("where(true)", ({ model }) => model.where(true), UsageError, /a boolean/),
  bad("a lambda without return", ({ model }) => model.where((b: Any) => void b.id.eq(1)), UsageError, /needs a return/),
  bad("a lambda that returns true", ({ model }) => model.where(() => true), UsageError, /must be a condition/),
  bad("a lambda that compares in JavaScript", ({ model }) => model.where((b: Any) => b.id === 1), UsageError, /must be a condition/),
  bad(
    "an async lambda",
    ({ model }) => model.where(async (b: Any) => b.id.eq(1)),
    UsageError,
    /must be a condition, got an instance of Promise/,
  ),
  bad("a column that is no condition", ({ model }) => model.where((b: Any) => b.views), UsageError, /must be a condition/),
  bad(
    "an unknown column in an object",
    ({ model }) => model.where({ nmae: secret }),
    UsageError,
    /Bad has no column "nmae".*did you mean name\?/,
  ),
  bad("undefined in an object", ({ model }) => model.where({ id: 1, name: undefined }), UsageError, /name is undefined/),
  bad("an object from JSON with __proto__", ({ model }) => model.where(JSON.parse(proto)), UsageError, /no column "__proto__"/),
  bad("exclude({})", ({ model }) => model.exclude({}), UsageError, /empty object/),
  bad("eq(null)", ({ model }) => model.where((b: Any) => b.name.eq(null)), UsageError, /Bad\.name: eq\(null\).*isNull\(\)/),
  bad("ne(null)", ({ model }) => model.where((b: Any) => b.name.ne(null)), UsageError, /isNotNull\(\)/),
  bad("gt(null)", ({ model }) => model.where((b: Any) => b.views.gt(null)), UsageError, /gt\(null\)/),
  bad("between(1, null)", ({ model }) => model.where((b: Any) => b.views.between(1, null)), UsageError, /between\(null\)/),
  bad(
    "eq(undefined)",
    ({ model }) => model.where((b: Any) => b.name.eq(undefined)),
    UsageError,
    /eq\(undefined\).*leave the condition out/,
  ),
  bad("in(undefined)", ({ model }) => model.where((b: Any) => b.id.in(undefined)), UsageError, /in takes an array/),
  bad("in(text)", ({ model }) => model.where((b: Any) => b.name.in(secret)), UsageError, /in takes an array.*got a string/),
  bad("in([null])", ({ model }) => model.where((b: Any) => b.id.in([1, null])), UsageError, /null in its list/),
  bad("in(a query of whole rows)", ({ model }) => model.where((b: Any) => b.id.in(model.all())), UsageError, /query of one column/),
  bad("in([an expression])", ({ model }) => model.where((b: Any) => b.id.in([b.views])), UsageError, /not expressions/),
  bad("and(something else)", ({ model }) => model.where((b: Any) => b.id.eq(1).and({ name: secret })), UsageError, /and takes conditions/),
  bad("or(undefined)", ({ model }) => model.where((b: Any) => b.id.eq(1).or(undefined)), UsageError, /or takes conditions/),
  bad("exists(an object)", ({ model }) => model.where(() => exists({ node: 1 } as Any)), UsageError, /exists takes a query/),
  bad("like(a number)", ({ model }) => model.where((b: Any) => b.name.like(5)), ValueError, /takes a string, got a number/),
  bad("contains(undefined)", ({ model }) => model.where((b: Any) => b.name.contains(undefined)), ValueError, /got undefined/),
  bad(
    "an unknown part of a date",
    ({ model }) => model.where((b: Any) => b.at.part(`year from now()) or (1`).eq(1)),
    UsageError,
    /part takes one of/,
  ),
  bad(
    "nulls in the wrong words",
    ({ model }) => model.all().orderBy((b: Any) => b.id.asc({ nulls: "first; drop" })),
    UsageError,
    /"first" or "last"/,
  ),
  bad(
    "a forged node as condition",
    ({ model }) => model.where({ node: { kind: "constant", value: true } }),
    UsageError,
    /no column "node"/,
  ),
  bad(
    "a forged node from a lambda",
    ({ model }) => model.where(() => ({ node: { kind: "raw", texts: ["1=1"], items: [], codec: null } })),
    UsageError,
    /must be a condition/,
  ),
  bad(
    "a clause copied through JSON",
    ({ model }) => model.where(() => JSON.parse(JSON.stringify(model.c.id.eq(1)))),
    UsageError,
    /must be a condition/,
  ),
  bad("a spread clause", ({ model }) => model.where(() => ({ ...model.c.id.eq(1) })), UsageError, /must be a condition/),
  bad(
    "a forged operand",
    ({ model }) => model.where((b: Any) => b.name.eq({ node: { kind: "raw", texts: [secret], items: [] } })),
    ValueError,
    /takes a string, got an object/,
  ),
  bad(
    "a list of mixed types",
    ({ model }) => model.where((b: Any) => b.views.in([1, secret])),
    ValueError,
    /takes an integer, got a string/,
  ),
  bad("a window in where", ({ model }) => model.where(() => (rowNumber().over() as Any).eq(1)), UsageError, /window/),
  bad(
    "an aggregate in where",
    ({ model }) => model.where((b: Any) => (sum(b.views) as Any).gt(1)),
    UsageError,
    /where cannot use sum\(\).*having/,
  ),
  bad("a forged list", ({ model }) => model.where((b: Any) => b.id.in({ length: 1, 0: 1 })), UsageError, /in takes an array/),
];

export const queryCases: readonly BadCase[] = [
  bad("limit(-1)", ({ model }) => model.all().limit(-1), UsageError, /limit.*whole number/),
  bad("limit(1.5)", ({ model }) => model.all().limit(1.5), UsageError, /limit.*whole number/),
  bad("limit(NaN)", ({ model }) => model.all().limit(Number.NaN), UsageError, /limit.*whole number/),
  bad("limit(Infinity)", ({ model }) => model.all().limit(Number.POSITIVE_INFINITY), UsageError, /limit.*whole number/),
  bad("limit(text)", ({ model }) => model.all().limit("1; drop table b_bad"), UsageError, /limit.*whole number/),
  bad("limit(undefined)", ({ model }) => model.all().limit(undefined), UsageError, /limit.*whole number/),
  bad("offset(-1)", ({ model }) => model.all().offset(-1), UsageError, /offset.*whole number/),
  bad("offset(2 ** 60)", ({ model }) => model.all().offset(2 ** 60), UsageError, /offset.*whole number/),
  bad("orderBy(text)", ({ model }) => model.all().orderBy("name; drop table b_bad"), UsageError, /orderBy takes a lambda/),
  bad("orderBy of nothing", ({ model }) => model.all().orderBy(() => []), UsageError, /empty list/),
  bad("orderBy of an unknown column", ({ model }) => model.all().orderBy((b: Any) => b.nmae), UsageError, /did you mean name\?/),
  bad(
    "orderBy of text in a lambda",
    ({ model }) => model.all().orderBy(() => ["name desc"]),
    UsageError,
    /orderBy takes columns.*a string/,
  ),
  bad("select()", ({ model }) => model.all().select(), UsageError, /select takes column names/),
  bad("select of an unknown column", ({ model }) => model.all().select("id", "tokn"), UsageError, /did you mean token\?/),
  bad("select of a number", ({ model }) => model.all().select(1), UsageError, /got a number/),
  bad("select of nothing", ({ model }) => model.all().select(() => ({})), UsageError, /empty object/),
  bad("select of a value", ({ model }) => model.all().select(() => ({ one: secret })), UsageError, /one is a string, not an expression/),
  bad("select of one expression", ({ model }) => model.all().select((b: Any) => b.id), UsageError, /pluck\(\)/),
  bad(
    "select under __proto__",
    ({ model }) => model.all().select((b: Any) => Object.fromEntries([["__proto__", b.id]])),
    UsageError,
    /__proto__/,
  ),
  bad(
    "a column beside an aggregate",
    ({ model }) => model.all().select((b: Any) => ({ name: b.name, n: count() })),
    UsageError,
    /name is selected beside an aggregate/,
  ),
  bad(
    "a column that is no key of the groups",
    ({ model }) =>
      model
        .all()
        .groupBy((b: Any) => b.name)
        .select((b: Any) => ({ views: b.views })),
    UsageError,
    /a group has many of it/,
  ),
  bad(
    "a column over a window of groups",
    ({ model }) =>
      model
        .all()
        .groupBy((b: Any) => b.name)
        .select((b: Any) => ({ n: sum(b.views).over() })),
    UsageError,
    /a group has many of it/,
  ),
  bad("alsoSelect of an unknown column", ({ model }) => model.all().alsoSelect("prise"), UsageError, /did you mean price\?/),
  bad(
    "annotate over a column",
    ({ model }) => model.all().annotate((b: Any) => ({ name: b.views })),
    UsageError,
    /has a member name already/,
  ),
  bad(
    "annotate twice",
    ({ model }) =>
      model
        .all()
        .select("id")
        .annotate((b: Any) => ({ id: b.views })),
    UsageError,
    /selected already/,
  ),
  bad("pluck(text)", ({ model }) => model.all().pluck("id"), UsageError, /takes a lambda/),
  bad("pluck of an object", ({ model }) => model.all().pluck((b: Any) => ({ id: b.id })), UsageError, /one expression/),
  bad("sum(text)", ({ model }) => model.all().sum("views"), UsageError, /takes a lambda/),
  bad("aggregate of nothing", ({ model }) => model.all().aggregate(() => ({})), UsageError, /empty object/),
  bad("find(null)", ({ model }) => model.find(null), UsageError, /id is null/),
  bad("find(undefined)", ({ model }) => model.find(undefined), UsageError, /id is undefined/),
  bad("find(text)", ({ model }) => model.find(secret), ValueError, /Bad\.id takes an integer, got a string/),
  bad("find(NaN)", ({ model }) => model.find(Number.NaN), ValueError, /Bad\.id/),
  bad("get(undefined) without a condition", ({ model }) => model.get(undefined), UsageError, /takes a lambda/),
  bad("get({})", ({ model }) => model.get({}), UsageError, /empty object/),
  bad("last() of a limited query", ({ model }) => model.all().limit(3).last(), UsageError, /limited query/),
  bad("using(an unknown name)", ({ model }) => model.using("nope"), UsageError, /no engine named "nope"/),
  bad("using(undefined)", ({ model }) => model.using(undefined), UsageError, /using takes an engine/),
  bad("using(an object)", ({ model }) => model.using({ run: () => secret }), UsageError, /using takes an engine/),
  bad("an unknown event", ({ engine }) => engine.on("sttement" as Any, () => {}), UsageError, /unknown event/),
  bad(
    "an unknown transaction option",
    ({ engine }) => engine.transaction(async () => {}, { isolaton: "serializable" } as Any),
    UsageError,
    /did you mean isolation\?/,
  ),
  bad(
    "an unknown isolation level",
    ({ engine }) => engine.transaction(async () => {}, { isolation: "chaos; drop" as Any }),
    UsageError,
    /unknown isolation level/,
  ),
  bad("afterRollback outside a transaction", ({ engine }) => engine.afterRollback(() => {}), UsageError, /needs an open transaction/),
];

export const writeCases: readonly BadCase[] = [
  bad("create(undefined)", ({ model }) => model.create(undefined), UsageError, /got undefined/),
  bad("create(an array)", ({ model }) => model.create([]), UsageError, /an object of column values/),
  bad("create without a required column", ({ model }) => model.create({ id: 2 }), UsageError, /Bad needs name/),
  bad("create with undefined in it", ({ model }) => model.create({ id: 2, name: undefined }), UsageError, /Bad needs name/),
  bad("create with null in it", ({ model }) => model.create({ id: 2, name: null }), UsageError, /name cannot be null/),
  bad(
    "create with an unknown column",
    ({ model }) => model.create({ id: 2, name: "x", vews: 1 }),
    UsageError,
    /no column "vews".*did you mean views\?/,
  ),
  bad("create from JSON with __proto__", ({ model }) => model.create(JSON.parse(proto)), UsageError, /no column "__proto__"/),
  bad(
    "create with constructor",
    ({ model }) => model.create({ id: 2, name: "x", constructor: secret }),
    UsageError,
    /no column "constructor"/,
  ),
  bad(
    "create of a server-only column",
    ({ model }) => model.create({ id: 2, name: "x", role: "admin" }),
    UsageError,
    /never taken from input/,
  ),
  bad("create of an instance", ({ model }) => model.create(new Date()), UsageError, /an object of column values/),
  bad("bulkCreate(an object)", ({ model }) => model.bulkCreate({ id: 2, name: "x" }), UsageError, /takes an array/),
  bad("update without a condition", ({ model }) => model.all().update({ views: 1 }), UsageError, /every row.*allRows/),
  bad("delete without a condition", ({ model }) => model.all().delete(), UsageError, /every row.*allRows/),
  bad("update of nothing", ({ model }) => model.where({ id: 1 }).update({}), UsageError, /nothing to set/),
  bad("update(undefined)", ({ model }) => model.where({ id: 1 }).update(undefined), UsageError, /an object of column values/),
  bad("update of the key", ({ model }) => model.where({ id: 1 }).update({ id: 2 }), UsageError, /keys are not updated/),
  bad("update of an unknown column", ({ model }) => model.where({ id: 1 }).update({ nam: "x" }), UsageError, /did you mean name\?/),
  bad(
    "update of a server-only column",
    ({ model }) => model.where({ id: 1 }).update({ role: "admin" }),
    UsageError,
    /never taken from input/,
  ),
  bad("update to null", ({ model }) => model.where({ id: 1 }).update({ name: null }), UsageError, /cannot be null/),
  bad(
    "update with a forged node",
    ({ model }) => model.where({ id: 1 }).update({ views: { node: { kind: "raw", texts: ["0"], items: [] } } }),
    ValueError,
    /takes an integer, got an object/,
  ),
  bad("save of unknown fields", async ({ model }) => (await model.get({ id: 1 })).save({ fields: ["nam"] }), UsageError, /no column/, 1),
  bad("delete of a new instance", ({ model }) => new model({ id: 5, name: "x" }).delete(), UsageError, /never saved/),
  bad("a value that is there already", ({ model }) => model.create({ id: 2, name: "kept" }), UniqueViolation, /name/, 1),
];

export const rawCases: readonly BadCase[] = [
  bad("an object in a hole", ({ engine }) => engine.sql`select ${{ secret }}`, UsageError, /cannot bind an object.*JSON\.stringify/),
  bad("an array in a hole", ({ engine }) => engine.sql`select ${[secret]}`, UsageError, /sql\.list/),
  bad("undefined in a hole", ({ engine }) => engine.sql`select ${undefined}`, UsageError, /write null/),
  bad("NaN in a hole", ({ engine }) => engine.sql`select ${Number.NaN}`, UsageError, /cannot bind/),
  bad("a function in a hole", ({ engine }) => engine.sql`select ${() => secret}`, UsageError, /cannot bind a function/),
  bad("an invalid Date in a hole", ({ engine }) => engine.execute`select ${new Date(Number.NaN)}`, UsageError, /cannot bind/),
  bad("a NUL in a hole", ({ engine }) => engine.scalar`select ${`${secret}\0`}`, ValueError, /NUL/),
  bad("a call without template", ({ engine }) => (engine.sql as Any)(`select '${secret}'`), UsageError, /template tag/),
  bad("a call with an array", ({ engine }) => (engine.execute as Any)(["delete from b_bad"]), UsageError, /template tag/),
  bad(
    "a forged template",
    ({ engine }) => (engine.sql as Any)(Object.assign(["select 1"], { raw: ["select 1"] })),
    UsageError,
    /template tag/,
  ),
  bad("a fragment without template", ({ model }) => model.where(() => (sql as Any)("1=1")), UsageError, /template tag/),
  bad("sql.id of nothing", ({ engine }) => engine.sql`select * from ${sql.id("")}`, UsageError, /sql\.id takes names/),
  bad("sql.id with a line break", ({ engine }) => engine.sql`select * from ${sql.id("a\nb")}`, UsageError, /sql\.id takes names/),
  bad("sql.list of nothing", ({ engine }) => engine.sql`select ${sql.list([])}`, UsageError, /at least one value/),
  bad(
    "too many parameters",
    ({ engine }) => engine.sql`select ${sql.list(new Array(70_000).fill(1))}`,
    UsageError,
    /70000 parameters.*split/,
  ),
  bad("a table that is not there", ({ engine }) => engine.sql`select * from b_missing where name = ${secret}`, QueryError, /./, 1),
  bad("no SQL at all", ({ engine }) => engine.sql`selekt ${secret}`, QueryError, /./, 1),
];
