/** Kernels as a GPU's compiler makes them, where Mesa and a C compiler are there: none may run out of registers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NullDriver, openDriver } from "../../../bench/compiler/driver.ts";
import { gpus } from "../../../bench/compiler/gpus.ts";
import { resultOf, spilling } from "../../../bench/compiler/result.ts";
import { compileStep } from "../../../bench/compiler/run_step.ts";
import { steps } from "../../../bench/compiler/steps.ts";
import { network, stepFlops } from "../../../bench/engines/network.ts";

// Closed again at once: where tests are only listed, nothing else would.
const missing = await openDriver().then(
  (driver) => driver.close(),
  (error: Error) => ` (left out: ${error.message.split("\n")[0]})`,
);

const vgg = steps.find(({ inputSize }) => inputSize === 32)!;
const mobilenet = steps.find((step) => step.network === "mobilenetV2")!;

describe.skipIf(missing)(`compiled for AMD GPUs${missing ?? ""}`, () => {
  let driver: NullDriver;
  beforeAll(async () => {
    driver = await openDriver();
  });
  afterAll(() => driver.close());

  for (const gpu of gpus)
    for (const step of [vgg, mobilenet])
      it(`${step.network} spills nothing on ${gpu.label}`, { timeout: 120_000 }, async () => {
        const result = resultOf(
          step,
          "graft",
          gpu,
          await compileStep(driver, gpu.family, "graft", step),
        );
        expect(spilling(result)).toEqual([]);
        expect(result.kernels.every(({ registers, waves }) => registers > 0 && waves > 0)).toBe(
          true,
        );
        if (step !== vgg) return;
        // Which launch needs how much is known of every product and convolution.
        const work = result.kernels.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
        const flops = stepFlops(network("vgg16", vgg.inputSize), vgg.trained, vgg.batch);
        expect(Math.abs((2 * work) / flops - 1)).toBeLessThan(1e-3);
      });
});
