/** Numbers that look random and are the same in every run and on every machine. */

export interface Random {
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  /** Between `least` and `most` letters, digits and signs. */
  letters(least: number, most: number): string;
}

const signs = "0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ,";

/** One stream per name: a table does not change when another one draws more numbers. */
export function randomOf(name: string): Random {
  let state = Array.from(name).reduce((hash, sign) => Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193), 0x811c9dc5);
  // A counter whose bits are mixed; 32 bits are plenty for a few million draws.
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    whole,
    pick: (from) => from[whole(0, from.length - 1)] as (typeof from)[number],
    letters(least, most) {
      let text = "";
      for (let left = whole(least, most); left > 0; left--) text += signs[whole(0, signs.length - 1)];
      return text;
    },
  };
}
