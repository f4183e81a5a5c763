import { AsyncLocalStorage } from "node:async_hooks";
import type { TaskStorage } from "../types.ts";

export function taskStorage<T>(): TaskStorage<T> {
  const storage = new AsyncLocalStorage<T>();
  return { get: () => storage.getStore(), run: (value, fn) => storage.run(value, fn) };
}
