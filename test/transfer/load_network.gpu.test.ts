// A network comes back from its file as it was saved, in every format, and never as a namesake.
import { describe, expect, it } from "vitest";
import {
  data,
  formats,
  loadNetwork,
  manualSeed,
  models,
  nn,
  noGrad,
  rand,
  type Tensor,
  transfer,
} from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { fileOfShapes, trunkShapes } from "../models/files.ts";

type Saved = Parameters<typeof loadNetwork>[0];
type SaveOptions = Omit<formats.SaveModelOptions, "path">;

const onlyTensors: Record<string, (model: nn.Module, options: SaveOptions) => Promise<Saved>> = {
  safetensors: (model, { metadata }) => formats.saveSafetensors(model.stateDict(), { metadata }),
  pytorch: (model, { metadata }) => formats.savePytorch(model.stateDict(), { metadata }),
};
const describing: typeof onlyTensors = {
  keras: (model, options) => formats.saveKerasH5(model, options),
  onnx: (model, options) => formats.saveOnnx(model, options),
  tfjs: (model, options) => formats.saveTfjs(model, options),
};

const outputsOf = async (model: nn.Module, images: Tensor) =>
  noGrad(() => model.eval().forward(images) as Tensor).data();

async function expectSame(a: nn.Module, b: nn.Module, shape: number[]): Promise<void> {
  const images = rand(shape);
  const [x, y] = await Promise.all([outputsOf(a, images), outputsOf(b, images)]);
  expect(y).toHaveLength(x.length);
  x.forEach((value, i) => {
    expect(y[i]).toBeCloseTo(Number(value), 4);
  });
}

const input: transfer.NetworkInput = {
  ...{ size: 16, channels: 3, order: "bgr", scale: 1, mean: [103.939, 116.779, 123.68], std: [1] },
  ...{ resize: "crop", shorterSide: 20, antialias: false },
};

describe("loadNetwork of what Graft saved", () => {
  const classes = ["cat", "dog", "Ölkäfer"];
  const info: transfer.NetworkInfo = { architecture: "small_vgg", top: "own", input, classes };

  it.each(Object.entries({ ...onlyTensors, ...describing }))(
    "%s: model, classes, input and transform are those that were saved",
    async (_, save) => {
      manualSeed(3);
      const model = models.smallVgg({ inputSize: 16, numClasses: 3 });
      const metadata = transfer.networkMetadata(info);
      const loaded = await loadNetwork(await save(model, { metadata, classes }));
      expect(loaded).toMatchObject({ architecture: "small_vgg", classes, input });
      expect(loaded.model.training).toBe(false);
      await expectSame(model, loaded.model, [2, 3, 16, 16]);
      const pixels = data.transforms.apply(rand([1, 3, 4, 4]), loaded.transform);
      expect(pixels.shape).toEqual([1, 3, 4, 4]);
      expect(loaded.transform).toHaveLength(3);
      expect(loaded.notes).toEqual([]);
    },
  );

  it("with a new head, a cut, a width multiplier, or a description beside the tensors", async () => {
    const cut: transfer.NetworkInfo = {
      ...{ architecture: "mobilenet_v1", alpha: 0.25, cut: "features.conv_pw_3_relu" },
      ...{ top: "linear", input: { ...input, size: 32 }, classes },
    };
    const model = transfer.cut(
      models.mobilenetV1({ alpha: 0.25, inputSize: 32, includeTop: false }),
      "features.conv_pw_3_relu",
    );
    transfer.replaceHead(model, 3);
    const metadata = transfer.networkMetadata(cut);
    const bytes = await formats.saveSafetensors(model.stateDict(), { metadata });
    await expectSame(model, (await loadNetwork(bytes)).model, [1, 3, 32, 32]);

    const own = new nn.Sequential(
      new nn.Flatten(),
      new nn.Linear(48, 5),
      new nn.Tanh(),
      new nn.Linear(5, 3),
    );
    const { graph } = await formats.loadWeights(
      await formats.saveOnnx(own, { inputShape: [3, 4, 4] }),
    );
    const described: transfer.NetworkInfo = {
      ...{ architecture: "from file", graph, top: "own", classes },
      input: { ...input, size: 4, shorterSide: undefined },
    };
    const loaded = await loadNetwork(
      await formats.savePytorch(own.stateDict(), { metadata: transfer.networkMetadata(described) }),
    );
    expect(loaded.architecture).toBe("from file");
    await expectSame(own, loaded.model, [2, 3, 4, 4]);
  });

  it("says when its words about the network are damaged", async () => {
    const wrong = (graft: string) => loadNetwork(fileOfShapes({}, { graft }));
    await expect(wrong("{")).rejects.toThrow("the file: what it says about the network is no JSON");
    const { classes: _, ...half } = info;
    await expect(wrong(JSON.stringify(half))).rejects.toThrow("is incomplete");
    const [text] = Object.values(transfer.networkMetadata({ ...info, architecture: "vgg99" }));
    await expect(wrong(text!)).rejects.toThrow('there is no network "vgg99"; there are alexnet,');
  });
});

/** A LeNet-5 as LeCun had it, with the tensors of ours. */
function tanhLeNet(): nn.Module {
  return new nn.Sequential({
    features: new nn.Sequential(
      ...[new nn.Conv2d(1, 6, 5, { padding: 2 }), new nn.Tanh(), new nn.AvgPool2d(2)],
      ...[new nn.Conv2d(6, 16, 5), new nn.Tanh(), new nn.AvgPool2d(2)],
    ),
    flatten: new nn.Flatten(),
    classifier: new nn.Sequential(
      ...[new nn.Linear(400, 120), new nn.Tanh(), new nn.Linear(120, 84), new nn.Tanh()],
      new nn.Linear(84, 10),
    ),
  });
}

describe("loadNetwork of files from elsewhere", () => {
  it.each(Object.entries(describing))(
    "%s: what the file describes is built, not a namesake",
    async (_, save) => {
      manualSeed(4);
      const model = tanhLeNet();
      const traced = await save(model, {
        inputShape: [1, 28, 28],
        classes: [..."0123456789"],
      });
      const loaded = await loadNetwork(traced);
      expect(loaded.architecture).toBe("from file");
      expect(loaded.classes).toEqual([..."0123456789"]);
      expect(loaded.input).toMatchObject({
        size: 28,
        channels: 1,
        scale: 1 / 255,
        resize: "stretch",
      });
      expect(loaded.notes[0]).toMatch(/doesn't say how pixels become numbers; assumed/);
      await expectSame(model, loaded.model, [2, 1, 28, 28]);
      // --arch overrides it.
      const asked = await loadNetwork(traced, { arch: "lenet" });
      expect(asked).toMatchObject({ architecture: "lenet", classes: [] });
      expect(asked.model).toBeInstanceOf(models.SmallCnn);
    },
  );

  it("prepares pictures as for the known network that a file describes", async () => {
    const model = models.mobilenetV1({ alpha: 0.25, numClasses: 4, inputSize: 32 });
    const loaded = await loadNetwork(await formats.saveTfjs(model));
    expect(loaded.architecture).toBe("from file");
    expect(loaded.input).toMatchObject({ size: 32, scale: 1 / 127.5, mean: [1], antialias: false });
    expect(loaded.notes[0]).toMatch(/as in mobilenet_v1: RGB/);
    await expectSame(model, loaded.model, [1, 3, 32, 32]);
    const given = await loadNetwork(await formats.saveTfjs(model), { input: { scale: 1 / 255 } });
    expect(given.input).toMatchObject({ scale: 1 / 255, mean: [1] });
    expect(given.notes).toEqual([]);
  });

  it("knows networks by their tensors where a file says nothing", async () => {
    const model = models.smallVgg({ inputSize: 32, numClasses: 7, inChannels: 1 });
    const bytes = await formats.saveNpz(model.stateDict());
    const loaded = await loadNetwork(bytes, { classes: [..."abcdefg"] });
    expect(loaded).toMatchObject({ architecture: "small_vgg", classes: [..."abcdefg"] });
    expect(loaded.input).toMatchObject({ size: 32, channels: 1 });
    await expectSame(model, loaded.model, [1, 1, 32, 32]);
    await expect(loadNetwork(bytes, { classes: ["a"] })).rejects.toThrow(
      "classes: 1 names, but the file has 7 outputs",
    );
    const features = models.resnet20({ includeTop: false });
    const trunk = await loadNetwork(await formats.saveNpz(features.stateDict()));
    expect(trunk.architecture).toBe("resnet20");
    expect(Object.keys(trunk.model.stateDict())).toEqual(Object.keys(features.stateDict()));
  });

  it("guesses nothing where they don't tell", async () => {
    const lenet = await formats.saveNpz(models.lenet({ numClasses: 3 }).stateDict());
    await expect(loadNetwork(lenet)).rejects.toThrow(/its tensors don't tell; name it: \{ arch/);
    const asked = await loadNetwork(lenet, { arch: "LeNet" });
    expect(asked.model.parameters().at(-1)?.shape).toEqual([3]);
    const other = {
      ...trunkShapes("vgg11"),
      "classifier.1.weight": [9, 7],
      "classifier.1.bias": [9],
    };
    await expect(loadNetwork(fileOfShapes(other))).rejects.toThrow(
      /those of vgg11 with another classifier/,
    );
    await expect(loadNetwork(lenet, { arch: "vgg17" })).rejects.toThrow('no network "vgg17"');
    await expect(loadNetwork(lenet, mistyped({ size: 3 }))).rejects.toThrow('option "size"');
  });

  it("passes on why a network that is described can't be built, whatever its tensors are", async () => {
    const file = fileOfShapes(trunkShapes("vgg11"));
    const graphError = new formats.WeightFileError({ file: "x.h5", problem: "no layer Wavelet" });
    await expect(loadNetwork({ ...file, graphError })).rejects.toThrow("no layer Wavelet");
  });

  it("takes networks of one's own", async () => {
    const spec: models.ModelSpec = {
      ...models.findSpec("small_vgg")!,
      name: "wide_vgg",
      build: ({ alpha: _, ...options } = {}) => models.smallVgg({ ...options, widths: [4, 5] }),
      trunk: undefined,
    };
    const model = models.smallVgg({ widths: [4, 5], inputSize: 8, numClasses: 2 });
    const info = { architecture: "wide_vgg", top: "own", classes: ["a", "b"] } as const;
    const metadata = transfer.networkMetadata({ ...info, input: { ...input, size: 8 } });
    const bytes = await formats.saveSafetensors(model.stateDict(), { metadata });
    const loaded = await loadNetwork(bytes, { specs: [...models.modelSpecs(), spec] });
    await expectSame(model, loaded.model, [1, 3, 8, 8]);
  });
});
