// What every network does: it trains, captured or not, gets a new head, is cut and frozen, and comes back from files.
import { afterAll, describe, expect, it } from "vitest";
import {
  capture,
  F,
  formats,
  loadNetwork,
  manualSeed,
  models,
  type nn,
  noGrad,
  rand,
  randn,
  type Tensor,
  tensor,
  transfer,
} from "../../src/index.ts";

interface Case {
  readonly build: (options: models.ModelOptions) => models.Backbone;
  readonly side: number;
  /** Of pictures for files, where tensors alone tell the network at one size. Default `side`. */
  readonly fileSide?: number;
  /** A layer to cut at, and the channels of its map. */
  readonly cut: readonly [layer: string, channels: number];
  /** What Keras' files and TF.js' can't hold; ONNX can. */
  readonly unwritable?: RegExp;
}

const CASES: Record<string, Case> = {
  alexnet: { build: models.alexnet, side: 64, cut: ["features.5", 192] },
  resnet32: { build: models.resnet32, side: 16, cut: ["features.layer2", 32] },
  mobilenet_v3_small: { build: models.mobilenetV3Small, side: 48, cut: ["features.3", 24] },
  mobilenet_v3_large: { build: models.mobilenetV3Large, side: 48, cut: ["features.6", 40] },
  efficientnet_b0: { build: models.efficientnetB0, side: 48, cut: ["features.3", 40] },
  densenet121: { build: models.densenet121, side: 48, cut: ["features.transition1", 128] },
  convnext_tiny: {
    build: models.convnextTiny,
    side: 48,
    cut: ["features.3", 192],
    unwritable:
      /90 layers can't be written:\n {2}permute and 35 more \(permute\): .*\n {2}features.1.0.block.2 and 17 more \(layerNorm\): /,
  },
  vit_tiny_patch16_224: {
    build: models.vitTinyPatch16_224,
    side: 64,
    fileSide: 224,
    cut: ["features.blocks.2", 192],
    unwritable:
      /172 layers can't be written:\n {2}permute and 60 more .* {2}matmul and 23 more \(matmul\): /s,
  },
  shufflenet_v2_x0_5: {
    build: models.shufflenetV2X0_5,
    side: 48,
    cut: ["features.stage2", 48],
  },
};

const CLASSES = ["a", "b", "c"];
const targets = () => tensor(new Int32Array([2, 0]));

const outputsOf = async (model: nn.Module, images: Tensor) =>
  noGrad(() => model.eval().forward(images) as Tensor).data();

function expectSame(found: ArrayLike<number>, expected: ArrayLike<number>, digits = 4): void {
  expect(found).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(found[i]).toBeCloseTo(expected[i]!, digits);
}

/** Loss and all gradients of a step in training mode, dropout and running statistics included. */
async function trained(model: nn.Module, images: Tensor, captured: boolean): Promise<number[]> {
  const train = (x: Tensor, y: Tensor) => {
    const loss = F.crossEntropy(model.forward(x) as Tensor, y);
    loss.backward();
    return loss;
  };
  manualSeed(7);
  const step = captured ? capture(train) : train;
  const loss = step(images, targets());
  const norms = model.namedParameters().map(([path, parameter]) => {
    expect(parameter.grad, path).not.toBeNull();
    const norm = parameter.grad!.square().sum().sqrt();
    parameter.grad = null;
    return norm;
  });
  return Promise.all([loss, ...norms].map((value) => value.item()));
}

describe.each(Object.entries(CASES))("%s", { timeout: 300_000 }, (name, network) => {
  const { build, side, fileSide = side, cut, unwritable } = network;
  const make = (inputSize = side) => {
    manualSeed(1);
    return build({ numClasses: CLASSES.length, inputSize });
  };
  const images = (count: number, size = side) => {
    manualSeed(2);
    return randn([count, 3, size, size]);
  };
  const original = async () => {
    const [model, picture] = [make(fileSide), images(1, fileSide)];
    return { model, picture, expected: await outputsOf(model, picture) };
  };
  /** What goes into files, a picture, and what the network computes of it: the same for all formats. */
  let made: ReturnType<typeof original> | undefined;
  const forFiles = () => {
    made ??= original();
    return made;
  };
  afterAll(async () => {
    const { model } = (await made) ?? {};
    for (const tensor of Object.values(model?.stateDict() ?? {})) tensor.dispose();
    made = undefined;
  });

  it("computes the same in a captured training step, with gradients everywhere", async () => {
    const model = make();
    const eager = await trained(model, images(2), false);
    const captured = await trained(model, images(2), true);
    const scale = Math.max(...eager);
    expectSame(
      captured.map((value) => value / scale),
      eager.map((value) => value / scale),
      3,
    );
  });

  it("gives its map without a top, gets a new head, is cut and frozen", async () => {
    const picture = images(1);
    const bare = build({ includeTop: false, inputSize: side });
    const map = noGrad(() => bare.eval().forward(picture) as Tensor);
    expect(map.shape.slice(1)).toEqual(bare.featureShape);
    transfer.replaceHead(bare, 5);
    expect(noGrad(() => bare.forward(picture) as Tensor).shape).toEqual([1, 5]);
    const model = make();
    transfer.replaceHead(model, 4);
    expect(noGrad(() => model.eval().forward(picture) as Tensor).shape).toEqual([1, 4]);
    const [layer, channels] = cut;
    const short = transfer.cut(model, layer);
    expect(short.featureShape[0]).toBe(channels);
    transfer.replaceHead(short, 2);
    transfer.freeze(short, "features");
    const trainable = short.namedParameters().filter(([, { requiresGrad }]) => requiresGrad);
    expect(trainable.map(([path]) => path.split(".")[0])).toEqual(["classifier", "classifier"]);
    // What is frozen is the same at every step, so it can be computed once.
    short.train();
    const pixels = images(2);
    const [a, b] = [1, 2].map(() => noGrad(() => short.forward(pixels) as Tensor));
    expect(await a!.data()).toEqual(await b!.data());
  });

  it("is known from its tensors in safetensors and PyTorch's files", async () => {
    const { model, picture, expected } = await forFiles();
    for (const save of [formats.saveSafetensors, formats.savePytorch]) {
      const loaded = await loadNetwork(await save(model.stateDict()), {
        classes: CLASSES,
      });
      expect(loaded.architecture).toBe(name);
      expectSame(await outputsOf(loaded.model, picture), expected);
    }
  });

  it("is written with its architecture where formats have its layers", async () => {
    const { model, picture, expected } = await forFiles();
    for (const save of [formats.saveOnnx, formats.saveKerasH5, formats.saveTfjs]) {
      const saving = save(model, { classes: CLASSES });
      // Not `rejects`: should it be written after all, a failure would print all of its bytes.
      const saved = await saving.catch((error: Error) => error.message);
      if (typeof saved === "string") {
        expect(save).not.toBe(formats.saveOnnx);
        expect(saved).toMatch(unwritable ?? "written");
        continue;
      }
      if (save !== formats.saveOnnx) expect(unwritable).toBeUndefined();
      const loaded = await loadNetwork(saved);
      expectSame(await outputsOf(loaded.model, picture), expected);
    }
  });
});

describe("DenseNet's older files", () => {
  it("have dots in names: they are known, and loaded into any head", async () => {
    const model = models.densenet121({ numClasses: 3, inputSize: 32 });
    const old = Object.fromEntries(
      Object.entries(model.stateDict()).map(([path, value]) => [
        path.replace(/(denselayer\d+\.(?:norm|conv))/, "$1."),
        value,
      ]),
    );
    expect(Object.keys(old)).toContain("features.denseblock2.denselayer3.norm.1.running_mean");
    const file = await formats.loadWeights(await formats.savePytorch(old));
    const loaded = await loadNetwork(file, { classes: CLASSES });
    expect(loaded.architecture).toBe("densenet121");
    const pixels = rand([1, 3, 32, 32]);
    expectSame(await outputsOf(loaded.model, pixels), await outputsOf(model, pixels));
    const bare = models.densenet121({ includeTop: false });
    expect(transfer.loadPretrained(bare, file).missing).toEqual([]);
  });
});
