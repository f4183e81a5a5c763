import { expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { Profiler } from "../../src/gpu/profiler.ts";
import { info } from "../ops/conv_transpose2d.ts";
import { checkForward, prepare } from "../ops/harness.ts";
import { deviceWith, gpuProfile, onDevice } from "../profiles.ts";

it("GPUs add the bias in the launch that computes the result", async () => {
  const gpu = deviceWith(gpuProfile(currentDevice()));
  const sample = info.samples.find(({ label }) => label.includes('"stride":4'))!;
  await onDevice(gpu, async () => {
    const profiler = new Profiler({ timestamps: false });
    gpu.profiler = profiler;
    await checkForward(prepare(sample), gpu);
    const names = profiler
      .rows()
      .map(({ kernel }) => kernel)
      .sort();
    expect(names).toEqual(["implicit_product"]);
  });
});
