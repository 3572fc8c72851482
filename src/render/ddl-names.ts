/** The names of constraints and indexes: checked when declared, generated when not. Layer 3. */
import type { TableDefinition } from "../ast/ddl.ts";
import type { ColumnRef } from "../ast/expr.ts";
import type { TypeWord } from "../ast/type.ts";
import { UsageError } from "../errors.ts";
import { snakeCase } from "../util/names.ts";
import { sha256 } from "../util/sha256.ts";
import { columnName, type Naming } from "./naming.ts";
import type { Traits } from "./traits.ts";

export interface NameRules {
  readonly traits: Pick<Traits, "label" | "maxNameLength" | "nameLengthUnit">;
  /** What else this dialect cannot take in a name, as the end of a sentence; null when the name is fine. */
  readonly refuse: (name: string, what: string) => string | null;
}

/** The types whose columns get a check of their own. */
export type CheckedTypes = readonly TypeWord[];

export interface TableNames {
  readonly primaryKey: string;
  /** Of the check that a column's type needs (enum, in some dialects bool), by position of column. */
  readonly types: readonly (string | null)[];
  readonly uniques: readonly string[];
  readonly checks: readonly string[];
  readonly foreignKeys: readonly string[];
  readonly indexes: readonly string[];
}

type Limit = Pick<Traits, "maxNameLength" | "nameLengthUnit">;

function lengthOf(name: string, unit: Limit["nameLengthUnit"]): number {
  return unit === "bytes" ? Buffer.byteLength(name) : [...name].length;
}

/**
 * The name, when the database can take it as it is.
 * @throws UsageError naming the limit
 */
export function checkedName(name: string, what: string, rules: NameRules): string {
  const { label, maxNameLength, nameLengthUnit } = rules.traits;
  const shown = `the ${what} name ${JSON.stringify(name)}`;
  if (name === "") throw new UsageError(`a ${what} name is empty`);
  if (!name.isWellFormed() || /\p{Cc}/u.test(name)) throw new UsageError(`${shown} holds a control character or half of a surrogate pair`);
  if (name.endsWith(" ")) throw new UsageError(`${shown} ends with a space, which MySQL refuses`);
  const length = lengthOf(name, nameLengthUnit);
  if (length > maxNameLength) {
    throw new UsageError(`${shown} has ${length} ${nameLengthUnit}, and ${label} takes ${maxNameLength} at most`, {
      hint: "give it a shorter name",
    });
  }
  const problem = rules.refuse(name, what);
  if (problem !== null) throw new UsageError(`${shown} ${problem}`);
  return name;
}

/**
 * `post` + `author_id` + `fkey` as `post_author_id_fkey`. Past the limit the middle gives way to a hash of the whole,
 * so the same parts have the same name for ever and long names that begin alike stay apart.
 */
export function generatedName(parts: readonly string[], suffix: string, limit: Limit): string {
  const base = snakeCase(parts.join("_"));
  const whole = `${base}_${suffix}`;
  if (lengthOf(whole, limit.nameLengthUnit) <= limit.maxNameLength) return whole;
  const end = `_${sha256().update(whole).digest("hex").slice(0, 8)}_${suffix}`;
  let room = limit.maxNameLength - end.length;
  let cut = "";
  for (const character of base) {
    room -= lengthOf(character, limit.nameLengthUnit);
    if (room < 0) break;
    cut += character;
  }
  return cut + end;
}

interface Named {
  readonly name: string | null;
  readonly columns: readonly ColumnRef[];
}

/**
 * All names of one table. No two of them are equal, not even without regard to case, which MySQL and SQLite ignore.
 * @throws UsageError for a declared name that the database cannot take or that is declared twice
 */
export function namesOf(definition: TableDefinition, rules: NameRules, naming: Naming, checked: CheckedTypes): TableNames {
  const { table } = definition;
  const indexes = definition.indexes.map(({ name, columns }) => ({ name, columns: columns.map(({ column }) => column) }));
  const taken = new Set<string>();
  // Declared names go first: a generated one can give way.
  for (const { name } of [...definition.uniques, ...definition.checks, ...definition.foreignKeys, ...indexes]) {
    if (name === null) continue;
    checkedName(name, "constraint or index", rules);
    if (taken.has(name.toLowerCase())) throw new UsageError(`the name ${JSON.stringify(name)} is used twice in the table ${table.name}`);
    taken.add(name.toLowerCase());
  }
  const named = ({ name, columns }: Named, suffix: string): string => {
    if (name !== null) return name;
    const parts = [table.name, ...columns.map((column) => columnName(column, naming))];
    for (let n = 1; ; n++) {
      const found = generatedName(n === 1 ? parts : [...parts, String(n)], suffix, rules.traits);
      if (taken.has(found.toLowerCase())) continue;
      taken.add(found.toLowerCase());
      return found;
    }
  };
  return {
    primaryKey: named({ name: null, columns: definition.primaryKey }, "pk"),
    types: definition.columns.map(({ column, codec: { type } }) =>
      checked.includes(type.word) ? named({ name: null, columns: [column] }, type.word) : null,
    ),
    uniques: definition.uniques.map((unique) => named(unique, "key")),
    checks: definition.checks.map((check) => named(check, "check")),
    foreignKeys: definition.foreignKeys.map((key) => named(key, "fkey")),
    indexes: indexes.map((index) => named(index, "idx")),
  };
}
