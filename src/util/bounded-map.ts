/**
 * A bounded map that forgets what was not used for longest: kept statements must not grow without limit. Layer 0.
 */

/** A map of at most `limit` entries; reading an entry makes it the youngest. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;
  readonly #onEvict: (value: V) => void;

  constructor(limit: number, onEvict: (value: V) => void = () => {}) {
    this.#limit = limit;
    this.#onEvict = onEvict;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    // While there is room for as many again, nothing is near being forgotten.
    if (value === undefined || this.#entries.size * 2 <= this.#limit) return value;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const [oldest, evicted] of this.#entries) {
      this.#entries.delete(oldest);
      this.#onEvict(evicted);
      return;
    }
  }

  /** Forgets one entry without calling the eviction callback. */
  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Forgets all entries and calls the eviction callback for each. */
  clear(): void {
    const values = [...this.#entries.values()];
    this.#entries.clear();
    for (const value of values) this.#onEvict(value);
  }

  get size(): number {
    return this.#entries.size;
  }
}
