/**
 * A thousand rows as an answer: the plugin with a model as the schema, against the client library with a JSON schema written by
 * hand. Runs with the packages of the repository: `tsx bench/serialise.ts [url ...]`.
 */
import Fastify, { type FastifyInstance } from "fastify";
import { bool, connect, datetime, int, Model, str } from "kakaorm";
import { kaka } from "kakaorm/fastify";

const ROWS = 1_000;
const ROUNDS = 60;

class Item extends Model("bench_item", {
  title: str({ length: 200 }),
  note: str().nullable(),
  done: bool().default(false),
  priority: int(),
  dueAt: datetime().nullable(),
  createdAt: datetime(),
}) {}

const byHand = {
  type: "array",
  items: {
    type: "object",
    required: ["id", "title", "note", "done", "priority", "dueAt", "createdAt"],
    properties: {
      id: { type: "integer" },
      title: { type: "string" },
      note: { type: "string", nullable: true },
      done: { type: "boolean" },
      priority: { type: "integer" },
      dueAt: { type: "string", format: "date-time", nullable: true },
      createdAt: { type: "string", format: "date-time" },
    },
  },
};
const sql = 'select id, title, note, done, priority, due_at as "dueAt", created_at as "createdAt" from bench_item';

/** The rows as the client library gives them. */
async function rawReader(url: string): Promise<{ read: () => unknown; close: () => unknown }> {
  if (url.startsWith("sqlite:")) {
    const { default: Database } = await import("better-sqlite3");
    const db = new Database(url.slice("sqlite:".length));
    const statement = db.prepare(sql);
    return { read: () => statement.all(), close: () => db.close() };
  }
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: url });
  return { read: async () => (await pool.query({ name: "items", text: sql })).rows, close: () => pool.end() };
}

async function once(app: FastifyInstance): Promise<{ milliseconds: number; body: string }> {
  const started = performance.now();
  const { body } = await app.inject("/items");
  return { milliseconds: performance.now() - started, body };
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

async function compare(url: string): Promise<void> {
  const db = await connect(url, { default: true });
  await db.dropTableIfExists(Item);
  await db.createTable(Item);
  const at = (i: number) => new Date(1_700_000_000_000 + i * 61_234);
  const row = (i: number) => ({
    title: `Item ${i} with a name of some length`,
    note: i % 3 === 0 ? null : `a note that says "${i}"`,
    done: i % 2 === 0,
    priority: i % 5,
    dueAt: i % 4 === 0 ? null : at(i * 7),
    createdAt: at(i),
  });
  await Item.bulkCreate(Array.from({ length: ROWS }, (_, i) => row(i)));

  const ours = Fastify();
  await ours.register(kaka, { engine: db, serverTiming: false });
  ours.get("/items", { schema: { response: { 200: [Item] } } }, () => Item.all().execute());
  const raw = await rawReader(url);
  const theirs = Fastify();
  theirs.get("/items", { schema: { response: { 200: byHand } } }, async () => raw.read());

  const [a, b] = [await once(ours), await once(theirs)];
  const same = a.body === b.body || JSON.stringify(JSON.parse(a.body)) === JSON.stringify(JSON.parse(b.body));
  if (!same) throw new Error(`the answers differ:\n${a.body.slice(0, 300)}\n${b.body.slice(0, 300)}`);
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < ROUNDS; round++) {
    // Each goes first every other time.
    for (const name of round % 2 === 0 ? (["ours", "theirs"] as const) : (["theirs", "ours"] as const)) {
      const { milliseconds } = await once(name === "ours" ? ours : theirs);
      if (round >= ROUNDS / 3) times[name].push(milliseconds);
    }
  }
  const [mine, other] = [median(times.ours), median(times.theirs)];
  console.log(`${db.traits.label}: ${mine.toFixed(2)} ms, by hand ${other.toFixed(2)} ms, ratio ${(mine / other).toFixed(2)}`);
  await Promise.all([ours.close(), theirs.close()]);
  await raw.close();
  await db.dropTable(Item);
  await db.disconnect();
}

const urls = process.argv.slice(2);
for (const url of urls.length > 0 ? urls : ["sqlite:.tmp/serialise.db"]) await compare(url);
