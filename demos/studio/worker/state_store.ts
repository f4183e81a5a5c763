import { keys } from "../project/project.ts";
import { openDatabase } from "../store/database.ts";

/** Where the state of a run is kept while it trains: in the database, so that a closed tab costs an epoch at most. */
export function stateStore(run: string) {
  const key = keys.state(run);
  return {
    async read(): Promise<Uint8Array | null> {
      const database = await openDatabase().catch(() => null);
      const file = await database?.readFile(key);
      return file ? new Uint8Array(await file.arrayBuffer()) : null;
    },
    async write(bytes: Uint8Array): Promise<void> {
      const database = await openDatabase();
      await database.writeFiles(new Map([[key, new Blob([new Uint8Array(bytes)])]]));
    },
  };
}
