/** Compiles one step for one GPU, in a process of its own: the null driver is a process's only one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NullDriver } from "./driver.ts";
import { type CompiledStep, readLog } from "./log.ts";
import { type StepCase, stepId } from "./steps.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** @throws Error with the end of the log where the step can't be compiled. */
export async function compileStep(
  driver: NullDriver,
  family: string,
  engine: string,
  step: StepCase,
  signal?: AbortSignal,
): Promise<CompiledStep> {
  const args = ["--import", file("../../tools/register.mjs"), file("./child.ts"), engine];
  const options = { env: driver.environment(family), signal };
  const log = await errorsOf([...args, stepId(step)], options);
  try {
    return readLog(log);
  } catch (error) {
    const why = log.match(/^\w*Error: .*/m)?.[0] ?? (error as Error).message;
    throw new Error(`${engine}, ${stepId(step)}, ${family}: ${why}`);
  }
}

/**
 * What a process of Node writes to its error output, be it successful or not. It goes into a file: a pipe can be full,
 * and Mesa drops what it can't write at once.
 *
 * @throws AbortError where the signal ended it.
 */
async function errorsOf(
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal | undefined },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "graft-compiler-"));
  const path = join(folder, "log");
  const output = await open(path, "w");
  try {
    const child = spawn(process.execPath, args, {
      ...options,
      stdio: ["ignore", "ignore", output.fd],
    });
    await once(child, "exit"); // rejects where the signal comes, or Node can't be started
    return await readFile(path, "utf8");
  } finally {
    await output.close();
    await rm(folder, { recursive: true, force: true });
  }
}
