import type { TaskStorage } from "../types.ts";

/** https://github.com/tc39/proposal-async-context, which no browser has yet. */
interface AsyncContext {
  Variable: new <T>() => { get(): T | undefined; run<R>(value: T, fn: () => R): R };
}

declare global {
  var AsyncContext: AsyncContext | undefined;
}

/** null where the browser can't follow a function through its awaits. */
export function taskStorage<T>(): TaskStorage<T> | null {
  return globalThis.AsyncContext ? new globalThis.AsyncContext.Variable<T>() : null;
}
