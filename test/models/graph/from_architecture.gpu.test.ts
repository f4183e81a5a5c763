// Networks built from the files themselves reproduce what their sources say about them.
import { describe, expect, it } from "vitest";
import {
  data,
  formats,
  models,
  nn,
  noGrad,
  type Tensor,
  tensor,
  transfer,
} from "../../../src/index.ts";
import { traceModel } from "../../../src/models/index.ts";
import { Sketch } from "../../formats/graph_samples.ts";
import { sharedData } from "../../shared_data.ts";

const onnx = sharedData("weights/mnist_cnn_onnx/opt-mnist.onnx");
const resnet8 = sharedData("weights/cifar10_resnet8_mlperf_tiny/pretrainedResnet.h5");
const tinyVgg = sharedData("weights/tinyvgg_cnn_explainer_tfjs/model.json");
const cifar = sharedData("cifar10/test_batch.first1000.bin");
const { transforms } = data;

async function build(path: string) {
  const file = await formats.loadWeights(path);
  if (!file.graph) throw file.graphError ?? new Error("no graph");
  const model = models.fromArchitecture(file.graph);
  const report = transfer.loadPretrained(model, file);
  return { model: model.eval(), report };
}

async function accuracy(
  model: models.GraphModel,
  set: data.Dataset,
  transform: data.DataLoaderOptions["transform"],
) {
  let right = 0;
  for await (const { images, targets } of new data.DataLoader(set, {
    batchSize: 50,
    transform,
  }).batches()) {
    const output = noGrad(() => (model.forward(images) as Tensor).argmax(1));
    const labels = await output.data();
    right += targets.filter((target, i) => target === labels[i]).length;
  }
  return right / set.length;
}

describe("networks from files", () => {
  it.skipIf(!resnet8 || !cifar)(
    "ResNet-8 from Keras: 88.1 % on the lossless test images",
    async () => {
      const { model, report } = await build(resnet8!);
      expect(report.missing).toEqual([]);
      const test = data.subset(
        await data.cifar10(cifar!),
        Array.from({ length: 300 }, (_, i) => i),
      );
      expect(await accuracy(model, test, undefined)).toBeGreaterThan(0.84);
    },
  );

  it.skipIf(!onnx)("the MNIST network from ONNX", async () => {
    const { model } = await build(onnx!);
    const test = await data.mnist({
      images: sharedData("mnist/t10k-images-idx3-ubyte.gz")!,
      labels: sharedData("mnist/t10k-labels-idx1-ubyte.gz")!,
    });
    const some = data.subset(
      test,
      Array.from({ length: 500 }, (_, i) => i),
    );
    expect(await accuracy(model, some, transforms.rescale())).toBeGreaterThan(0.97);
  });

  it("keep up with their batches' statistics, whatever momentum Keras gave them", async () => {
    const sketch = new Sketch([1, 1, 2]);
    sketch.add("batchNorm", "norm", ["input"], { numFeatures: 1, eps: 1e-3, momentum: 0.01 });
    const model = models.fromArchitecture(sketch.finish(["norm"]));
    const [, norm] = [...model.namedModules()].find(([path]) => path === "norm")!;
    if (!(norm instanceof nn.BatchNorm2d)) throw new Error("no batch norm");
    const { runningMean, runningVar } = norm; // 0 and 1
    model.forward(tensor([[[[8, 12]]]])); // mean 10, variance 8
    expect([...(await runningMean!.data()), ...(await runningVar!.data())]).toEqual([
      expect.closeTo(1, 5),
      expect.closeTo(0.9 + 0.8, 5),
    ]);
  });

  it.each(["softmax", "logSoftmax", "log of softmax"])("train their logits: without %s", (end) => {
    const sketch = new Sketch([4]);
    sketch.add("linear", "head", ["input"], { inFeatures: 4, outFeatures: 3 });
    if (end === "logSoftmax") sketch.add("logSoftmax", "end", ["head"], {});
    else sketch.add("softmax", end === "softmax" ? "end" : "middle", ["head"], {});
    if (end === "log of softmax") sketch.add("log", "end", ["middle"], {});
    const graph = sketch.finish(["end"]);
    const opsOf = (model: models.GraphModel) => model.graph.nodes.map(({ op }) => op).join(" ");
    expect(opsOf(models.fromArchitecture(graph))).toBe("input linear");
    expect(opsOf(models.fromArchitecture(graph, { logits: false }))).not.toBe("input linear");
  });

  it.skipIf(!tinyVgg)("a network traced back is the network that was built", async () => {
    const { model } = await build(tinyVgg!);
    const traced = traceModel(model);
    const again = models.fromArchitecture(traced.graph, { logits: false }).eval();
    again.loadStateDict(Object.fromEntries(traced.weights));
    const folder = await data.imageFolder(
      { photos: [sharedData("photos_single/cat.jpg")!] },
      { size: 64 },
    );
    const loader = new data.DataLoader(folder, { batchSize: 1, transform: transforms.rescale() });
    const { value: batch } = await loader.batches().next();
    const outputs = [model, again].map((m) => noGrad(() => m.forward(batch!.images) as Tensor));
    const [a, b] = await Promise.all(outputs.map((t) => t.data()));
    expect(b).toEqual(a);
  });
});
