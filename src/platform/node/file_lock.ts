import { readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";

/** Whoever holds a lock touches it so often, in milliseconds. */
const TOUCH = 5_000;
/** One that wasn't touched for so long is nobody's. */
const ABANDONED = 30_000;

/** Two processes appending to one file would spoil it: the file `….lock` beside it says that one does. */
export class FileLock {
  readonly #path: string;
  readonly #touching: NodeJS.Timeout;

  /** @throws Error when another process, perhaps of another machine or container, is writing the file. */
  constructor(file: string) {
    this.#path = `${file}.lock`;
    if (!take(this.#path)) {
      if (!isAbandoned(this.#path)) throw new Error(heldText(file, this.#path));
      rmSync(this.#path, { force: true });
      if (!take(this.#path)) throw new Error(heldText(file, this.#path));
    }
    this.#touching = setInterval(() => touch(this.#path), TOUCH);
    this.#touching.unref();
  }

  release(): void {
    clearInterval(this.#touching);
    rmSync(this.#path, { force: true });
  }
}

/** Where the number of a process means this process: numbers are given anew in each container. */
function here(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/** @returns false where somebody has it. */
function take(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid} ${here()}`, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Somebody cleaned up; what comes is still written to a file of its own name.
  }
}

function isAbandoned(path: string): boolean {
  try {
    const [, holder, place] = /^(\d+) ?(.*)$/.exec(readFileSync(path, "utf8")) ?? [];
    if (place === here() && !isRunning(Number(holder))) return true;
    return Date.now() - statSync(path).mtimeMs > ABANDONED;
  } catch {
    return true; // it was given back meanwhile
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not permitted to signal it: then it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function heldText(file: string, lock: string): string {
  const holder = /^\d+/.exec(readFileSync(lock, { encoding: "utf8" }))?.[0] ?? "another";
  return (
    `${file}: process ${holder} is downloading it already; wait for it, or where it was ended elsewhere try again in half ` +
    "a minute"
  );
}
