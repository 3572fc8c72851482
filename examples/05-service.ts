/** Models in a plain service: a bank whose transfers are transactions, run again when they collide, and checked before they run. */
import { setTimeout as pause } from "node:timers/promises";
import { connect, decimal, foreignKey, int, Model, NotFoundError, str, ValidationError } from "kakaorm";

class Account extends Model("service_account", {
  owner: str({ length: 80 }).minLength(1),
  balance: decimal({ precision: 12, scale: 2 })
    .default("0")
    .check((balance) => balance.gte("0")),
}) {
  get entries() {
    return this.hasMany(Entry, (entry) => entry.accountId);
  }
}
class Entry extends Model("service_entry", {
  amount: decimal({ precision: 12, scale: 2 }),
  transfer: int(),
  accountId: foreignKey(() => Account, { onDelete: "protect" }),
}) {}

await using db = await connect(process.argv[2] ?? "sqlite::memory:");
await db.dropTableIfExists(Entry, Account);
await db.createTable(Account, Entry);

const cents = (amount: string) => BigInt(amount.replace(".", ""));
const text = (amount: bigint) => `${amount / 100n}.${String(amount % 100n).padStart(2, "0")}`;
let transfers = 0;

/** Who calls this needs to know nothing of connections: whatever runs inside belongs to the transaction. */
async function transfer(from: number, to: number, amount: string): Promise<void> {
  if (cents(amount) <= 0n) throw new ValidationError({ amount: "must be more than nothing" });
  const number = ++transfers;
  await db.transaction(
    async () => {
      // Always in the order of their keys: two transfers that meet wait for each other and never both.
      const locked = await Account.where((a) => a.id.in([from, to]))
        .orderBy((a) => a.id)
        .forUpdate();
      const [payer, payee] = [from, to].map((id) => locked.find((account) => account.id === id));
      if (payer === undefined || payee === undefined) throw new NotFoundError("no such account");
      if (cents(payer.balance) < cents(amount)) throw new ValidationError({ amount: "is more than there is" });
      payer.balance = text(cents(payer.balance) - cents(amount));
      payee.balance = text(cents(payee.balance) + cents(amount));
      await payer.save();
      await payee.save();
      await Entry.bulkCreate([
        { accountId: from, amount: `-${amount}`, transfer: number },
        { accountId: to, amount, transfer: number },
      ]);
      db.afterCommit(() => committed++);
    },
    // What a deadlock or a serialization failure has undone is done again.
    { retry: 10 },
  );
}
let committed = 0;

const [ada, bob, cleo] = await Account.bulkCreate(["Ada", "Bob", "Cleo"].map((owner) => ({ owner, balance: "100.00" })));
if (ada === undefined || bob === undefined || cleo === undefined) throw new Error("no accounts");

await transfer(ada.id, bob.id, "30.50");
for (const [work, what] of [
  [() => transfer(ada.id, bob.id, "1000.00"), "too much"],
  [() => transfer(ada.id, 999_999, "1.00"), "nobody"],
  [() => transfer(ada.id, bob.id, "0.00"), "nothing"],
] as const) {
  const error: unknown = await work().catch((thrown: unknown) => thrown);
  console.log(`${what}: ${error instanceof ValidationError ? JSON.stringify(error.errors) : (error as Error).name}`);
}

// Round and round, all at once: whatever collides is run again, and not a cent is lost.
const round = [ada, bob, cleo];
await Promise.all(
  Array.from({ length: 30 }, async (_, i) => {
    await pause(i % 3);
    await transfer(round[i % 3]?.id ?? 0, round[(i + 1) % 3]?.id ?? 0, "1.25");
  }),
);
for (const account of await Account.all()
  .orderBy((a) => a.id)
  .prefetch("entries")) {
  const sum = account.entries.loaded.reduce((total, { amount }) => total + cents(amount), 10_000n);
  console.log(`${account.owner}: ${account.balance}, and by its entries ${text(sum)}`);
}
console.log(`${committed} transfers`);
await db.dropTable(Entry, Account);
