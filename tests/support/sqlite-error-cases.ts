/** Statements that SQLite refuses, with what the error must say whatever the client library. */
import {
  CheckViolation,
  ConnectionError,
  ConstraintError,
  ForeignKeyViolation,
  NotNullViolation,
  QueryError,
  TransactionLost,
  UniqueViolation,
} from "../../src/errors.ts";
import { type ErrorClass, type Facts, secret } from "./error-cases.ts";

export const setup = `
  pragma foreign_keys = on;
  create table author (id integer primary key, email text not null, age int constraint age_positive check (age > 0), rank int check (rank <> ${Number.MAX_SAFE_INTEGER}),
    unique (email, age));
  create unique index author_lower on author (lower(email)) where rank > 0;
  create table post (id integer primary key, author_id int references author (id));
  create table strict_post (id integer primary key, author_id int references author (id) on delete restrict);
  create table typed (n int) strict;
  create table guarded (a text);
  create trigger guard before insert on guarded begin select raise(abort, 'UNIQUE constraint ${secret}'); end;
  insert into author values (1, '${secret}', 1, null), (2, 'b', 2, 5), (3, 'c', 3, null);
  insert into post values (1, 1);
  insert into strict_post values (1, 3);`;

export type Case = readonly [code: string, type: ErrorClass, sql: string, params?: readonly (string | number)[], facts?: Facts];

export const statements: readonly Case[] = [
  [
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    UniqueViolation,
    "insert into author (id, email) values (1, ?)",
    [secret],
    { table: "author", columns: ["id"] },
  ],
  [
    "SQLITE_CONSTRAINT_UNIQUE",
    UniqueViolation,
    "insert into author (email, age) values (?, 1)",
    [secret],
    { table: "author", columns: ["email", "age"] },
  ],
  [
    "SQLITE_CONSTRAINT_UNIQUE",
    UniqueViolation,
    "insert into author (email, rank) values (upper('b'), ?)",
    [7],
    { constraint: "author_lower", columns: undefined },
  ],
  ["SQLITE_CONSTRAINT_FOREIGNKEY", ForeignKeyViolation, "insert into post (author_id) values (?)", [77]],
  ["SQLITE_CONSTRAINT_FOREIGNKEY", ForeignKeyViolation, "delete from author where email = ?", [secret]],
  ["SQLITE_CONSTRAINT_FOREIGNKEY", ForeignKeyViolation, "delete from author where id = ?", [3]],
  [
    "SQLITE_CONSTRAINT_NOTNULL",
    NotNullViolation,
    "insert into author (id, email) values (length(?), null)",
    [secret],
    { table: "author", columns: ["email"] },
  ],
  ["SQLITE_CONSTRAINT_CHECK", CheckViolation, "insert into author (email, age) values (?, -1)", [secret], { constraint: "age_positive" }],
  [
    "SQLITE_CONSTRAINT_CHECK",
    CheckViolation,
    `insert into author (email, rank) values (?, ${Number.MAX_SAFE_INTEGER})`,
    [secret],
    { constraint: undefined },
  ],
  ["SQLITE_CONSTRAINT_DATATYPE", QueryError, "insert into typed values (?)", [secret], { table: "typed", columns: ["n"] }],
  ["SQLITE_CONSTRAINT_TRIGGER", ConstraintError, "insert into guarded values (?)", [secret], { table: undefined, columns: undefined }],
  ["SQLITE_MISMATCH", QueryError, "insert into author (id, email) values (?, 'x')", [secret]],
  ["SQLITE_TOOBIG", QueryError, "select zeroblob(3000000000), ?", [secret]],
  ["SQLITE_ERROR", QueryError, "select json(?)", [secret]],
  ["SQLITE_ERROR", QueryError, "select abs(-9223372036854775807 - 1), ?", [secret]],
  ["SQLITE_ERROR", QueryError, "select * from nowhere where a = ?", [secret], { table: "nowhere" }],
  ["SQLITE_ERROR", QueryError, "select absent from author where email = ?", [secret], { columns: ["absent"] }],
  ["SQLITE_ERROR", QueryError, "select author.absent from author where email = ?", [secret], { columns: ["absent"] }],
  ["SQLITE_ERROR", QueryError, "insert into author (absent) values (?)", [secret], { table: "author", columns: ["absent"] }],
  ["SQLITE_ERROR", QueryError, "select id from author, post where email = ?", [secret], { columns: ["id"] }],
  ["SQLITE_ERROR", QueryError, "select nofunction(?)", [secret]],
  ["SQLITE_ERROR", QueryError, "create table author (id int)", [], { table: "author" }],
  ["SQLITE_ERROR", QueryError, `selec '${secret}'`],
  ["SQLITE_ERROR", QueryError, `select '${secret}`],
  ["SQLITE_ERROR", QueryError, `select max('${secret}'`],
  ["SQLITE_ERROR", QueryError, `insert into author values ('${secret}')`],
  ["SQLITE_ERROR", QueryError, `select ${Array.from({ length: 32_767 }, () => "?").join()}`],
  ["SQLITE_ERROR", TransactionLost, "commit"],
  ["SQLITE_ERROR", QueryError, "rollback to nowhere"],
  ["SQLITE_CANTOPEN", ConnectionError, `attach '/no/such/${secret}' as x`],
];

/** `sqlite3` reports primary codes only: what a message does not tell apart stays with those. */
export const messageOnly: Readonly<Record<string, string>> = {
  SQLITE_CONSTRAINT_PRIMARYKEY: "SQLITE_CONSTRAINT_UNIQUE",
  SQLITE_CONSTRAINT_TRIGGER: "SQLITE_CONSTRAINT",
};
