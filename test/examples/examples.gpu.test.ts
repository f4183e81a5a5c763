/** Each example runs as it stands, in a process of its own, and reaches its figure. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { serveFolders } from "../../tools/static_server.ts";
import { sharedData } from "../shared_data.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const examples = join(repository, "examples");
const register = pathToFileURL(join(repository, "tools/register.mjs")).href;
/** Examples write beside where they are started. */
const folder = mkdtempSync(join(tmpdir(), "graft-examples-"));

afterAll(() => rmSync(folder, { recursive: true }));

/** The least accuracy in percent that each must reach without arguments, on data that it draws itself. */
const least: Readonly<Record<string, number>> = {
  any_cut: 80,
  features_only: 80,
  fine_tune: 80,
  fine_tune_folder: 80,
  image_and_measurements: 57,
  joint_objective: 80,
  judge: 80,
  keras_in_onnx_out: 80,
  own_layer: 65,
  own_metric_and_loss: 80,
  own_op: 80,
  segmentation: 80,
  several_labels: 85,
  two_inputs: 80,
  vision_transformer: 90,
};

const scripts = readdirSync(examples)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => basename(name, ".ts"));

/** @returns what the script printed. @throws Error with what it complained of, where it failed. */
function run(name: string, args: string[] = [], env: Record<string, string> = {}): Promise<string> {
  const path = join(examples, `${name}.ts`);
  const child = spawn(process.execPath, ["--import", register, path, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [printed, complaints] = ["", ""];
  child.stdout.on("data", (text) => {
    printed += text;
  });
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${name} ended with ${code}:\n${printed}\n${complaints}`));
    });
  });
}

/** The last accuracy that was printed, in percent. */
function accuracyIn(printed: string): number {
  const found = [...printed.matchAll(/accuracy ([\d.]+) %/g)].at(-1);
  expect(found, printed).toBeDefined();
  return Number(found?.[1]);
}

describe("the examples", { timeout: 600_000 }, () => {
  it("are all known here", () => {
    expect(scripts.sort()).toEqual(Object.keys(least));
  });

  it.each(scripts)("%s reaches its figure on data that it draws", async (name) => {
    const printed = await run(name);
    expect(accuracyIn(printed), printed).toBeGreaterThanOrEqual(least[name]);
    if (name !== "keras_in_onnx_out") return;
    const [keras, onnx] = [...printed.matchAll(/accuracy .*/g)].map(([text]) => text);
    expect(onnx).toBe(keras);
  });
});

describe("federated training", { timeout: 600_000 }, () => {
  it("teaches a network by clients in worker threads, over sockets", async () => {
    const printed = await run("federated/main");
    expect(printed.match(/^round \d, 3 clients$/gm), printed).toHaveLength(4);
    expect(accuracyIn(printed), printed).toBeGreaterThanOrEqual(60);
  });
});

const photos = sharedData("photos_ants_bees/train");
const mobilenet = sharedData("weights/mobilenet_v1_025_224_tfjs");

/** Weights by name come from a mirror on this machine. */
async function withMirror<T>(weights: string, work: (mirror: string) => Promise<T>): Promise<T> {
  const mirrored = join(folder, "mirror/mobilenet_v1_0.25");
  mkdirSync(mirrored, { recursive: true });
  for (const file of readdirSync(weights)) {
    const name = file.replace(/^mobilenet_model/, "model");
    symlinkSync(join(weights, file), join(mirrored, name));
  }
  const server = await serveFolders({ "/": join(folder, "mirror") });
  try {
    return await work(server.url);
  } finally {
    await server.close();
    rmSync(mirrored, { recursive: true });
  }
}

describe.skipIf(!photos || !mobilenet)("with photos", { timeout: 600_000 }, () => {
  it.each(["features_only", "fine_tune_folder"])("%s tells ants from bees", (name) =>
    withMirror(mobilenet!, async (mirror) => {
      const env = { GRAFT_MIRROR: mirror, GRAFT_CACHE: join(folder, "cache") };
      const printed = await run(name, [photos!], env);
      expect(accuracyIn(printed), printed).toBeGreaterThanOrEqual(80);
    }),
  );
});
