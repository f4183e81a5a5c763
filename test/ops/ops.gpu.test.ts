/// <reference types="vite/types/importMeta.d.ts" />
// Runs every OpInfo: forward against its float64 reference, gradients against central differences,
// bad input against its error text; and checks that no op lacks one (test/shaders.test.ts does the same
// for shaders).
import { describe, expect, it } from "vitest";
import { registry } from "../../src/autograd/op.ts";
import { sizeOf } from "../../src/base/index.ts";
import { currentDevice, type Device } from "../../src/gpu/index.ts";
import { deviceWith, gpuProfile, onDevice } from "../profiles.ts";
import {
  checkCaptured,
  checkForward,
  checkGradients,
  type Prepared,
  prepare,
  supported,
} from "./harness.ts";
import type { OpInfo, Sample } from "./op_info.ts";

const modules = import.meta.glob<{ info?: OpInfo }>([
  "./*.ts",
  "!./*.test.ts",
  "!./{op_info,harness,compare,numeric_gradient,seeded}.ts",
]);
const ops = import.meta.glob("../../src/autograd/ops/**/*.ts");

const device = currentDevice();
const asGpu = deviceWith(gpuProfile(device));

const infos: OpInfo[] = [];
for (const [path, load] of Object.entries(modules)) {
  const name = path.slice(2, -3);
  try {
    const { info } = await load();
    if (!info) continue;
    infos.push(info);
    describe(name, () => defineTests(info));
  } catch (error) {
    it(`${name} loads`, () => {
      throw error;
    });
  }
}

function defineTests({ samples, errors, gpuKernels }: OpInfo): void {
  for (const sample of samples) {
    let kept: Prepared | undefined;
    const prepared = () => {
      if (isLarge(sample)) return prepare(sample); // needed once, and would take a gigabyte
      kept ??= prepare(sample);
      return kept;
    };
    it(sample.label, ({ skip }) => {
      if (!supported(sample, device)) skip("this adapter has no shader-f16");
      return check(prepared(), device);
    });
    if (!gpuKernels || device.profile.kind === "gpu" || isLarge(sample)) continue;
    it(`${sample.label}, with a GPU's kernels`, ({ skip }) => {
      if (!supported(sample, device)) skip("this adapter has no shader-f16");
      return onDevice(asGpu, () => check(prepared(), asGpu));
    });
  }
  for (const { label, run, error } of errors) {
    it(`refuses ${label}`, () => {
      expect(run).toThrow(error);
    });
  }
}

async function check(prepared: Prepared, device: Device): Promise<void> {
  try {
    await checkForward(prepared, device);
    await checkGradients(prepared);
    await checkCaptured(prepared);
    await device.synchronize();
  } catch (error) {
    await device.synchronize().catch(() => {}); // what else the GPU reports belongs to this test
    throw error;
  }
}

/** Too much for kernels with barriers on a software adapter. */
function isLarge({ inputs }: Sample): boolean {
  return inputs.some(({ shape }) => sizeOf(shape) > 1e6);
}

describe("completeness", () => {
  it("every op has an OpInfo, and every OpInfo its op", async () => {
    for (const load of Object.values(ops)) await load();
    const covered = infos.flatMap((info) => info.ops);
    const missing = [...registry.keys()].filter((name) => !covered.includes(name));
    expect(missing, "ops without an OpInfo in test/ops").toEqual([]);
    expect(
      covered.filter((name) => !registry.has(name)),
      "OpInfos of ops that don't exist",
    ).toEqual([]);
  });

  it("every OpInfo has samples, and error inputs", () => {
    const thin = infos.filter((info) => info.samples.length === 0 || info.errors.length === 0);
    expect(thin.map((info) => info.ops.join(", "))).toEqual([]);
  });
});
