import { runNow, unrecorded, Variable } from "../gpu/index.ts";

/** What a scope can own: arrays. */
export interface Owned {
  release(): void;
  /** Changes hands; null: it belongs to whoever holds it. */
  moveTo(scope: Scope | null): void;
}

/** What was made in a scope and is freed at its end. */
export class Scope {
  readonly #made = new Set<Owned>();

  add(array: Owned): void {
    this.#made.add(array);
  }

  delete(array: Owned): void {
    this.#made.delete(array);
  }

  /** Frees all but `kept`, which goes to `outer`. */
  close(kept: Iterable<Owned>, outer: Scope | null): void {
    for (const array of new Set(kept)) if (this.#made.has(array)) array.moveTo(outer);
    for (const array of [...this.#made]) array.release();
  }
}

/** The innermost scope, which owns the arrays that are made now; null where each belongs to whoever holds it. */
export const innerScope = new Variable<Scope | null>(null);

/**
 * Runs `fn` and frees every array made in it except those that it returns (`kept` finds them in the result), which go to
 * the scope around, and those that were told to `keep()`. Kernels and ops therefore never free temporaries by hand.
 */
export function scope<T>(fn: () => T, kept: (result: T) => Iterable<Owned>): T {
  const own = new Scope();
  const outer = innerScope.value;
  let result: T;
  try {
    result = innerScope.run(own, fn);
  } catch (error) {
    own.close([], outer);
    throw error;
  }
  own.close(kept(result), outer);
  return result;
}

/**
 * Runs `fn` now, even while a step is being recorded, and leaves what it makes to whoever holds it: for state that is made
 * once and outlives scopes and steps, such as an optimizer's.
 */
export function persistently<T>(fn: () => T): T {
  return unrecorded(() => runNow([innerScope.as(null)], fn));
}
