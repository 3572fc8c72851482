/** The first minute: a model, a database in memory, and the five things everybody does. */
import { bool, connect, datetime, int, Model, str } from "kakaorm";

class Task extends Model("task", {
  title: str({ length: 200 }),
  done: bool().default(false),
  priority: int().default(1),
  createdAt: datetime().autoNowAdd(),
}) {}

await using db = await connect(process.argv[2] ?? "sqlite::memory:");
await db.createTable(Task);

const milk = await Task.create({ title: "Buy milk", priority: 3 });
await Task.bulkCreate([{ title: "Write the report", priority: 2 }, { title: "Call Ada" }]);
console.log("created", milk, "and two more:", await Task.count());

milk.done = true;
console.log("changed", milk.changes);
await milk.save();

const open = await Task.where((t) => t.done.not().and(t.priority.gte(1))).orderBy((t) => t.priority.desc());
console.log(
  "open",
  open.map((task) => task.title),
);

const query = Task.where({ done: true }).select("id", "title");
console.log("sql", query.toSQL().sql);
console.log("done", await query);

await milk.delete();
console.log("left", await Task.count());

await db.dropTable(Task);
