/** A process whose migration is one statement that takes a minute: its parent ends it there. */
import { runSql } from "../../migrations/operations.ts";
import { runMigrations } from "../../migrations/runner.ts";
import { connect } from "../../src/index.ts";

const [url = "", statement = ""] = process.argv.slice(2);
const db = await connect(url, { pool: { max: 2 }, applicationName: "kaka sleeper" });
const file = { name: "1_sleep", path: "", checksum: "1".repeat(64), parents: [], replaces: [], transaction: true };
await runMigrations(db, [{ ...file, operations: [runSql(statement, { down: [] })] }]);
