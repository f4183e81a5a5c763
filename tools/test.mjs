// `npm test`: format, lint, types and every test, then one line with the sums. `npm test -- cpu gpu` runs only
// the steps named.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const failures = [];
/** On what the tests ran, what was passed over and what is absent here: said once, at the end. */
const remarks = [];
const scratch = mkdtempSync(join(tmpdir(), "graft-tests-"));
process.env.GRAFT_TEST_NOTES = scratch; // see test/notes.ts

/** The script behind a package's command, run with this Node: no shell, the same on every platform. */
function command(name, bin = name) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin: bins } = JSON.parse(readFileSync(manifest, "utf8"));
  return join(dirname(manifest), typeof bins === "string" ? bins : bins[bin]);
}

function run(script, args = [], env = {}) {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  return status === 0;
}

/** A step without tests of its own counts as one. */
function check(script, ...args) {
  return run(script, args)
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0 };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null; // Vitest ended before it could write one
  }
}

/** What the tests noted of one kind (test/notes.ts), each thing once. */
function noted(kind) {
  const file = join(scratch, kind);
  if (!existsSync(file)) return [];
  return [...new Set(readFileSync(file, "utf8").trim().split("\n"))].sort();
}

/** What failed in a test file, for the summary at the end: the reasons are far up in a long log by then. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(repository, name);
  const found = assertionResults
    .filter((test) => test.status === "failed")
    .map((test) => `${file}: ${test.fullName}\n${test.failureMessages.join("\n")}`);
  return status === "failed" && found.length === 0 ? [`${file}\n${message}`] : found;
}

function vitest(project, env = {}, options = []) {
  const report = join(scratch, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const args = ["run", `--project=${project}`, ...reporters, ...options];
  const ok = run(command("vitest"), args, env);
  const results = readReport(report);
  const passed = results?.numPassedTests ?? 0;
  const skipped = (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0);
  const broken = (results?.testResults ?? []).filter(
    (file) => file.status === "failed" && !file.assertionResults.some((t) => t.status === "failed"),
  );
  const failed = (results?.numFailedTests ?? 0) + broken.length;
  failures.push(...(results?.testResults ?? []).flatMap(failuresOf));
  // A crashed worker or an unhandled error fails the run without failing a test.
  return { passed, skipped, failed: ok ? failed : Math.max(failed, 1) };
}

/** Not again in the second browser: what opens all browsers at the same time, and what is of other things than browsers. */
const once = [
  "gpu_crash", // opens all of them
  "bench", // of libraries more than of pages
  "docs", // whose pages are a documentation tool's
  "studio_many", // of a page's work, and a minute of it
].map((name) => `test/e2e/${name}.test.ts`);

/** The end-to-end tests in the bundled browser and in an installed one: each behaves in its own way. */
function endToEnd() {
  const { stdout, status } = spawnSync(
    process.execPath,
    ["--import", "./tools/register.mjs", "tools/find_browsers.ts"],
    { cwd: repository, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  if (status !== 0) return { passed: 0, failed: 1, skipped: 0 };
  const { browsers, passedOver, missing } = JSON.parse(stdout);
  remarks.push(...passedOver.map((line) => `Passed over: ${line}`));
  if (browsers.length === 0) {
    failures.push("end-to-end tests: no browser with WebGPU, neither the bundled one nor another");
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const sums = { passed: 0, failed: 0, skipped: missing };
  const all = browsers.map(({ path }) => path).join(delimiter);
  for (const [i, { path, version, adapter, gpu }] of browsers.entries()) {
    console.log(`\n-- in ${version} (${path})`);
    remarks.push(`End-to-end tests ran in ${version} (${path}) on ${gpu}`);
    const options = i > 0 ? once.map((file) => `--exclude=${file}`) : [];
    const env = { CHROME_PATH: path, GRAFT_CHROME_ADAPTER: adapter, GRAFT_BROWSERS: all };
    const counts = vitest("e2e", env, options);
    for (const key of Object.keys(sums)) sums[key] += counts[key];
  }
  return sums;
}

/** Tests in Node come before those in browsers, and what is absent last. */
function allRemarks() {
  const adapters = noted("adapter").map((name) => `GPU tests ran in Node on ${name}`);
  const data = noted("data").join(", ");
  const python = noted("python").join(", ");
  return [
    `Node ${process.versions.node}, ${process.platform} on ${process.arch}`,
    ...adapters,
    ...remarks,
    ...(data
      ? [`Skipped for want of real data ($GRAFT_SHARED_DATA names its folder): ${data}`]
      : []),
    ...(python ? [`Skipped for want of modules of Python ($GRAFT_PYTHON): ${python}`] : []),
  ];
}

/** The drivers' messages are kept where something failed: they may tell why. */
function driverLog() {
  const log = join(scratch, "driver.log");
  const keep = process.exitCode !== 0 && existsSync(log) && readFileSync(log).length > 0;
  if (!keep) rmSync(scratch, { recursive: true, force: true });
  return keep ? [`What the graphics driver said is in ${log}`] : [];
}

const steps = {
  style: () => check(command("@biomejs/biome", "biome"), "check"),
  types: () => check(command("typescript", "tsc"), "-p", "."),
  build: () => check(join(repository, "tools/build.mjs")),
  cpu: () => vitest("cpu"),
  gpu: () => vitest("gpu"),
  package: () => vitest("package"),
  e2e: endToEnd,
};

function main(names) {
  const unknown = names.filter((name) => !(name in steps));
  if (unknown.length > 0) {
    console.error(`unknown step ${unknown.join(", ")}: known are ${Object.keys(steps).join(", ")}`);
    rmSync(scratch, { recursive: true });
    process.exitCode = 2;
    return;
  }
  const sums = { passed: 0, failed: 0, skipped: 0 };
  const failedSteps = [];
  for (const name of names.length > 0 ? names : Object.keys(steps)) {
    console.log(`\n== ${name}`);
    const started = performance.now();
    const counts = steps[name]();
    for (const key of Object.keys(sums)) sums[key] += counts[key];
    if (counts.failed > 0) failedSteps.push(name);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`== ${name}: ${counts.failed === 0 ? "passed" : "FAILED"} in ${seconds} s`);
  }
  if (failedSteps.length > 0)
    console.log(`\nFailed in ${failedSteps.join(", ")}:\n${failures.join("\n\n")}`);
  process.exitCode = sums.failed === 0 ? 0 : 1;
  console.log(`\n${[...allRemarks(), ...driverLog()].join("\n")}`); // the folder is gone then
  const skipped = sums.skipped > 0 ? `, ${sums.skipped} skipped` : "";
  console.log(`\n${sums.passed} passed, ${sums.failed} failed${skipped}`);
}

main(process.argv.slice(2));
