import { browserPlatform } from "./browser/index.ts";
import type { Platform } from "./types.ts";

let current: Platform = browserPlatform;

/** The platform in use: the browser's unless `setPlatform` chose another (`webgraft/node` does). */
export function platform(): Platform {
  return current;
}

/** Replaces the platform; returns the previous one, so that a test can put it back. */
export function setPlatform(next: Platform): Platform {
  const previous = current;
  current = next;
  return previous;
}
