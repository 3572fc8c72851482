/** Rows that pass every rule on their way to the database. Layer 6. */
import { ValidationError } from "../errors.ts";
import { type Findings, noFindings } from "../validate/broken.ts";
import { checkClean, hasClean, invalid, throwFound, writingError } from "./accept.ts";
import type { ModelBase } from "./base.ts";
import type { ModelMeta } from "./meta.ts";

export type RowCheck = (instance: ModelBase, found: Findings, index?: number) => void;

/**
 * Asks the columns of every row, then each row's `clean()`. Rows of an array have numbers.
 * @throws ValidationError that tells everything
 */
async function clean(meta: ModelMeta, instances: readonly ModelBase[], check: RowCheck, numbered: boolean): Promise<void> {
  const found = noFindings();
  for (const [i, instance] of instances.entries()) {
    const before = found.detail.length;
    const index = numbered ? i : undefined;
    check(instance, found, index);
    if (hasClean(instance)) await checkClean(instance, found, found.detail.length > before, index);
  }
  throwFound(meta, found);
}

/** One row's `clean()`, where it has one, and its columns with it. @throws ValidationError */
export function cleanRow(meta: ModelMeta, instance: ModelBase, check: RowCheck): Promise<void> {
  return clean(meta, [instance], check, false);
}

/**
 * What is made of each row. The first that is refused leads to a look at all of them; `clean()` is asked before.
 * @throws ValidationError that tells each row's findings by its `index`
 */
export async function checkedRows<T>(
  meta: ModelMeta,
  instances: readonly ModelBase[],
  check: RowCheck,
  make: (instance: ModelBase) => T,
): Promise<T[]> {
  if (instances.some(hasClean)) await clean(meta, instances, check, true);
  try {
    return instances.map(make);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const found = noFindings();
    for (const [i, instance] of instances.entries()) check(instance, found, i);
    throw invalid(meta, found) ?? error;
  }
}

/** For what writing rows throws: a value that turned out not to be writable is an error of its row. */
export function refusedRows(meta: ModelMeta, instances: readonly ModelBase[], check: RowCheck): (error: unknown) => never {
  return (error) => {
    throw writingError(error, meta, (found) => {
      for (const [i, instance] of instances.entries()) check(instance, found, i);
    });
  };
}
