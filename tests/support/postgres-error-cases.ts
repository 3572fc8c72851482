/** Statements that a PostgreSQL server refuses, with what the error must say. */
import {
  CheckViolation,
  ConstraintError,
  ForeignKeyViolation,
  NotNullViolation,
  QueryError,
  TransactionLost,
  UniqueViolation,
} from "../../src/errors.ts";
import { type ErrorClass, type Facts, secret } from "./error-cases.ts";

export const schema = "kaka_err_schema";
export const role = "kaka_err_role";
export const tables = `
  create type mood as enum ('ok');
  create table author (id int primary key, email text not null, age smallint constraint age_positive check (age > 0), nick varchar(3),
    born date, score numeric(4,2), feeling mood, span int4range, constraint author_key unique (email, age), constraint author_span exclude using gist (span with &&));
  create unique index author_nick on author (lower(nick));
  create table post (id int primary key, author_id int constraint post_author references author (id));
  create table strict_post (id int, author_id int constraint strict_author references author (id) on delete restrict);
  create view adults as select id, email, age from author where age > 17 with check option;
  insert into author (id, email, age, nick, span) values (1, '${secret}', 1, 'X', '[1,5]'), (2, 'b', 2, 'y', null);
  insert into post values (1, 1); insert into strict_post values (1, 2);
  create function complain() returns trigger language plpgsql as $$ begin raise exception 'bad %', new.a; end $$;
  create table guarded (a text);
  create trigger guard before insert on guarded for each row execute function complain();`;

type Case = readonly [code: string, type: ErrorClass, sql: string, params?: readonly unknown[], facts?: Facts];

export const statements: readonly Case[] = [
  [
    "23505",
    UniqueViolation,
    "insert into author (id, email) values (1, $1)",
    [secret],
    { constraint: "author_pkey", table: "author", columns: ["id"] },
  ],
  [
    "23505",
    UniqueViolation,
    "insert into author (id, email, age) values (3, $1, 1)",
    [secret],
    { constraint: "author_key", table: "author", columns: ["email", "age"] },
  ],
  [
    "23505",
    UniqueViolation,
    "insert into author (id, email, nick) values (3, $1, 'x')",
    [secret],
    { constraint: "author_nick", table: "author", columns: undefined },
  ],
  [
    "23503",
    ForeignKeyViolation,
    "insert into post values (2, 77)",
    [],
    { constraint: "post_author", table: "post", columns: ["author_id"] },
  ],
  ["23503", ForeignKeyViolation, "delete from author where id = 1", [], { constraint: "post_author", table: "post", columns: undefined }],
  [
    "23502",
    NotNullViolation,
    "insert into author (id, email, nick) values (3, null, left($1, 3))",
    [secret],
    { table: "author", columns: ["email"], constraint: undefined },
  ],
  [
    "23514",
    CheckViolation,
    "insert into author (id, email, age) values (3, $1, -1)",
    [secret],
    { constraint: "age_positive", table: "author" },
  ],
  ["44000", CheckViolation, "insert into adults values (5, $1, 3)", [secret]],
  [
    "23P01",
    ConstraintError,
    "insert into author (id, email, span) values (3, $1, '[2,3]')",
    [secret],
    { constraint: "author_span", table: "author", columns: ["span"] },
  ],
  ["22P02", QueryError, "select $1::int", [secret]],
  ["22P02", QueryError, "insert into author (id, email, feeling) values (3, 'x', $1)", [secret]],
  ["22P02", QueryError, "select $1::json", [secret]],
  ["22P02", QueryError, "select $1::uuid", [secret]],
  ["22001", QueryError, "insert into author (id, email, nick) values (3, 'x', $1)", [secret]],
  ["22003", QueryError, "insert into author (id, email, age) values (3, $1, 70000)", [secret]],
  ["22003", QueryError, "insert into author (id, email, score) values (3, $1, 12345)", [secret]],
  ["22007", QueryError, "select $1::date", [secret]],
  ["22008", QueryError, "select $1::date", ["2020-99-99"]],
  ["22021", QueryError, "select $1::text", [`${secret}\0`]],
  ["22012", QueryError, "select 1 / 0, $1::text", [secret]],
  ["21000", QueryError, "select (select id from author), $1::text", [secret]],
  ["42P01", QueryError, "select * from nowhere where a = $1", [secret], { table: "nowhere" }],
  ["42P01", QueryError, "select x.id from author where email = $1", [secret], { table: "x" }],
  ["42703", QueryError, "select nothing from author where email = $1", [secret], { columns: ["nothing"] }],
  ["42703", QueryError, "select a.nothing from author a where email = $1", [secret], { columns: ["nothing"] }],
  ["42703", QueryError, "insert into author (nothing) values ($1)", [secret], { columns: ["nothing"], table: "author" }],
  ["42702", QueryError, "select id from author, post where email = $1", [secret], { columns: ["id"] }],
  ["42601", QueryError, `selec '${secret}'`],
  ["42601", QueryError, `select '${secret}`],
  ["42883", QueryError, "select nofunction($1::text)", [secret]],
  ["42883", QueryError, "select $1::text = 1", [secret]],
  ["42804", QueryError, `select case when '${secret}' = '' then 1 else now() end`],
  ["42846", QueryError, "select ($1::json)::int", ["1"]],
  ["42P18", QueryError, "prepare kaka_err_untyped as select $1 is null"],
  ["42P02", QueryError, `select $1, '${secret}'`],
  ["42P07", QueryError, "create table author (id int)", [], { table: "author" }],
  ["42701", QueryError, "alter table author add column email text", [], { table: "author", columns: ["email"] }],
  ["42710", QueryError, "create type mood as enum ('a')"],
  ["26000", QueryError, "execute kaka_err_never"],
  ["3F000", QueryError, "create table kaka_err_none.t (a int)"],
  ["2BP01", QueryError, "drop table author", [], { table: "author" }],
  ["P0001", QueryError, "insert into guarded values ($1)", [secret]],
  ["25P01", TransactionLost, "savepoint a"],
  ["08P01", QueryError, "select $1::text", [secret, secret]],
];
