/** Compiles one step for one GPU, in a process of its own: the null driver is a process's only one. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { NullDriver } from "./driver.ts";
import { type CompiledStep, readLog } from "./log.ts";
import { type StepCase, stepId } from "./steps.ts";

const run = promisify(execFile);
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Some ten thousand lines of machine code a kernel at most. */
const LOG_BYTES = 512e6;

/** @throws Error with the end of the log where the step can't be compiled. */
export async function compileStep(
  driver: NullDriver,
  family: string,
  engine: string,
  step: StepCase,
  signal?: AbortSignal,
): Promise<CompiledStep> {
  const args = ["--import", file("../../tools/register.mjs"), file("./child.ts"), engine];
  const options = { env: driver.environment(family), maxBuffer: LOG_BYTES, signal };
  try {
    const { stderr } = await run(process.execPath, [...args, stepId(step)], options);
    return readLog(stderr);
  } catch (error) {
    if (signal?.aborted) throw error;
    const log = (error as { stderr?: string }).stderr ?? "";
    const why = log.match(/^\w*Error: .*/m)?.[0] ?? log.slice(-800) ?? String(error);
    throw new Error(`${engine}, ${stepId(step)}, ${family}: ${why || String(error)}`);
  }
}
