/** Each example runs as it stands, in a process of its own, and reaches its figure. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { repository } from "../import_graph.ts";
import { runScript } from "../run_script.ts";

/** Where examples are started, and write. */
export let folder = "";

/** To be called by each file, as this module outlives it: makes that folder, and takes it away. */
export function runInFolder(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "graft-examples-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
}

/** The least accuracy in percent that each must reach without arguments, on data that it draws itself. */
export const least: Readonly<Record<string, number>> = {
  any_cut: 80,
  features_only: 80,
  fine_tune: 80,
  fine_tune_folder: 80,
  image_and_measurements: 57,
  joint_objective: 80,
  judge: 80,
  keras_in_onnx_out: 80,
  own_layer: 80,
  own_metric_and_loss: 80,
  own_op: 80,
  segmentation: 80,
  several_labels: 85,
  two_inputs: 80,
  vision_transformer: 90,
};

/** Those that train a network from scratch: half of the time. */
export const fromScratch = ["segmentation", "vision_transformer"];

/** @returns what the example printed. */
export function run(name: string, args: string[] = [], env: Record<string, string> = {}) {
  return runScript(join(repository, "examples", `${name}.ts`), { cwd: folder, args, env });
}

/** The last accuracy that was printed, in percent. */
export function accuracyIn(printed: string): number {
  const found = [...printed.matchAll(/accuracy ([\d.]+) %/g)].at(-1);
  expect(found, printed).toBeDefined();
  return Number(found?.[1]);
}
