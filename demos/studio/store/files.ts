import type { Database } from "./database.ts";

/** A project's files: in the database, and in memory those for which it has no room. */
export class Files {
  readonly #inMemory = new Map<string, Blob>();

  /** @param database null where there is none: everything is kept in memory then. */
  constructor(private readonly database: Database | null) {}

  /** @returns whether they outlive the tab. */
  async put(files: ReadonlyMap<string, Blob>): Promise<boolean> {
    try {
      if (!this.database) throw new Error("there is no database");
      await this.database.writeFiles(files);
      for (const key of files.keys()) this.#inMemory.delete(key);
      return true;
    } catch {
      for (const [key, file] of files) this.#inMemory.set(key, file);
      return false;
    }
  }

  async get(key: string): Promise<Blob | null> {
    return (
      this.#inMemory.get(key) ?? (await this.database?.readFile(key).catch(() => null)) ?? null
    );
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#inMemory.delete(key);
    await this.database?.removeFiles(keys).catch(() => {});
  }

  /**
   * Removes what no project speaks of any more: left by a tab that was closed in the middle of something.
   * @returns the keys of what is there, null where that can't be told.
   */
  async sweep(kept: ReadonlySet<string>): Promise<ReadonlySet<string> | null> {
    const keys = await this.database?.fileKeys().catch(() => null);
    if (!keys) return null;
    await this.remove(keys.filter((key) => !kept.has(key)));
    return new Set(keys);
  }
}
