/** The next migration file: what the models have that the files do not lead to. */
import { dirname } from "node:path";
import { UsageError } from "../src/errors.ts";
import { describeOperation } from "./compile.ts";
import { diffStates } from "./diff.ts";
import { assertOneHead, headsOf } from "./graph.ts";
import type { LoadedMigration } from "./migration.ts";
import type { Operation } from "./operations.ts";
import { effective, replay } from "./plan.ts";
import type { Hints, Question } from "./renames.ts";
import { destroyedBy } from "./reverse.ts";
import { keyOf, type SchemaState } from "./state.ts";
import { describeSlug, freshName, printMigration } from "./writer.ts";

export interface MakeOptions {
  readonly hints?: Hints;
  /** What the file is called, beside its stamp. Unset: after what it does. */
  readonly name?: string | undefined;
  /** A file without operations, to be filled by hand. */
  readonly empty?: boolean;
  /** A file that follows several ends and does nothing. */
  readonly merge?: boolean;
  /** Writes operations that destroy data. */
  readonly allowDrop?: boolean;
  readonly now?: Date;
}

export type Made =
  | { readonly kind: "nothing" }
  /** The author must answer first. */
  | { readonly kind: "questions"; readonly questions: readonly Question[] }
  /** Data would be lost, and nobody allowed it. */
  | { readonly kind: "destroys"; readonly losses: readonly string[] }
  | {
      readonly kind: "file";
      readonly name: string;
      readonly text: string;
      readonly parents: readonly string[];
      readonly operations: readonly Operation[];
      readonly changes: readonly string[];
    };

/** @throws MigrationError for several ends, unless they are to be merged */
export function makeMigration(files: readonly LoadedMigration[], models: SchemaState, o: MakeOptions = {}): Made {
  const own = effective(files, new Set());
  const heads = headsOf(own);
  if (o.merge === true) {
    if (heads.length < 2) throw new UsageError("there is nothing to merge: the migrations have one end");
    replay(own);
    return fileOf(files, heads, [], o.name ?? "merge", o);
  }
  assertOneHead(own);
  if (o.empty === true) return fileOf(files, heads, [], o.name ?? "empty", o);
  const { operations, questions } = diffStates(replay(own), models, o.hints);
  if (questions.length > 0) return { kind: "questions", questions };
  if (operations.length === 0) return { kind: "nothing" };
  const losses = operations.flatMap((operation) => destroyedBy(operation) ?? []);
  if (losses.length > 0 && o.allowDrop !== true) return { kind: "destroys", losses };
  return fileOf(files, heads, operations, o.name ?? describeSlug(operations, files.length === 0), o);
}

function fileOf(
  files: readonly LoadedMigration[],
  parents: readonly string[],
  operations: readonly Operation[],
  slug: string,
  o: MakeOptions,
): Made {
  const names = files.map(({ name }) => name);
  const name = freshName(slug, names, o.now ?? new Date());
  return {
    kind: "file",
    name,
    text: printMigration({ parents, operations }),
    parents,
    operations,
    changes: operations.map(describeOperation),
  };
}

/**
 * The state to lead to when one part of a project makes a file: its own tables as its models say, all others as they are. A table that
 * its files made and its models have no more is its own as well.
 */
export function stateForPart(files: readonly LoadedMigration[], models: SchemaState, folder: string): SchemaState {
  const current = replay(effective(files, new Set()));
  const made = new Set(
    files
      .filter(({ path }) => dirname(path) === folder)
      .flatMap(({ operations }) => operations.flatMap((operation) => (operation.op === "createTable" ? [keyOf(operation.table)] : []))),
  );
  const others = [...current].filter(([key]) => !models.has(key) && !made.has(key));
  return new Map([...others, ...models]);
}
