/**
 * Run by a Node that has `node:sqlite`: reads { setup, statements, closed } as JSON from its input, prints the properties of
 * the error of each statement, so that a test under an older Node can map them.
 */
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const { setup, statements } = JSON.parse(readFileSync(0, "utf8"));
const database = new DatabaseSync(":memory:");
database.exec(setup);

function errorOf(run) {
  try {
    run();
    return null;
  } catch ({ name, message, code, errcode, errstr }) {
    return { name, message, code, errcode, errstr };
  }
}

const errors = statements.map(([sql, params]) => errorOf(() => database.prepare(sql).all(...params)));
database.close();
console.log(
  JSON.stringify({
    errors,
    closed: errorOf(() => database.exec("select 1")),
    missing: errorOf(() => new DatabaseSync("/no/such/folder/a.db")),
  }),
);
