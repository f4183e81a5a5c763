/** Kernels as a GPU's compiler makes them, where Mesa and a C compiler are there: none may run out of registers, products and convolutions do little else than multiply. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NullDriver, openDriver } from "../../../bench/compiler/driver.ts";
import { gpus, type NamedGpu } from "../../../bench/compiler/gpus.ts";
import { resultOf, type StepResult, spilling } from "../../../bench/compiler/result.ts";
import { compileStep } from "../../../bench/compiler/run_step.ts";
import { type StepCase, stepId, steps, type TrainingStep } from "../../../bench/compiler/steps.ts";
import { network, stepFlops } from "../../../bench/engines/network.ts";

// Closed again at once: where tests are only listed, nothing else would.
const missing = await openDriver().then(
  (driver) => driver.close(),
  (error: Error) => ` (left out: ${error.message.split("\n")[0]})`,
);

const VGG: TrainingStep = { network: "vgg16", inputSize: 32, batch: 8, trained: "all" };

const compiled = (id: RegExp) => steps.filter((step) => id.test(stepId(step)));

/** The share of a kernel's instructions that are multiply-adds, of those of these names. */
function shares({ kernels }: StepResult, name: RegExp): [string, number][] {
  return kernels.filter(({ kernel }) => name.test(kernel)).map((one) => [one.kernel, one.share]);
}

describe.skipIf(missing)(`compiled for AMD GPUs${missing ?? ""}`, () => {
  let driver: NullDriver;
  beforeAll(async () => {
    driver = await openDriver();
  });
  afterAll(() => driver.close());

  const compile = async (gpu: NamedGpu, step: StepCase) => {
    const result = resultOf(
      step,
      "graft",
      gpu,
      await compileStep(driver, gpu.family, "graft", step),
    );
    expect(spilling(result)).toEqual([]);
    expect(result.kernels.every(({ registers, waves }) => registers > 0 && waves > 0)).toBe(true);
    return result;
  };

  for (const gpu of gpus) {
    for (const step of compiled(/f16|^(?!vgg16|ops.products)/))
      it(`${stepId(step)} spills nothing on ${gpu.label}`, { timeout: 240_000 }, () =>
        compile(gpu, step),
      );

    it(`vgg16 is made of multiply-adds on ${gpu.label}`, { timeout: 240_000 }, async () => {
      const result = await compile(gpu, VGG);
      // Which launch needs how much is known of every product and convolution.
      const work = result.kernels.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
      const flops = stepFlops(network("vgg16", VGG.inputSize), VGG.trained, VGG.batch);
      expect(Math.abs((2 * work) / flops - 1)).toBeLessThan(1e-3);
      expect(result.share).toBeGreaterThan(0.8);
      for (const [kernel, share] of shares(result, /^implicit/))
        expect(share, kernel).toBeGreaterThan(0.75);
    });

    it(`large products are made of multiply-adds on ${gpu.label}`, {
      timeout: 240_000,
    }, async () => {
      const result = await compile(gpu, compiled(/products/)[0]!);
      const products = shares(result, /^matmul_blocked/);
      expect(products).toHaveLength(6); // three transpositions, two sizes of blocks
      for (const [kernel, share] of products) expect(share, kernel).toBeGreaterThan(0.85);
    });
  }
});
