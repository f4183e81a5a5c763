import type { Read } from "./recording.ts";

/** What a recording was made from, and whether it is still so. */
export class Dependencies {
  readonly #reads = new Map<object, Read>();
  #seen: { readonly read: Read; readonly list: readonly unknown[] }[] = [];

  add(key: object, read: Read): void {
    if (!this.#reads.has(key)) this.#reads.set(key, read);
  }

  /** At the end of the recording: a flag that the function changed and put back is as it was. */
  note(): void {
    this.#seen = [...this.#reads.values()].map((read) => ({ read, list: read() }));
    this.#reads.clear();
  }

  get hold(): boolean {
    return this.#seen.every(({ read, list }) => isSame(list, read()));
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
