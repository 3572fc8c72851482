/** Statements that a MySQL or MariaDB server refuses, with what the error must say. */
import { CheckViolation, ForeignKeyViolation, NotNullViolation, QueryError, UniqueViolation } from "../../src/errors.ts";
import { type ErrorClass, type Facts, secret } from "./error-cases.ts";

export const user = "kaka_err_user";

export const tables: readonly string[] = [
  `create table kaka_err_author (id int primary key, email varchar(250) not null, age tinyint, born date, score decimal(4,2), mood enum('ok'), facts json,
    constraint kaka_err_age check (age > 0), unique key author_email (email), unique key author_both (age, born)) engine=innodb`,
  `create table kaka_err_post (id int primary key, author_id int,
    constraint kaka_err_fk foreign key (author_id) references kaka_err_author (id)) engine=innodb`,
  "create table kaka_err_guarded (a varchar(50)) engine=innodb",
  "create view kaka_err_adult as select id, email, age from kaka_err_author where age > 17 with check option",
  `insert into kaka_err_author (id, email, age, born) values (1, '${secret}', 1, '2020-01-01'), (2, 'b', 2, null)`,
  "insert into kaka_err_post values (1, 1)",
];

export const routine =
  "create trigger kaka_err_guard before insert on kaka_err_guarded for each row begin declare words varchar(120) default concat('bad ', new.a); signal sqlstate '45000' set message_text = words; end";

type Case = readonly [
  code: string,
  type: ErrorClass,
  sql: string,
  params?: readonly string[],
  facts?: Facts,
  only?: "mariadb" | "mysql" | null,
];

const insert = "insert into kaka_err_author (id, email";

export const statements: readonly Case[] = [
  ["1062", UniqueViolation, `${insert}) values (1, ?)`, [`${secret}x`], { constraint: "PRIMARY", table: "kaka_err_author" }],
  ["1062", UniqueViolation, `${insert}) values (3, ?)`, [secret], { constraint: "author_email", table: "kaka_err_author" }],
  [
    "1062",
    UniqueViolation,
    `${insert}, age, born) values (3, 'y', ?, '2020-01-01')`,
    ["1"],
    { constraint: "author_both", table: "kaka_err_author" },
  ],
  [
    "1452",
    ForeignKeyViolation,
    "insert into kaka_err_post values (2, ?)",
    ["77"],
    { constraint: "kaka_err_fk", table: "kaka_err_post", columns: ["author_id"] },
  ],
  [
    "1451",
    ForeignKeyViolation,
    "delete from kaka_err_author where email = ?",
    [secret],
    { constraint: "kaka_err_fk", table: "kaka_err_post", columns: ["author_id"] },
  ],
  ["1048", NotNullViolation, `${insert}) values (length(?), null)`, [secret], { columns: ["email"] }],
  ["1364", NotNullViolation, "insert into kaka_err_author (id) values (length(?))", [secret], { columns: ["email"] }],
  [
    "4025",
    CheckViolation,
    `${insert}, age) values (3, ?, -1)`,
    [`${secret}x`],
    { constraint: "kaka_err_age", table: "kaka_err_author" },
    "mariadb",
  ],
  ["3819", CheckViolation, `${insert}, age) values (3, ?, -1)`, [`${secret}x`], { constraint: "kaka_err_age" }, "mysql"],
  ["1369", CheckViolation, "insert into kaka_err_adult values (5, ?, 3)", [`${secret}x`]],
  ["1366", QueryError, `${insert}, age) values (3, 'x', ?)`, [secret], { columns: ["age"] }],
  ["1292", QueryError, `${insert}, born) values (3, 'x', ?)`, [secret], { columns: ["born"] }],
  ["1292", QueryError, "update kaka_err_author set age = cast(? as signed) where id = 1", [secret]],
  ["1265", QueryError, `${insert}, mood) values (3, 'x', ?)`, [secret], { columns: ["mood"] }],
  ["1264", QueryError, `${insert}, age) values (3, 'x', ?)`, ["1000"], { columns: ["age"] }],
  ["1264", QueryError, `${insert}, score) values (3, ?, 12345)`, [`${secret}x`], { columns: ["score"] }],
  ["1406", QueryError, `${insert}) values (3, ?)`, [secret.repeat(40)], { columns: ["email"] }],
  ["1690", QueryError, "update kaka_err_author set age = 9223372036854775807 + length(email) where email = ?", [secret]],
  ["1365", QueryError, "update kaka_err_author set age = age / 0 where email = ?", [secret]],
  ["1242", QueryError, "select (select id from kaka_err_author), ?", [secret]],
  ["1146", QueryError, "select * from kaka_err_none where a = ?", [secret], { table: "kaka_err_none" }],
  ["1051", QueryError, "drop table kaka_err_none", [], { table: "kaka_err_none" }],
  ["1054", QueryError, "select nothing from kaka_err_author where email = ?", [secret], { columns: ["nothing"] }],
  ["1054", QueryError, "select a.nothing from kaka_err_author a where email = ?", [secret], { columns: ["nothing"] }],
  ["1052", QueryError, "select id from kaka_err_author, kaka_err_post where email = ?", [secret], { columns: ["id"] }],
  ["1064", QueryError, `selec '${secret}'`],
  ["1064", QueryError, `select '${secret}`],
  ["1305", QueryError, "select kaka_err_function(?)", [secret]],
  ["1050", QueryError, "create table kaka_err_author (id int)", [], { table: "kaka_err_author" }],
  ["1060", QueryError, "alter table kaka_err_author add column email int", [], { columns: ["email"] }],
  ["1061", QueryError, "alter table kaka_err_author add index author_email (age)"],
  ["1091", QueryError, "alter table kaka_err_author drop column nothing"],
  ["3730", ForeignKeyViolation, "drop table kaka_err_author", [], { constraint: "kaka_err_fk", table: "kaka_err_post" }, "mysql"],
  ["1644", QueryError, "insert into kaka_err_guarded values (?)", [secret]],
  ["1210", QueryError, "select ?, ?", [secret]],
  ["1390", QueryError, `select ${Array.from({ length: 65_536 }, () => "?").join()}`],
];
