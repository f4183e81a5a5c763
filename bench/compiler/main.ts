/** `npm run bench -- --compiler`: what kernels become on GPUs that aren't there. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchOptions } from "../options.ts";
import { installPeers } from "../peers/install.ts";
import { rounded } from "../report/write.ts";
import { sourceCommit } from "../run/machine.ts";
import { errorText } from "../run/messages.ts";
import { type NullDriver, openDriver } from "./driver.ts";
import { gpus, type NamedGpu } from "./gpus.ts";
import { resultOf, type StepResult, spilling } from "./result.ts";
import { compileStep } from "./run_step.ts";
import { isForPeers, type StepCase, stepId, steps } from "./steps.ts";
import { stepTable, summaryTable } from "./table.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

interface Wanted {
  readonly gpu: NamedGpu;
  readonly step: StepCase;
  readonly engine: string;
}

/** Peers only where they can build the network. */
function wanted({ rows, peers }: BenchOptions): Wanted[] {
  const chosen = steps.filter((step) => rows?.test(stepId(step)) ?? true);
  return gpus.flatMap((gpu) =>
    chosen.flatMap((step) =>
      ["graft", ...(isForPeers(step) ? peers : [])].map((engine) => ({
        gpu,
        step,
        engine,
      })),
    ),
  );
}

/** @returns the program's exit code: 1 where a kernel of Graft spills or can't be compiled, 130 after Ctrl-C. */
export async function compileAll(options: BenchOptions, signal: AbortSignal): Promise<number> {
  const driver = await openDriver();
  const results: StepResult[] = [];
  let failed = false;
  try {
    if (options.peers.length > 0) await installPeers((text) => console.log(text));
    for (const one of wanted(options)) {
      if (signal.aborted) return 130;
      const result = await compileOne(driver, one, signal);
      if (result) results.push(result);
      const isOwn = one.engine === "graft";
      failed ||= isOwn && (!result || spilling(result).length > 0);
    }
  } finally {
    await driver.close();
  }
  console.log(summaryTable(results).join("\n"));
  await write(results, options);
  return failed ? 1 : 0;
}

async function compileOne(
  driver: NullDriver,
  { gpu, step, engine }: Wanted,
  signal: AbortSignal,
): Promise<StepResult | null> {
  try {
    const compiled = await compileStep(driver, gpu.family, engine, step, signal);
    const result = resultOf(step, engine, gpu, compiled);
    console.log(`${stepTable(result).join("\n")}\n`);
    return result;
  } catch (error) {
    console.log(`${gpu.family} · ${stepId(step)} · ${engine}: ${errorText(error)}\n`);
    return null;
  }
}

/** Only a whole run takes the place of the results that are kept. */
async function write(results: readonly StepResult[], options: BenchOptions): Promise<void> {
  const whole = options.rows === null && options.peers.length > 0;
  const folder = options.out ?? join(repository, whole ? "bench/results" : "out/bench");
  await mkdir(folder, { recursive: true });
  const path = join(folder, "compiler.json");
  const run = {
    date: new Date().toISOString().slice(0, 10),
    commit: sourceCommit(),
    gpus,
    // Other libraries' kernels would be two thirds of the file, and are their authors' affair.
    results: results.map((result) =>
      result.engine === "graft" ? result : { ...result, kernels: undefined },
    ),
  };
  await writeFile(path, `${JSON.stringify(run, rounded, 1)}\n`);
  console.log(`\nwrote ${relative(process.cwd(), path)}`);
}
