/** A program of 20 models and any number of calls, as text: what the type budget is measured on. */

const MODELS = 20;

function modelText(n: number): string {
  const next = (n % MODELS) + 1;
  const previous = ((n + MODELS - 2) % MODELS) + 1;
  return `export class M${n} extends Model("m${n}", {
  name${n}: str({ length: 100 }),
  email${n}: str().unique(),
  note${n}: text().nullable(),
  views${n}: int().default(0),
  price${n}: decimal({ precision: 10, scale: 2 }).nullable(),
  active${n}: bool().default(true),
  state${n}: oneOf("draft", "live").default("draft"),
  createdAt: datetime().autoNowAdd(),
  secret${n}: str().hidden(),
  nextId: ${n === MODELS ? "int()" : `foreignKey(() => M${next})`},
}) {
  get next() {
    return this.belongsTo(M${next}, (m) => m.nextId);
  }
  get children() {
    return this.hasMany(M${previous}, (m) => m.nextId);
  }
}
`;
}

const HEAD = `import { avg, bool, count, datetime, decimal, foreignKey, int, Model, oneOf, str, sum, text } from "kakaorm";
`;

/** The models alone. */
export const schemaText = HEAD + Array.from({ length: MODELS }, (_, i) => modelText(i + 1)).join("");
/** The imports alone: what is counted before anything is declared. */
export const emptyText = `${HEAD}export type Used = [typeof avg, typeof bool, typeof count, typeof datetime, typeof decimal, typeof foreignKey, typeof int, typeof Model, typeof oneOf, typeof str, typeof sum, typeof text];
`;

/** One public call on model n; `o` is the model that n belongs to. */
export const CALLS: Readonly<Record<string, (n: number, o: number) => string>> = {
  "where lambda": (n) => `M${n}.where((m) => m.views${n}.gte(10).and(m.name${n}.startsWith("A")))`,
  "where object": (n) => `M${n}.where({ state${n}: "live", note${n}: null })`,
  orderBy: (n) => `M${n}.all().orderBy((m) => [m.views${n}.desc(), m.name${n}])`,
  "select names": (n) => `M${n}.all().select("name${n}", "views${n}")`,
  "select lambda": (n) => `M${n}.all().select((m) => ({ name: m.name${n}, views: m.views${n} }))`,
  join: (n, o) => `M${n}.all().join(M${o}, (m, o) => m.nextId.eq(o.id))`,
  "leftJoin and select": (n, o) =>
    `M${n}.all().leftJoin(M${o}, (m, o) => m.nextId.eq(o.id)).select((m, o) => ({ name: m.name${n}, other: o.name${o} }))`,
  "groupBy and select": (n) =>
    `M${n}.all().groupBy((m) => m.state${n}).select((m) => ({ state: m.state${n}, n: count(), views: sum(m.views${n}) }))`,
  aggregate: (n) => `M${n}.all().aggregate((m) => ({ n: count(), mean: avg(m.views${n}) }))`,
  "to-one relation": (n, o) => `M${n}.where((m) => m.next.name${o}.eq("A"))`,
  "to-many relation": (n) => `M${n}.where((m) => m.children.some((c) => c.active${((n + MODELS - 2) % MODELS) + 1}))`,
  "sum of a relation": (n) => `M${n}.where((m) => m.children.sum((c) => c.views${((n + MODELS - 2) % MODELS) + 1}).gt(10))`,
  prefetch: (n) => `M${n}.all().prefetch("children", "next.next")`,
  "prefetch lambda": (n) => `M${n}.all().prefetch({ children: (c) => c.annotate((x) => ({ twice: x.id.mul(2) })) })`,
  "as a parameter": (n) => `((q: import("kakaorm").QuerySet<any, M${n}, any>) => q)(M${n}.all())`,
  first: (n) => `M${n}.where({ active${n}: true }).first()`,
  find: (n) => `M${n}.find(${n})`,
  create: (n) => `M${n}.create({ name${n}: "A", email${n}: "a@example.com", nextId: 1, secret${n}: "x" })`,
  bulkCreate: (n) => `M${n}.bulkCreate([{ name${n}: "A", email${n}: "a@example.com", nextId: 1, secret${n}: "x" }])`,
  update: (n) => `M${n}.where({ id: 1 }).update({ state${n}: "live", note${n}: null })`,
  "update lambda": (n) => `M${n}.where({ id: 1 }).update((m) => ({ views${n}: m.views${n}.add(1) }))`,
  "returning lambda": (n) => `M${n}.where({ id: 1 }).returning((m) => ({ views: m.views${n} })).delete()`,
  delete: (n) => `M${n}.where({ id: 1 }).delete()`,
  upsert: (n) =>
    `M${n}.upsert([{ name${n}: "A", email${n}: "a@example.com", nextId: 1, secret${n}: "x" }], { on: ["email${n}"], update: ["name${n}"] })`,
  save: (n) => `M${n}.find(${n}).then((row) => row?.save())`,
};

/** The hundred queries of the benchmark: five for each model. */
const QUERIES: readonly ((n: number, o: number) => string)[] = [
  (n) => `M${n}.where((m) => m.views${n}.gte(10).and(m.active${n}).and(m.note${n}.isNull())).orderBy((m) => m.createdAt.desc()).limit(10)`,
  (n) => `M${n}.where({ state${n}: "live" }).select("id", "name${n}", "createdAt")`,
  (n, o) =>
    `M${n}.all().join(M${o}, (m, o) => m.nextId.eq(o.id)).where((m, o) => o.views${o}.gt(m.views${n})).select((m, o) => ({ id: m.id, name: m.name${n}, other: o.name${o} }))`,
  (n, o) => `M${n}.where((m) => m.next.name${o}.eq("A")).prefetch("next").first()`,
  (n) => `M${n}.all().groupBy((m) => m.state${n}).select((m) => ({ state: m.state${n}, n: count(), views: sum(m.views${n}) }))`,
];

function program(calls: readonly ((n: number, o: number) => string)[]): string {
  let at = 0;
  const lines: string[] = [];
  for (let n = 1; n <= MODELS; n++) for (const call of calls) lines.push(`export const q${at++} = ${call(n, (n % MODELS) + 1)};`);
  return `${schemaText}${lines.join("\n")}\n`;
}

export const callText = (name: string): string => program([CALLS[name] as (n: number, o: number) => string]);
export const queriesText = program(QUERIES);
export const CALLS_EACH = MODELS;
export const QUERY_COUNT = MODELS * QUERIES.length;
