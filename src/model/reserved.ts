/** Names that a column cannot have, because every instance has a member of that name. Layer 6. */
import { UsageError } from "../errors.ts";

/** The list grows in a major version only. */
export const reservedNames = [
  "afterCommit",
  "afterDelete",
  "afterInsert",
  "afterLoad",
  "afterPurge",
  "afterRestore",
  "afterRollback",
  "afterSave",
  "afterUpdate",
  "beforeDelete",
  "beforeInsert",
  "beforePurge",
  "beforeRestore",
  "beforeSave",
  "beforeUpdate",
  "belongsTo",
  "belongsToAny",
  "c",
  "changedFields",
  "changes",
  "clean",
  "clone",
  "constructor",
  "delete",
  "diff",
  "fullClean",
  "hasMany",
  "hasOne",
  "isDirty",
  "manyToMany",
  "modelDump",
  "prototype",
  "purge",
  "refresh",
  "restore",
  "revert",
  "save",
  "then",
  "toDict",
  "toJSON",
  "toString",
  "validate",
  "validateUnique",
  "__proto__",
] as const;

/** Every object has the excluded three already, so a type cannot forbid them: defining the model does. */
export type ReservedName = Exclude<(typeof reservedNames)[number], "constructor" | "toString" | "__proto__">;

const reserved: ReadonlySet<string> = new Set(reservedNames);

/** True for the name of a member that instances have already. */
export function isReserved(name: string): boolean {
  return reserved.has(name);
}

export function assertPropertyName(property: string, table: string): void {
  if (reserved.has(property)) {
    throw new UsageError(`model "${table}": a column cannot be called ${property}, every instance has a member of that name`, {
      hint: `call the property something else and keep the name in the database: ${property}_: str({ column: "${property}" })`,
    });
  }
  if (!/^[A-Za-z_$][\w$]*$/.test(property)) {
    throw new UsageError(`model "${table}": ${JSON.stringify(property)} is not a property name`, {
      hint: 'name the property freely and the column with { column: "..." }',
    });
  }
}
