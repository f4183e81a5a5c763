// 21 networks as PyTorch exports them in three opsets: each loads, computes and trains as in PyTorch, and is written to
// every format, whose own library computes the same.
import { beforeAll, describe, expect, it } from "vitest";
import { F, formats, type nn, noGrad, optim, type Tensor, tensor } from "../../src/index.ts";
import { expectClose } from "../ops/compare.ts";
import {
  type Exported,
  Exports,
  type Golden,
  imagesOf,
  labelsFor,
  OPSETS,
  type Opset,
} from "./exports.ts";
import { hasOnnxRuntime, runOnnx } from "./onnxruntime_reader.ts";
import { hasReaders, jsonBytes, runScript } from "./python_files.ts";
import { hasTfjs, runTfjs } from "./tfjs_reader.ts";

const TOLERANCE = 1e-4;

/** Of gradients' norms. A unit that lies within rounding of a kink (of hard-swish, say) may have the slope of either side. */
const GRADIENTS = 5e-4;

/** Every network, and what a format has no layer for. */
const NETWORKS: Readonly<Record<string, { readonly keras?: RegExp; readonly tfjs?: RegExp }>> = {
  lenet: { keras: /logarithm of softmax/, tfjs: /logarithm of softmax/ },
  alexnet: {},
  vgg11_bn: {},
  vgg16: {},
  resnet18: {},
  resnet20: {},
  resnet50: {},
  se_resnext: { tfjs: /has no convolution in 4 groups/ },
  densenet: {},
  googlenet: {},
  squeezenet1_1: {},
  mobilenet_v1: {},
  mobilenet_v2: {},
  mobilenet_v3_small: {},
  mobilenet_v3_large: {},
  efficientnet_b0: {},
  shufflenet_v2: {},
  unet: { tfjs: /mixes other pixels than Keras where it resizes/ },
  espcn: {},
  vit: { keras: /no layer for matmul/, tfjs: /no layer for matmul/ },
  convnext: { keras: /no layer for permute/, tfjs: /no layer for permute/ },
};

const networks = Object.keys(NETWORKS);

/** Cross-entropy of its images, over the channels. */
function lossOf({ model, golden }: Exported): { outputs: Tensor; loss: Tensor } {
  const { images, shape } = imagesOf(golden);
  const outputs = model.forward(tensor(images, { shape: [...shape] })) as Tensor;
  const classes = labelsFor(outputs.shape);
  return {
    outputs,
    loss: F.crossEntropy(outputs, tensor(classes.values, { shape: classes.shape })),
  };
}

async function normOf(gradient: Tensor | null): Promise<number> {
  if (!gradient) return Number.NaN;
  const values = Float64Array.from(await gradient.data());
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
}

/** @returns the square of the whole gradient's length. */
async function expectGradients({ model, golden, originalName }: Exported, opset: Opset) {
  const expected = golden.gradientNorms[opset];
  const found = new Map<string, number>();
  for (const [name, { grad }] of model.namedParameters()) {
    found.set(originalName(name), await normOf(grad));
  }
  expect([...found.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [name, norm] of found) {
    expectClose(`gradient of ${name}`, [norm], [expected[name]!], [1], GRADIENTS);
  }
  return [...found.values()].reduce((sum, norm) => sum + norm * norm, 0);
}

/** A step that lowers the loss by a hundredth, as far as the gradient tells. */
async function expectLowered(exported: Exported, before: number, slope: number) {
  const { model } = exported;
  const lr = (0.01 * before) / slope;
  new optim.SGD(model.parameters(), { lr }).step();
  const after = await noGrad(() => lossOf(exported).loss).item();
  expect((before - after) / (0.01 * before)).toBeGreaterThan(0.8);
  expect((before - after) / (0.01 * before)).toBeLessThan(1.1);
}

describe.skipIf(!hasReaders)(
  "what PyTorch exports (needs Debian's python3-torch, -h5py, -onnx)",
  () => {
    let exports: Exports;
    beforeAll(() => {
      exports = new Exports(networks);
      expect(Object.keys(exports.golden).sort()).toEqual([...networks].sort());
    }, 300_000);

    const files = networks.flatMap((name) => OPSETS.map((opset) => [name, opset] as const));
    it.each(files)("%s of opset %s computes and trains as in PyTorch", async (name, opset) => {
      const exported = await exports.load(name, opset);
      const { outputs, loss } = lossOf(exported);
      loss.backward();
      const values = await outputs.data();
      expectClose("outputs", values, exported.golden.outputs, outputs.shape, TOLERANCE);
      const slope = await expectGradients(exported, opset);
      await expectLowered(exported, await loss.item(), slope);
    });

    /** Its files of all opsets, one after the other. */
    async function each<T>(name: string, run: (model: nn.Module, golden: Golden) => Promise<T>) {
      const results: T[] = [];
      for (const opset of OPSETS) {
        const { model, golden } = await exports.load(name, opset);
        results.push(await run(model, golden));
      }
      return results;
    }

    const judged = "(needs bench/peers installed)";

    it.skipIf(!hasOnnxRuntime).each(networks)(
      `%s is read by ONNX Runtime ${judged}`,
      async (name) => {
        await each(name, async (model, golden) => {
          const written = await formats.saveOnnx(model, { inputShape: golden.shape });
          const { images, shape } = imagesOf(golden);
          const outputs = await runOnnx(written, images, shape);
          expectClose(name, outputs, golden.outputs, [outputs.length], TOLERANCE);
        });
      },
    );

    it.skipIf(!hasTfjs).each(networks)(`%s is read by TF.js ${judged}`, async (name) => {
      const why = NETWORKS[name]!.tfjs;
      await each(name, async (model, golden) => {
        const written = formats.saveTfjs(model, { inputShape: golden.shape });
        if (why) return await expect(written).rejects.toThrow(why);
        const outputs = await runTfjs(await written, imagesOf(golden).images, golden.shape);
        expectClose(name, outputs, golden.outputs, [outputs.length], TOLERANCE);
      });
    });

    describe("written as Keras .h5", () => {
      let results: Readonly<Record<string, number[] | string>>;
      beforeAll(async () => {
        const written: Record<string, Uint8Array> = {};
        const shapes: Record<string, readonly number[]> = {};
        for (const name of networks.filter((network) => !NETWORKS[network]!.keras)) {
          const saved = await each(name, (model, { shape }) =>
            formats.saveKerasH5(model, { inputShape: shape }),
          );
          saved.forEach((bytes, i) => {
            written[`${name}.${OPSETS[i]}.h5`] = bytes;
            shapes[`${name}.${OPSETS[i]}.h5`] = exports.golden[name]!.shape;
          });
        }
        const inputs = { ...written, "networks.json": jsonBytes(shapes) };
        const [json] = runScript("read_exports", inputs, ["results.json"]).outputs;
        results = JSON.parse(new TextDecoder().decode(json));
      }, 300_000);

      it.each(networks)("%s is read by h5py", async (name) => {
        const { keras: why } = NETWORKS[name]!;
        if (why) {
          const { model, golden } = await exports.load(name, "13");
          const written = formats.saveKerasH5(model, { inputShape: golden.shape });
          await expect(written).rejects.toThrow(why);
          return;
        }
        for (const opset of OPSETS) {
          const outputs = results[`${name}.${opset}.h5`]!;
          if (typeof outputs === "string") throw new Error(outputs);
          const { outputs: expected } = exports.golden[name]!;
          expectClose(`opset ${opset}`, outputs, expected, [outputs.length], TOLERANCE);
        }
      });
    });
  },
);
