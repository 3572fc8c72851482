/** The words of transactions in the three dialects. */
import { describe, expect, it } from "vitest";
import { transactionControl as mysql } from "../../../src/dialects/mysql/control.ts";
import { transactionControl as postgres } from "../../../src/dialects/postgres/control.ts";
import { transactionControl as sqlite } from "../../../src/dialects/sqlite/control.ts";
import { ConnectionLost, DeadlockError, KakaError } from "../../../src/errors.ts";

describe("begin", () => {
  it.each([
    [null, false, ["begin"], ["start transaction"], ["begin immediate"]],
    [null, true, ["begin read only"], ["start transaction read only"], ["begin"]],
    [
      "serializable",
      false,
      ["begin isolation level serializable"],
      ["set transaction isolation level serializable", "start transaction"],
      ["begin immediate"],
    ],
    [
      "repeatable read",
      true,
      ["begin isolation level repeatable read read only"],
      ["set transaction isolation level repeatable read", "start transaction read only"],
      ["begin"],
    ],
    [
      "read committed",
      false,
      ["begin isolation level read committed"],
      ["set transaction isolation level read committed", "start transaction"],
      ["begin immediate"],
    ],
  ] as const)("isolation %s, read only %s", (isolation, readOnly, ...expected) => {
    expect([postgres, mysql, sqlite].map((control) => control.begin({ isolation, readOnly }))).toEqual(expected);
  });
});

describe.each([
  ["postgres", postgres],
  ["mysql", mysql],
  ["sqlite", sqlite],
])("%s", (name, control) => {
  it("ends transactions and nests them by name", () => {
    expect([control.commit, control.rollback]).toEqual(["commit", "rollback"]);
    expect([control.savepoint("kaka_1"), control.release("kaka_1"), control.rollbackTo("kaka_1")]).toEqual([
      "savepoint kaka_1",
      "release savepoint kaka_1",
      "rollback to savepoint kaka_1",
    ]);
  });

  it("knows what ends a transaction", () => {
    expect(control.ddlCommits).toBe(name === "mysql");
    expect(control.isFatal(new ConnectionLost("gone"))).toBe(true);
    expect(control.isFatal(new KakaError("any"))).toBe(false);
    expect(control.isFatal(new DeadlockError("x", { nativeCode: "1213" }))).toBe(name === "mysql");
  });
});
