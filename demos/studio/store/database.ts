import type { Project } from "../project/types.ts";

/** The browser's database in which the studio keeps its project and the files that belong to it. */
const NAME = "graft-studio";
const CURRENT = "current";

export interface Database {
  readProject(): Promise<Project | null>;
  writeProject(project: Project): Promise<void>;
  readFile(key: string): Promise<Blob | null>;
  /** @throws DOMException "QuotaExceededError" where there is no room. */
  writeFiles(files: ReadonlyMap<string, Blob>): Promise<void>;
  removeFiles(keys: readonly string[]): Promise<void>;
  fileKeys(): Promise<string[]>;
}

/** @throws where storage is forbidden, as in some private windows. */
export async function openDatabase(): Promise<Database> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("projects");
    request.result.createObjectStore("files");
  };
  const database = await answerOf(request);
  const projects = (mode: IDBTransactionMode) =>
    database.transaction("projects", mode).objectStore("projects");
  const files = (mode: IDBTransactionMode) =>
    database.transaction("files", mode).objectStore("files");
  return {
    readProject: async () =>
      (await answerOf<Project | undefined>(projects("readonly").get(CURRENT))) ?? null,
    writeProject: (project) => {
      const store = projects("readwrite");
      store.put(project, CURRENT);
      return doneOf(store.transaction);
    },
    readFile: async (key) => (await answerOf<Blob | undefined>(files("readonly").get(key))) ?? null,
    writeFiles: (entries) => {
      const store = files("readwrite");
      for (const [key, file] of entries) store.put(file, key);
      return doneOf(store.transaction);
    },
    removeFiles: (keys) => {
      const store = files("readwrite");
      for (const key of keys) store.delete(key);
      return doneOf(store.transaction);
    },
    fileKeys: async () => (await answerOf(files("readonly").getAllKeys())).map(String),
  };
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

function doneOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onabort = () => fail(transaction.error);
    transaction.onerror = () => fail(transaction.error);
  });
}
