/** What a random case is made of, as data: tables that refer to each other, their rows, and what a query loads. */
import fc from "fast-check";

/** `soft` rows are marked when they are deleted, `archive` rows move to another table. */
export type Style = "plain" | "soft" | "archive";
/** One integer, one text, or a text and an integer. */
export type KeyForm = "id" | "code" | "pair";

export interface TableCase {
  readonly style: Style;
  readonly key: KeyForm;
  /** One entry for each row: where its references lead, by numbers that wrap round; and whether it is deleted. */
  readonly rows: readonly { readonly n: number; readonly to: readonly number[]; readonly deleted: boolean }[];
}
/** Columns of `from` that hold a key of `to`: both by numbers that wrap round. */
export interface ReferenceCase {
  readonly from: number;
  readonly to: number;
  /** Seen from the other side: many rows, or one at most. */
  readonly back: "many" | "one";
  /** What the relation back asks for: rows from `min`, by `n` downwards. */
  readonly scoped: { readonly min: number } | null;
}
export interface LinkCase {
  readonly left: number;
  readonly right: number;
  readonly style: Exclude<Style, "archive">;
  readonly rows: readonly { readonly left: number; readonly right: number; readonly deleted: boolean }[];
}
export type Kept = "live" | "all" | "deleted";

/** A relation of the place at hand, by a number that wraps round. */
export interface BranchCase {
  readonly relation: number;
  readonly asked: { readonly min: number | null; readonly limit: number | null; readonly offset: number; readonly kept: Kept } | null;
  readonly below: readonly BranchCase[];
}
export interface QueryCase {
  readonly root: number;
  readonly kept: Kept;
  readonly branches: readonly BranchCase[];
  /** To-one relations are read in the same statement where that can be. */
  readonly joined: boolean;
  readonly reading: "await" | "for await" | "batches of two";
}
export interface Case {
  readonly tables: readonly TableCase[];
  readonly references: readonly ReferenceCase[];
  readonly links: readonly LinkCase[];
  readonly queries: readonly QueryCase[];
}

/** Queries of one set of tables. */
export const perCase = 10;

const small = fc.nat({ max: 9 });
const kept = fc.constantFrom<Kept>("live", "live", "all", "deleted");

const deepest = 3;

/** Relations, and relations below them. */
function branches(depth: number): fc.Arbitrary<BranchCase[]> {
  if (depth === 0) return fc.constant([]);
  const asked = fc.record({ min: fc.option(small), limit: fc.option(fc.nat({ max: 3 })), offset: fc.nat({ max: 2 }), kept });
  return fc.array(fc.record({ relation: fc.nat({ max: 29 }), asked: fc.option(asked), below: branches(depth - 1) }), {
    minLength: depth === deepest ? 1 : 0,
    maxLength: 2,
    size: "max",
  });
}

export const anyCase: fc.Arbitrary<Case> = fc.record({
  tables: fc.array(
    fc.record({
      style: fc.constantFrom<Style>("plain", "plain", "soft", "archive"),
      key: fc.constantFrom<KeyForm>("id", "id", "code", "pair"),
      rows: fc.array(
        fc.record({
          n: small,
          to: fc.array(fc.nat({ max: 11 }), { minLength: 3, maxLength: 3 }),
          deleted: fc.boolean(),
        }),
        { maxLength: 9, size: "max" },
      ),
    }),
    { minLength: 1, maxLength: 4, size: "max" },
  ),
  references: fc.array(
    fc.record({
      from: fc.nat({ max: 3 }),
      to: fc.nat({ max: 3 }),
      back: fc.constantFrom<"many" | "one">("many", "many", "one"),
      scoped: fc.option(fc.record({ min: small })),
    }),
    { minLength: 2, maxLength: 6, size: "max" },
  ),
  links: fc.array(
    fc.record({
      left: fc.nat({ max: 3 }),
      right: fc.nat({ max: 3 }),
      style: fc.constantFrom<"plain" | "soft">("plain", "soft"),
      rows: fc.array(fc.record({ left: fc.nat({ max: 7 }), right: fc.nat({ max: 7 }), deleted: fc.boolean() }), {
        maxLength: 16,
        size: "max",
      }),
    }),
    { maxLength: 2, size: "max" },
  ),
  queries: fc.array(
    fc.record({
      root: fc.nat({ max: 3 }),
      kept,
      branches: branches(deepest),
      joined: fc.boolean(),
      reading: fc.constantFrom<QueryCase["reading"]>("await", "for await", "batches of two"),
    }),
    { minLength: perCase, maxLength: perCase },
  ),
});
