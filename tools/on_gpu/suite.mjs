// `npm run gpu`: the whole suite on a machine with a GPU: are the kernels right, how fast are they beside other libraries, and
// which variants are best here. Needs Node and the packages, which may lie beside it packed (`npm run gpu -- --pack FOLDER`):
// no network, no browser.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const ts = ["--enable-source-maps", "--import", "./tools/register.mjs"];

const HELP = `npm run gpu -- [options]

On this machine's GPU: every test of kernels, ops and training; times beside TensorFlow.js, jax-js and, where python3 has
it, PyTorch; then the variants of kernels timed against each other. Results go to out/gpu.

  --pack FOLDER   writes a folder of less than 64 MiB that runs all this without a network (64-bit Linux)
  --quick         the main tests and rows, in a few minutes
  --software      also where there is only a software adapter`;

const { values: options } = parseArgs({
  options: {
    pack: { type: "string" },
    quick: { type: "boolean" },
    software: { type: "boolean" },
    help: { type: "boolean" },
  },
});

/** The packages from the archive beside them, once. */
function unpack() {
  if (existsSync(join(repository, "node_modules")) || !existsSync(join(repository, "packages.tgz")))
    return;
  console.log("unpacking the packages");
  const { status } = spawnSync("tar", ["-xzf", "packages.tgz"], {
    cwd: repository,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("packages.tgz can't be unpacked: is there a tar, and room?");
}

function run(command, args, out = "inherit") {
  const found = spawnSync(command, args, {
    cwd: repository,
    stdio: ["inherit", out, "inherit"],
    encoding: "utf8",
    maxBuffer: 64e6,
  });
  return { passed: found.status === 0, output: found.stdout ?? "" };
}

const node = (args, out) => run(process.execPath, args, out);
const vitest = "node_modules/vitest/vitest.mjs";

/** @returns what WebGPU runs on here, as JSON of tools/on_gpu/adapter.ts. */
function findAdapter() {
  const { passed, output } = node([...ts, "tools/on_gpu/adapter.ts"], "pipe");
  if (!passed) throw new Error("WebGPU doesn't start here: see above");
  return JSON.parse(output);
}

/** The suite's steps: each has a title and what it runs. A step that fails doesn't stop those after it. */
function steps(folder) {
  const tests = options.quick ? ["test/ops", "test/kernels", "test/golden"] : [];
  const rows = options.quick ? ["--quick"] : [];
  const report = [
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${folder}/tests.json`,
  ];
  const bench = ["bench/main.ts", "--node", "--peers", "jax,tfjs", "--out", folder, ...rows];
  const network = ["--arch", "vgg16", "--size", "32", "--batch-size", "8"];
  return [
    [
      "are the kernels right?",
      () => node([vitest, "run", "--project", "gpu", ...report, ...tests]),
    ],
    ["how fast are they?", () => node([...ts, ...bench])],
    ["PyTorch, the same steps", () => pytorch(folder)],
    ["which variants are best here?", () => node([...ts, "src/cli/main.ts", "tune", ...network])],
    ["what was measured", () => keepTuning(folder)],
  ];
}

/** Absent is no failure: few machines have it. */
function pytorch(folder) {
  if (spawnSync("python3", ["-c", "import torch"]).status !== 0) {
    console.log("python3 has no torch: left out");
    return { passed: true };
  }
  return run("python3", ["bench/peers/torch_steps.py", "--out", join(folder, "pytorch.json")]);
}

function keepTuning(folder) {
  const { passed, output } = node([...ts, "src/cli/main.ts", "tune", "--list", "--json"], "pipe");
  writeFileSync(join(folder, "tuning.jsonl"), output);
  return { passed };
}

function suite() {
  unpack();
  const adapter = findAdapter();
  console.log(`adapter: ${adapter.name}`);
  if (adapter.kind !== "gpu" && !options.software)
    throw new Error(
      `${adapter.name} is a software adapter, not a GPU; --software runs the suite on it`,
    );
  const folder = join(repository, "out", "gpu");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "adapter.json"), `${JSON.stringify(adapter, null, 1)}\n`);
  const failed = [];
  for (const [title, work] of steps(folder)) {
    console.log(`\n== ${title}`);
    if (!work().passed) failed.push(title);
  }
  console.log(`\nresults: ${folder}${failed.length > 0 ? `\nfailed: ${failed.join("; ")}` : ""}`);
  return failed.length > 0 ? 1 : 0;
}

async function main() {
  if (options.help) console.log(HELP);
  else if (options.pack) await (await import("./pack.mjs")).pack(options.pack);
  else return suite();
  return 0;
}

process.exitCode = await main().catch((error) => {
  console.error(error.message);
  return 1;
});
