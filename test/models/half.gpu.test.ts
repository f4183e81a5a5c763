// Every kind of network in half precision: it errs hardly more than rounding its weights alone does.
import { beforeEach, describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  autocast,
  F,
  manualSeed,
  models,
  type nn,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.ts";

type Build = (options: models.ModelOptions) => nn.Module;

/** With the side of the pictures. */
const NETWORKS: readonly (readonly [string, Build, number])[] = [
  ["alexnet", models.alexnet, 64],
  ["convnext_tiny", models.convnextTiny, 32],
  ["densenet121", models.densenet121, 32],
  ["efficientnet_b0", models.efficientnetB0, 32],
  ["mobilenet_v3_small", models.mobilenetV3Small, 32],
  ["resnet32", models.resnet32, 16],
  ["shufflenet_v2_x0_5", models.shufflenetV2X0_5, 32],
  ["vit_tiny_patch16_224", models.vitTinyPatch16_224, 32],
];

/** As `optim.GradScaler` does: what is smaller than f16's least number would be 0. */
const SCALE = 16;

/** Enough for statistics of maps that have become one pixel. */
const IMAGES = 8;

interface Learned {
  readonly loss: number;
  readonly gradients: readonly Tensor[];
}

async function learned(model: nn.Module, images: Tensor, half: boolean): Promise<Learned> {
  manualSeed(2); // the same is dropped
  const forward = () => model.train().forward(images) as Tensor;
  const outputs = half ? autocast(forward) : forward();
  const loss = F.crossEntropy(
    outputs.to("f32"),
    tensor(Int32Array.from({ length: IMAGES }, (_, i) => i % 3)),
  );
  loss.mul(SCALE).backward();
  const gradients = model.parameters().map((parameter) => {
    const gradient = parameter.grad!;
    parameter.grad = null;
    return gradient;
  });
  return { loss: await loss.item(), gradients };
}

/** How far gradients lie from others, relatively. */
async function distance(found: Learned, expected: Learned): Promise<number> {
  const length = async (vectors: readonly Tensor[]) => {
    const squares = await Promise.all(vectors.map((one) => one.square().sum().item()));
    return Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
  };
  const errors = expected.gradients.map((gradient, i) => gradient.sub(found.gradients[i]!));
  return (await length(errors)) / (await length(expected.gradients));
}

/** As a network and its pictures are in half precision, for steps in f32. */
function round(model: nn.Module, images: Tensor): Tensor {
  const rounded = (tensor: Tensor) => tensor.detach().to("f16").to("f32");
  const state = Object.entries(model.stateDict()).map(
    ([name, one]) => [name, one.dtype === "f32" ? rounded(one) : one] as const,
  );
  model.loadStateDict(new Map(state));
  return rounded(images);
}

describe("in half precision", { timeout: 120_000 }, () => {
  beforeEach(({ skip }) => {
    if (!currentDevice().features.has("shader-f16")) skip("this adapter has no shader-f16");
  });

  it.each(NETWORKS)(
    "%s gives the gradients of f32 as nearly as rounded weights do",
    async (_, build, side) => {
      manualSeed(1);
      const images = randn([IMAGES, 3, side, side]);
      const model = build({ numClasses: 3, inputSize: side });
      const full = await learned(model, images, false);
      const half = await learned(model, images, true);
      const rounded = await learned(model, round(model, images), false);
      const error = await distance(half, full);
      expect(error).toBeGreaterThan(0); // it did compute otherwise
      // Batch norm over a few pixels enlarges errors: rounding what goes in moves gradients by up to a half.
      expect(error).toBeLessThan(0.002 + 3 * (await distance(rounded, full)));
      const slack = 0.002 * full.loss + 3 * Math.abs(rounded.loss - full.loss);
      expect(Math.abs(half.loss - full.loss)).toBeLessThan(slack);
    },
  );
});
