/** The tables of the Chinook sample database as its authors publish them, for each database. */
import { type Engine, sql } from "../../src/index.ts";
import type { Family } from "../targets/target.ts";

type Type = "int" | "text" | "decimal" | "datetime";
interface Column {
  readonly name: string;
  readonly type: Type;
  readonly length?: number;
  readonly required?: boolean;
  readonly references?: string;
}
interface Table {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly Column[];
}

const int = (name: string, o: Partial<Column> = {}): Column => ({ name, type: "int", ...o });
const text = (name: string, length: number, required = false): Column => ({ name, type: "text", length, required });
const needed = { required: true };
const address = ["Address:70", "City:40", "State:40", "Country:40", "PostalCode:10"].map((part) => {
  const [name = "", length] = part.split(":");
  return text(name, Number(length));
});

export const chinook: readonly Table[] = [
  { name: "Artist", key: ["ArtistId"], columns: [int("ArtistId", needed), text("Name", 120)] },
  {
    name: "Album",
    key: ["AlbumId"],
    columns: [int("AlbumId", needed), text("Title", 160, true), int("ArtistId", { ...needed, references: "Artist" })],
  },
  {
    name: "Employee",
    key: ["EmployeeId"],
    columns: [
      int("EmployeeId", needed),
      text("LastName", 20, true),
      text("FirstName", 20, true),
      text("Title", 30),
      int("ReportsTo", { references: "Employee" }),
      { name: "BirthDate", type: "datetime" },
      { name: "HireDate", type: "datetime" },
      ...address,
      text("Phone", 24),
      text("Fax", 24),
      text("Email", 60),
    ],
  },
  {
    name: "Customer",
    key: ["CustomerId"],
    columns: [
      int("CustomerId", needed),
      text("FirstName", 40, true),
      text("LastName", 20, true),
      text("Company", 80),
      ...address,
      text("Phone", 24),
      text("Fax", 24),
      text("Email", 60, true),
      int("SupportRepId", { references: "Employee" }),
    ],
  },
  {
    name: "Invoice",
    key: ["InvoiceId"],
    columns: [
      int("InvoiceId", needed),
      int("CustomerId", { ...needed, references: "Customer" }),
      { name: "InvoiceDate", type: "datetime", required: true },
      ...address.map((column) => ({ ...column, name: `Billing${column.name}` })),
      { name: "Total", type: "decimal", required: true },
    ],
  },
  { name: "Genre", key: ["GenreId"], columns: [int("GenreId", needed), text("Name", 120)] },
  { name: "MediaType", key: ["MediaTypeId"], columns: [int("MediaTypeId", needed), text("Name", 120)] },
  {
    name: "Track",
    key: ["TrackId"],
    columns: [
      int("TrackId", needed),
      text("Name", 200, true),
      int("AlbumId", { references: "Album" }),
      int("MediaTypeId", { ...needed, references: "MediaType" }),
      int("GenreId", { references: "Genre" }),
      text("Composer", 220),
      int("Milliseconds", needed),
      int("Bytes"),
      { name: "UnitPrice", type: "decimal", required: true },
    ],
  },
  {
    name: "InvoiceLine",
    key: ["InvoiceLineId"],
    columns: [
      int("InvoiceLineId", needed),
      int("InvoiceId", { ...needed, references: "Invoice" }),
      int("TrackId", { ...needed, references: "Track" }),
      { name: "UnitPrice", type: "decimal", required: true },
      int("Quantity", needed),
    ],
  },
  { name: "Playlist", key: ["PlaylistId"], columns: [int("PlaylistId", needed), text("Name", 120)] },
  {
    name: "PlaylistTrack",
    key: ["PlaylistId", "TrackId"],
    columns: [int("PlaylistId", { ...needed, references: "Playlist" }), int("TrackId", { ...needed, references: "Track" })],
  },
];

/** The published scripts differ in their words for types, and PostgreSQL's has names in snake case. */
const words: Readonly<Record<Family, Readonly<Record<Type, string>>>> = {
  postgres: { int: "INT", text: "VARCHAR", decimal: "NUMERIC(10,2)", datetime: "TIMESTAMP" },
  sqlite: { int: "INTEGER", text: "NVARCHAR", decimal: "NUMERIC(10,2)", datetime: "DATETIME" },
  mysql: { int: "INT", text: "NVARCHAR", decimal: "NUMERIC(10,2)", datetime: "DATETIME" },
};

const snake = (name: string): string => name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();

export async function createChinook(db: Engine): Promise<void> {
  const family = db.dialect.name;
  const named = family === "postgres" ? snake : (name: string) => name;
  const quote = (name: string): string =>
    family === "sqlite" ? `[${named(name)}]` : family === "mysql" ? `\`${named(name)}\`` : named(name);
  for (const { name, key, columns } of chinook) {
    const lines = columns.map((column) => {
      const type = words[family][column.type] + (column.length === undefined ? "" : `(${column.length})`);
      return `${quote(column.name)} ${type}${column.required === true ? " NOT NULL" : ""}`;
    });
    lines.push(`CONSTRAINT ${quote(`PK_${name}`)} PRIMARY KEY (${key.map(quote).join(", ")})`);
    for (const column of columns) {
      if (column.references === undefined) continue;
      const target = chinook.find((table) => table.name === column.references);
      const keyed = `CONSTRAINT ${quote(`FK_${name}${column.name}`)} FOREIGN KEY (${quote(column.name)})`;
      lines.push(
        `${keyed} REFERENCES ${quote(column.references)} (${quote(target?.key[0] ?? "")}) ON DELETE NO ACTION ON UPDATE NO ACTION`,
      );
    }
    await db.execute`${sql.unsafe(`CREATE TABLE ${quote(name)} (\n    ${lines.join(",\n    ")}\n)`)}`;
    for (const column of columns) {
      if (column.references === undefined) continue;
      await db.execute`${sql.unsafe(`CREATE INDEX ${quote(`IFK_${name}${column.name}`)} ON ${quote(name)} (${quote(column.name)})`)}`;
    }
  }
}
