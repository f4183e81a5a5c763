/**
 * Graphics drivers and Dawn write warnings straight to file descriptor 2, on old drivers several at every start and
 * before the first word of ours. This gives them a log of their own: descriptor 2 becomes a file, and what JavaScript
 * writes to stderr goes on to where it went before. Where the process fails and the log isn't empty, it is named.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { isatty, WriteStream } from "node:tty";
import { visibleMessage } from "./visible.ts";

const STDERR = 2;

/**
 * To be called once, before anything else has written to stderr. Only on Linux, whose drivers are the talkative
 * ones, and only for a terminal or a pipe: into a file the warnings may go.
 */
export function divertNativeMessages(): void {
  if (process.platform !== "linux" || !(isatty(STDERR) || fstatSync(STDERR).isFIFO())) return;
  try {
    const terminal = openSync(`/proc/self/fd/${STDERR}`, constants.O_WRONLY | constants.O_NOCTTY);
    const log = join(mkdtempSync(join(tmpdir(), "graft-")), "driver.log");
    closeSync(STDERR);
    openSync(log, "a"); // takes the lowest number that is free: the one just closed
    const stderr = isatty(terminal) ? new WriteStream(terminal) : pipe(terminal);
    Object.defineProperty(process, "stderr", { value: stderr, configurable: true });
    // Node itself shows what nobody caught on descriptor 2.
    process.on("uncaughtExceptionMonitor", (error) =>
      stderr.write(visibleMessage(`${error.stack ?? error}\n`)),
    );
    process.on("exit", (code) => nameLog(log, code, terminal));
  } catch {
    // No /proc, no room for a log: the warnings then stay where they are.
  }
}

/** Writes at once, as Node's own stderr does, so that nothing is lost when the process ends. */
function pipe(descriptor: number): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string | Uint8Array, _, done) {
      try {
        if (typeof text === "string") writeSync(descriptor, text);
        else writeSync(descriptor, text);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}

function nameLog(log: string, code: number, terminal: number): void {
  try {
    if (code !== 0 && readFileSync(log).length > 0)
      writeSync(terminal, `What the graphics driver said is in ${log}\n`);
    else rmSync(dirname(log), { recursive: true, force: true });
  } catch {
    // The terminal is gone, or somebody cleaned up: nothing is lost by it.
  }
}
