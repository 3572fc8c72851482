/** What is lazy and can be awaited: reading it starts with the first of these calls. Layer 0. */

export interface Awaitable<T> extends PromiseLike<T> {
  // biome-ignore lint/suspicious/noExplicitAny: as a promise's own
  catch<B = never>(rejected?: ((error: any) => B | PromiseLike<B>) | null): Promise<T | B>;
  finally(settled?: (() => void) | null): Promise<T>;
}

/** The methods of a promise over the one method that starts the work. */
export abstract class LazyPromise<T> implements Awaitable<T> {
  abstract execute(): Promise<T>;

  // biome-ignore lint/suspicious/noThenProperty: awaiting it runs it
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.execute().then(fulfilled, rejected);
  }
  catch<B = never>(rejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.execute().catch(rejected);
  }
  finally(settled?: (() => void) | null): Promise<T> {
    return this.execute().finally(settled);
  }
}
