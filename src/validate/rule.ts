/** What a rule of a column is: data that can be shown, translated and turned into a schema, and one test. Layer 5. */

export interface Rule {
  /** Its word in the entries of a ValidationError: `min_length`. */
  readonly rule: string;
  /** What stands beside it there: `{ expectedMin: 3 }`. JSON values only. */
  readonly expected: Readonly<Record<`expected${string}`, unknown>>;
  /** Said instead of the catalogue's message, in every language. */
  readonly message: string | null;
  /** The keywords of JSON Schema that say the same of the value's JSON form; null: none do. */
  readonly schema: Readonly<Record<string, unknown>> | null;
  /** What errors tell of a value that fails, where that is more than its kind. */
  readonly received?: (value: never) => string | number;
  /** Never sees null. The value is one that the column's type takes. */
  test(value: unknown): boolean;
}
