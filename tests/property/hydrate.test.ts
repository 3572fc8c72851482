/** The generated reader against the interpreter: same rows, same values; and no text of a caller in generated code. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TypedCodec } from "../../src/ast/type.ts";
import { interpretRows } from "../../src/hydrate/interpret.ts";
import { compileRows } from "../../src/hydrate/jit.ts";
import type { RowReader, RowShape, WireAccess } from "../../src/hydrate/row-plan.ts";

type Decoder = ((raw: unknown) => unknown) | null;

/** A shape before its slots are numbered. */
type Sketch =
  | { readonly kind: "value"; readonly decoder: number }
  | { readonly kind: "object" | "instance"; readonly fields: readonly (readonly [string, Sketch])[]; readonly outer?: boolean };

const decoders: readonly Decoder[] = [null, (raw) => Number(raw), (raw) => [raw], (raw) => typeof raw, () => null];
const codecs = decoders.map((): TypedCodec => ({ type: { word: "text" } }));
const accessOf = (aliased: boolean): WireAccess => ({
  aliased,
  decode: (codec) => (decoders[codecs.indexOf(codec)] ?? null) as ReturnType<WireAccess["decode"]>,
});

const mark = Symbol("mark");

class Thing {
  static readonly rowOf = (thing: Thing): unknown => thing.#row;
  #row: unknown = null;
  constructor(given: unknown) {
    if (given !== mark) throw new Error("the constructor was not told that a row follows");
  }
  static attach(thing: Thing, row: unknown): void {
    thing.#row = row;
  }
  get inherited(): string {
    return "from the prototype";
  }
}

const target = { construct: Thing as never, mark, attach: Thing.attach as never };

const hostile = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "",
  "0",
  "10",
  "row",
  "d0",
  "o0",
  'a"b',
  "a'b",
  "a\\",
  '"]; globalThis.hurt = 1; //',
  "}); globalThis.hurt = 1; ({",
  "$\u007bglobalThis.hurt = 1}",
  "`",
  "*/",
  "\u2028",
  "\u2029",
  "\n",
  "\r",
  "\0",
  "\ud800",
  "ключ",
];

// Names come from select lists and column declarations, which refuse this one.
const name = fc.oneof(fc.constantFrom(...hostile), fc.string(), fc.string({ unit: "binary" })).filter((text) => text !== "__proto__");

function fieldsOf(field: fc.Arbitrary<Sketch>): fc.Arbitrary<readonly (readonly [string, Sketch])[]> {
  return fc.uniqueArray(fc.tuple(name, field), { minLength: 1, maxLength: 6, selector: ([key]) => key });
}

const { sketch } = fc.letrec<{ sketch: Sketch; value: Sketch; object: Sketch; instance: Sketch }>((tie) => ({
  sketch: fc.oneof({ maxDepth: 3, withCrossShrink: true }, tie("value"), tie("object"), tie("instance")),
  value: fc.record({ kind: fc.constant("value" as const), decoder: fc.nat(decoders.length - 1) }),
  object: fc.record({ kind: fc.constant("object" as const), fields: fieldsOf(tie("sketch")) }),
  instance: fc.record({ kind: fc.constant("instance" as const), fields: fieldsOf(tie("sketch")), outer: fc.boolean() }),
}));

const raw = fc.oneof(
  fc.constantFrom(null, undefined, 0, -0, Number.NaN, "", true, false, 10n),
  fc.string(),
  fc.double(),
  fc.uint8Array({ maxLength: 4 }),
  fc.date(),
);

/** Numbers the values of a sketch from left to right, as a select list does. */
function shapeOf(from: Sketch, slots: { next: number }): RowShape {
  if (from.kind === "value") return { kind: "value", slot: slots.next++, codec: codecs[from.decoder] ?? null };
  const first = slots.next;
  const fields = from.fields.map(([key, field]) => [key, shapeOf(field, slots)] as const);
  // An outer join's row is told to be missing by one of its own slots.
  return from.kind === "object"
    ? { kind: "object", fields }
    : { kind: "instance", target, fields, missing: from.outer === true ? first : null };
}

function namesOf(from: Sketch): string[] {
  return from.kind === "value" ? [] : from.fields.flatMap(([key, field]) => [key, ...namesOf(field)]);
}

const planned = sketch.chain((from) => {
  const slots = { next: 0 };
  const shape = shapeOf(from, slots);
  const row = fc.array(raw, { minLength: slots.next, maxLength: slots.next });
  return fc.record({
    shape: fc.constant(shape),
    names: fc.constant(namesOf(from)),
    rows: fc.array(row, { maxLength: 4 }),
    aliased: fc.boolean(),
  });
});

function delivered(row: readonly unknown[], aliased: boolean): object {
  return aliased ? Object.fromEntries(row.map((value, slot) => [`c${slot}`, value])) : row;
}

/** Same values, same classes, same order of keys, and instances know the same row. */
function same(a: unknown, b: unknown): boolean {
  if (!isDeepStrictEqual(a, b)) return false;
  if (a instanceof Thing && b instanceof Thing && Thing.rowOf(a) !== Thing.rowOf(b)) return false;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return true;
  const keys = Reflect.ownKeys(a);
  const others = Reflect.ownKeys(b);
  return keys.length === others.length && keys.every((key, i) => key === others[i] && same(Reflect.get(a, key), Reflect.get(b, key)));
}

const read = (reader: RowReader, row: object): unknown => reader(row as never);

/** The text of every function made while `work` runs. */
function generatedBy(work: () => void): string[] {
  const texts: string[] = [];
  vi.stubGlobal(
    "Function",
    new Proxy(Function, {
      construct(original, args: string[]) {
        texts.push(...args);
        return Reflect.construct(original, args) as object;
      },
    }),
  );
  try {
    work();
  } finally {
    vi.unstubAllGlobals();
  }
  return texts;
}

/** A quoted text, a word, a number or one sign. */
const token = /"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$]*|\d+|\S/gs;
const harmless = /^(?:return|const|let|if|new|null|undefined|row|[docv]\d+|\d+|[{}()[\]=!>;:,.?])$/;

afterEach(() => {
  expect(Reflect.get(globalThis, "hurt"), "code of a caller ran").toBeUndefined();
});

describe("the generated reader", () => {
  it("reads what the interpreter reads", () => {
    fc.assert(
      fc.property(planned, ({ shape, rows, aliased }) => {
        const access = accessOf(aliased);
        const generated = compileRows(shape, access);
        const interpreted = interpretRows(shape, access);
        for (const row of rows.map((values) => delivered(values, aliased))) {
          expect(same(read(generated, row), read(interpreted, row))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("keeps hostile names as keys", () => {
    for (const kind of ["object", "instance"] as const) {
      const fields = hostile.map((key): readonly [string, Sketch] => [key, { kind: "value", decoder: 0 }]);
      const shape = shapeOf({ kind, fields }, { next: 0 });
      const row = hostile.map((_, i) => `value ${i}`);
      for (const reader of [compileRows(shape, accessOf(false)), interpretRows(shape, accessOf(false))]) {
        const result = read(reader, row) as Record<string, unknown>;
        expect(Object.keys(result).sort()).toEqual([...hostile].sort());
        hostile.forEach((key, i) => {
          expect(Object.getOwnPropertyDescriptor(result, key)?.value).toBe(`value ${i}`);
        });
        expect(Object.getPrototypeOf(result)).toBe(kind === "object" ? Object.prototype : Thing.prototype);
      }
    }
  });

  it("holds slots and quoted names, nothing else from outside", () => {
    // A text that was made once is kept: not every plan makes one.
    let seen = 0;
    fc.assert(
      fc.property(planned, ({ shape, names, aliased }) => {
        const texts = generatedBy(() => compileRows(shape, accessOf(aliased)));
        seen += texts.length;
        for (const piece of texts.flatMap((text) => text.match(token) ?? [])) {
          if (piece.startsWith('"')) expect(["use strict", ...names]).toContain(JSON.parse(piece));
          else expect(piece).toMatch(harmless);
        }
      }),
      { numRuns: 300 },
    );
    expect(seen).toBeGreaterThan(50);
  });

  it("calls no setter of the class with what no row holds", () => {
    class Shouting {
      said = "";
      set word(text: string) {
        this.said = text.toUpperCase();
      }
    }
    const target = { construct: Shouting, mark: null, attach: () => {} };
    const read = compileRows(
      { kind: "instance", target, fields: [["word", { kind: "value", slot: 0, codec: null }]], missing: null },
      { decode: () => null, aliased: false },
    );
    expect(read(["hey"] as never)).toMatchObject({ said: "HEY" });
  });
});
