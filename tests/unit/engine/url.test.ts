import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUrl } from "../../../src/engine/url.ts";
import { UsageError } from "../../../src/errors.ts";

function refusal(url: unknown): UsageError {
  try {
    parseUrl(url as string);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

describe("SQLite URLs", () => {
  it.each([
    ["sqlite::memory:", ":memory:"],
    ["sqlite:///:memory:", ":memory:"],
    ["sqlite:./app.db", "./app.db"],
    ["sqlite:app.db", "app.db"],
    ["sqlite:///./app.db", "./app.db"],
    ["sqlite:///app.db", "app.db"],
    ["sqlite:////abs/app.db", "/abs/app.db"],
    ["sqlite:/abs/app.db", "/abs/app.db"],
    ["sqlite:a%20b%3F.db", "a b?.db"],
    ["SQLite:data/a@b#c.db", "data/a@b#c.db"],
  ])("%s names %s", (url, path) => {
    const target = parseUrl(url);
    expect(target).toMatchObject({ family: "sqlite", driver: null, path, host: null, port: null, database: null, user: null });
    expect(parseUrl(target.label).path).toBe(path);
  });

  it.each(["sqlite3", "better-sqlite3", "node"])("takes the driver %s", (driver) => {
    expect(parseUrl(`sqlite+${driver}:///app.db?mode=ro`)).toMatchObject({
      family: "sqlite",
      driver,
      path: "app.db",
      options: { mode: "ro" },
    });
  });

  it.each([
    "sqlite:",
    "sqlite://",
    "sqlite:///",
    "sqlite://app.db",
    "sqlite:dir/",
    "sqlite: a.db",
    "sqlite:a.db%20",
    "sqlite:file:a.db",
    "sqlite:a%00b.db",
    "sqlite:a%0ab.db",
    "sqlite:a%zz.db",
    "sqlite:a.db?mode=memory",
    "sqlite:a.db?mode=ro&mode=rw",
    "sqlite:a.db?cache=shared",
    "sqlite::memory:?mode=ro",
    "sqlite+pg:a.db",
    "sqlite+:a.db",
  ])("refuses %s", (url) => {
    expect(refusal(url).hint).toContain("sqlite:///app.db (relative)");
  });
});

describe("server URLs", () => {
  it("reads every part and decodes it", () => {
    expect(parseUrl("postgres+pg://us%40er:p%3Aa%2Fs%25@db.example:6000/my%20db?sslmode=verify-full&application_name=a%20b")).toEqual({
      family: "postgres",
      driver: "pg",
      host: "db.example",
      port: 6000,
      user: "us@er",
      password: "p:a/s%",
      database: "my db",
      path: null,
      options: { sslmode: "verify-full", application_name: "a b" },
      label: "postgres+pg://db.example:6000/my%20db?sslmode=verify-full&application_name=a%20b",
    });
  });

  it.each([
    ["postgresql://h/db", 5432, "h"],
    ["postgres://u@h:1/db", 1, "h"],
    ["mysql://u:@h/db", 3306, "h"],
    ["mariadb+mysql2://u:p@[::1]:3307/db", 3307, "::1"],
    ["postgresql:///db", 5432, "localhost"],
    ["postgresql://u:p@s@h/db", 5432, "h"],
  ])("%s has port %d and host %s", (url, port, host) => {
    expect(parseUrl(url)).toMatchObject({ port, host, database: "db" });
  });

  it("keeps the difference between no password and an empty one", () => {
    expect(parseUrl("mysql://u@h/db")).toMatchObject({ user: "u", password: null });
    expect(parseUrl("mysql://u:@h/db")).toMatchObject({ user: "u", password: "" });
    expect(parseUrl("mysql://h/db")).toMatchObject({ user: null, password: null });
  });

  it("takes a unix socket instead of a host", () => {
    expect(parseUrl("postgresql://u@/db?host=/var/run")).toMatchObject({ host: null, options: { host: "/var/run" } });
    expect(parseUrl("mysql://u@/db?socket=%2Ftmp%2Fm.sock")).toMatchObject({ host: null, options: { socket: "/tmp/m.sock" } });
    expect(refusal("postgresql://u@h/db?host=/var/run").message).toContain("both a host and a unix socket");
    expect(refusal("postgresql://u@/db?host=evil.example").message).toContain("absolute directory");
  });

  it("reads PGlite like a file", () => {
    expect(parseUrl("postgresql+pglite::memory:")).toMatchObject({
      family: "postgres",
      driver: "pglite",
      path: ":memory:",
      database: null,
    });
    expect(parseUrl("postgresql+pglite:./dir/")).toMatchObject({ driver: "pglite", path: "./dir/" });
    expect(parseUrl("postgres+pglite:////var/data").path).toBe("/var/data");
    expect(refusal("postgresql+pglite:./dir?sslmode=require").message).toContain("it takes none");
  });

  it.each([
    "postgresql:db",
    "postgresql:/h/db",
    "postgresql://h",
    "postgresql://h/",
    "postgresql://h:0/db",
    "postgresql://h:65536/db",
    "postgresql://h:x/db",
    "postgresql://h:/db",
    "postgresql://[::1/db",
    "postgresql://h h/db",
    "postgresql://h/a/b",
    "postgresql://h/db#x",
    "postgresql://h/db?sslmode=prefer",
    "postgresql://h/db?connect_timeout=0",
    "postgresql://h/db?connect_timeout=1e3",
    "postgresql://h/db?options=-c%20x",
    "postgresql://h/db?__proto__=1",
    "postgresql://h/db?sslmode=require&sslmode=disable",
    "mysql://h/db?multipleStatements=true",
    "mysql://h/db?ssl=%7B%7D",
    "mysql://h/db?flags=x",
    "mysql+pg://h/db",
    "mysql+mysql://h/db",
    "oracle://h/db",
    "constructor://h/db",
    "h/db",
    "  ",
    "",
    "postgresql://h/d\nb",
    "postgresql://h/d%00b",
    "postgresql://h%zz/db",
  ])("refuses %j with the accepted forms", (url) => {
    const error = refusal(url);
    expect(error.code).toBe("KAKA_USAGE");
    expect(error.hint).toContain("postgresql://user:password@host:5432/database");
  });

  it.each([undefined, null, 5, {}, new URL("postgresql://h/db")])("refuses %s, which is no string", (value) => {
    expect(refusal(value).message).toContain("not a string");
  });

  it.each([
    ["postgrsql://h/db", "postgresql:"],
    ["mysq://h/db", "mysql:"],
    ["sqlit:a.db", "sqlite:"],
    ["postgres://h/db?sslmod=require", "sslmode"],
    ["mysql://h/db?conect_timeout=1", "connect_timeout"],
    ["sqlite+better-sqlite:a.db", "better-sqlite3"],
  ])("%s: suggests %s", (url, word) => {
    expect(refusal(url).message).toContain(`did you mean ${word}`);
  });
});

describe("secrets", () => {
  const secret = "Zq7Hidden93x";
  it.each([
    `postgresql://${secret}:${secret}@h:x/db`,
    `postgresql://u:${secret}/a@h/db`,
    `postgresql://u:${secret}?a@h/db`,
    `postgresql://u:1/${secret}@h/db`,
    `postgresql://u:1?${secret}@h/db`,
    `postgresql://u:12/x?${secret}=@h/db`,
    `postgresql://u:12/x?${secret}=1`,
    `postgresql://u:12/x#${secret}@h/db`,
    `postgresql://u:${secret}%@h/db`,
    `${secret}://u:p@h/db`,
    `postgres+${secret}://u:p@h/db`,
    `u:${secret}@h/db`,
  ])("%s: nothing of it is quoted", (url) => {
    const error = refusal(url);
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(secret);
  });

  it("never stand in the label, whatever the password is", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), fc.string({ minLength: 1 }), (user, password) => {
        if (!user.isWellFormed() || !password.isWellFormed()) return;
        const url = `mysql://${encodeURIComponent(`<${user}>`)}:${encodeURIComponent(`<${password}>`)}@h:1/db`;
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are refused
        if (/[\u0000-\u001f\u007f]/.test(user + password)) {
          expect(() => parseUrl(url)).toThrow(UsageError);
          return;
        }
        expect(parseUrl(url)).toMatchObject({ user: `<${user}>`, password: `<${password}>`, label: "mysql://h:1/db" });
      }),
    );
  });
});
