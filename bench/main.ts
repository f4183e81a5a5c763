/** `npm run bench`: see options.ts for what it takes and report/ for what it gives. */
import { relative } from "node:path";
import { compileAll } from "./compiler/main.ts";
import { type BenchOptions, help, parseOptions } from "./options.ts";
import { installPeers } from "./peers/install.ts";
import { colorsFor } from "./report/colors.ts";
import { runText } from "./report/table.ts";
import { resultsFolder, writeRun } from "./report/write.ts";
import { chosenWorkloads, runPlace } from "./run/host.ts";
import { errorText } from "./run/messages.ts";
import { Progress } from "./run/progress.ts";
import type { Place, Run } from "./types.ts";

/** The first Ctrl-C (or SIGTERM) ends the run and keeps its results; the second ends the program. */
function stopOnInterrupt(): AbortController {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"])
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130);
      console.log("\nstopping; what is there is kept");
      stop.abort();
    });
  return stop;
}

async function benchAt(
  place: Place,
  options: BenchOptions,
  secondsLeft: number | null,
  signal: AbortSignal,
): Promise<Run> {
  // Without being named, peers only run in the browser: that is where people meet them.
  const peers = place === "node" && options.places.length > 1 ? [] : options.peers;
  const engines = ["graft", ...peers];
  const progress = new Progress(chosenWorkloads(options), engines, process.stdout);
  console.log(colorsFor(process.stdout).bold(`\n${place}: ${engines.join(", ")}`));
  return runPlace({ ...options, seconds: secondsLeft, place, engines, signal }, progress);
}

/** Whether anything of Graft's own failed: a peer's failure is only a result. */
function ownFailures(run: Run): number {
  const failed = run.rows.filter(({ results }) =>
    results.some(({ engine, error }) => engine === "graft" && error),
  );
  return failed.length;
}

async function bench(options: BenchOptions): Promise<number> {
  const { signal } = stopOnInterrupt();
  const begun = performance.now();
  if (options.peers.length > 0) await installPeers((text) => console.log(text));
  let failed = 0;
  for (const [i, place] of options.places.entries()) {
    if (signal.aborted) break;
    const spent = (performance.now() - begun) / 1000;
    // The browser has the peers to wait for; Node gets what is left.
    const left =
      options.seconds === null
        ? null
        : (options.seconds - spent) * (i + 1 < options.places.length ? 0.68 : 1);
    const run = await benchAt(place, options, left, signal);
    const written = await writeRun(run, resultsFolder(options, run));
    console.log(`\n${runText(run)}\n`);
    for (const path of written) console.log(`wrote ${relative(process.cwd(), path)}`);
    failed += ownFailures(run);
  }
  return signal.aborted ? 130 : failed > 0 ? 1 : 0;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) console.log(help);
  else if (options.compiler) return compileAll(options, stopOnInterrupt().signal);
  else if (options.transferTable) {
    const { measureTransfer } = await import("./transfer_table/main.ts");
    return measureTransfer(options, stopOnInterrupt().signal);
  } else if (options.list) for (const { id } of chosenWorkloads(options)) console.log(id);
  else return bench(options);
  return 0;
}

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  console.error(`bench: ${errorText(error)}`);
  return 1;
});
