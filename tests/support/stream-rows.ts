/** Run as `node --expose-gc --import tsx stream-rows.ts <url> <rows>`: how much heap a loop over many rows takes. */
import { connect, int, Model, str } from "../../src/index.ts";

class Long extends Model("i_long", { id: int().primaryKey(), n: int(), label: str({ length: 40 }) }) {}

const [, , url = "", count = "0"] = process.argv;
const wanted = Number(count);
const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("run it with --expose-gc");
const used = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

await using db = await connect(url, { name: "long", default: false });
const rows = Long.using(db);
await db.dropTableIfExists(Long);
await db.createTable(Long);
await rows.create({ id: 0, n: 0, label: "row" });
// The database doubles its own rows.
for (let have = 1; have < wanted; have *= 2) {
  const most = Math.min(have, wanted - have);
  await db.execute`insert into i_long (id, n, label) select id + ${have}, n + ${have}, label from i_long where id < ${most}`;
}

let seen = 0;
let sum = 0;
// The first rows bring the compiled reader and the buffers of the client: what grows after them is counted.
for await (const row of rows.where((r) => r.id.lt(2000))) sum += row.n;
sum = 0;
const before = used();
let peak = 0;
const every = Math.max(1, Math.floor(wanted / 20));
for await (const row of rows.all()) {
  seen++;
  sum += row.n;
  if (seen % every !== 0) continue;
  // A reader that is slower than the server for a while.
  await new Promise((resolve) => setTimeout(resolve, 20));
  peak = Math.max(peak, used());
}
await db.dropTable(Long);
console.log(JSON.stringify({ seen, sum, extraMiB: (peak - before) / 1024 / 1024 }));
