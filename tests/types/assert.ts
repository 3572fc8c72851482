/** Assertions of the type tests: they cost nothing at run time and fail while compiling. */

/** True when A and B are the same type, optional and readonly marks included; `any` equals only itself. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `check<Same<A, B>>()` compiles only when the two are the same. */
export function check<T extends true>(..._proof: T extends true ? [] : [never]): void {}
