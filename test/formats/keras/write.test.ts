import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readKeras } from "../../../src/formats/keras/read.ts";
import { writeKerasH5 } from "../../../src/formats/keras/write/h5.ts";
import { memorySource } from "../fuzz.ts";
import { everything, Sketch, tensorsOf, toWrite, waves } from "../graph_samples.ts";
import { interpret } from "../interpret.ts";
import { pythonWith, runPython } from "../python.ts";
import { rearranged } from "../rearranged_samples.ts";

const read = (bytes: Uint8Array) => readKeras(bytes, memorySource(bytes, "written.h5"));

/** What the file's network computes, and what the network it was written from computes. */
async function both({ graph, weights }: ReturnType<typeof everything>) {
  const file = await read(writeKerasH5(graph, weights));
  const image = waves(graph.inputShape);
  const [before] = interpret(graph, tensorsOf(weights), image);
  const [after] = interpret(requireArchitecture(file), file.tensors, image);
  return { before: [...before], after: [...after], file };
}

function expectClose(after: readonly number[], before: readonly number[]): void {
  expect(after).toHaveLength(before.length);
  before.forEach((value, i) => {
    expect(after[i]).toBeCloseTo(value, 6);
  });
}

/** 900 layers whose names take more than 64 KiB. */
function longNames() {
  const s = new Sketch([1]);
  let last = "input";
  for (let i = 0; i < 900; i++)
    last = s.add("tanh", `a layer with a long name ${"x".repeat(60)} ${i}`, [last], {});
  return { graph: s.finish([last]), weights: s.weights };
}

describe("writeKerasH5", () => {
  it("writes every op so that the network computes the same", async () => {
    const { before, after, file } = await both(everything());
    expectClose(after, before);
    expect(new Set(before).size).toBe(5);
    expect(file.graph!.classes).toEqual(["a", "b", "c", "d", "é"]);
    expect(file.metadata).toMatchObject({ keras_version: "2.11.0", backend: "tensorflow" });
    // Torch's names survive.
    expect(file.tensors.get("features.4.weight")!.shape).toEqual([12, 1, 3, 3]);
    expect(file.tensors.get("classifier.2.bias")!.shape).toEqual([5]);
  });

  it("writes what resizes, cuts and rearranges maps", async () => {
    const { before, after } = await both(rearranged());
    expectClose(after, before);
    expect(new Set(before).size).toBeGreaterThan(10);
  });

  it("writes what it read", async () => {
    for (const name of ["small.keras", "branches.h5"]) {
      const bytes = new Uint8Array(readFileSync(new URL(`golden/${name}`, import.meta.url)));
      const file = await read(bytes);
      const { before, after } = await both({
        graph: requireArchitecture(file),
        weights: toWrite(file.tensors),
      });
      expectClose(after, before);
    }
  });

  it("turns maps before flattening where weights can't make up for the order", async () => {
    const s = new Sketch([2, 4, 5]);
    s.conv("conv", "input", 2, 3);
    s.add("flatten", "flat", ["conv"], {});
    const { before, after } = await both({ graph: s.finish(["flat"]), weights: s.weights });
    expectClose(after, before);
    const t = new Sketch([12]);
    t.add("reshape", "map", ["input"], { shape: [3, 2, 2] });
    t.conv("conv", "map", 3, 2, { kernelSize: [1, 1] });
    const back = await both({ graph: t.finish(["conv"]), weights: t.weights });
    expectClose(back.after, back.before);
  });

  it("cuts lists of names that don't fit one attribute", async () => {
    const { graph, weights } = longNames();
    const file = await read(writeKerasH5(graph, weights));
    expect(file.graph!.nodes).toHaveLength(901);
  });

  it("writes group norms, with and without weights", async () => {
    const s = new Sketch([6, 5, 4]);
    s.add("groupNorm", "groups", ["input"], { numGroups: 3, numChannels: 6, eps: 1e-4 });
    s.add("groupNorm", "instances", ["groups"], { numGroups: 6, numChannels: 6, eps: 1e-4 });
    s.add("layerNorm", "places", ["instances"], { numFeatures: 6, eps: 1e-4 });
    const graph = s.finish(["places"]);
    const bare = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, weights: {} })) };
    for (const network of [graph, bare]) {
      const { before, after } = await both({ graph: network, weights: s.weights });
      expectClose(after, before);
    }
  });

  it("lists everything that Keras can't do", async () => {
    const s = new Sketch([3, 11, 11]);
    s.conv("conv", "input", 3, 4, { stride: [2, 2], dilation: [2, 2] });
    s.add("maxPool2d", "pool", ["conv"], {
      kernelSize: [3, 3],
      stride: [2, 2],
      padding: [1, 1, 1, 1],
      dilation: [1, 1],
      ceilMode: false,
    });
    s.add("pad", "mirror", ["pool"], { padding: [1, 1, 1, 1], mode: "reflect", value: 0 });
    s.add("rmsNorm", "rms", ["mirror"], { numFeatures: 4, eps: 1e-3 });
    s.add("localResponseNorm", "lrn", ["rms"], { size: 3, alpha: 1, beta: 1, k: 1 });
    expect(() => writeKerasH5(s.finish(["lrn"]), s.weights)).toThrow(
      /5 layers can't be written:\n {2}conv \(conv2d\): .*dilation together with a stride\n {2}pool \(maxPool2d\): .*padding for a pool\n {2}mirror \(pad\): .*zeros only\n {2}rms \(rmsNorm\): .*3\.9 only\n {2}lrn \(localResp.*no such layer/,
    );
  });

  it("names a tensor that is missing, and layers that don't fit", async () => {
    const s = new Sketch([3, 9, 9]);
    s.conv("conv", "input", 3, 4);
    expect(() => writeKerasH5(s.finish(["conv"]), new Map())).toThrow(
      /layer "conv": its tensor "conv.weight" is missing among the weights/,
    );
    const t = new Sketch([5, 9, 9]);
    t.conv("conv", "input", 3, 4);
    expect(() => writeKerasH5(t.finish(["conv"]), t.weights)).toThrow(
      /Layer "conv" \(conv2d\): its weights are for 3 channels, and its input has 5/,
    );
  });

  it.skipIf(!pythonWith("h5py"))("writes what h5py reads, in the layout of Keras", async () => {
    const { graph, weights } = everything();
    const script = `
import h5py, json
f = h5py.File('a.h5')
config = json.loads(f.attrs['model_config'])
g = f['model_weights']
names = [n.decode() for n in g.attrs['layer_names']]
assert names == [l['config']['name'] for l in config['config']['layers']]
tensors = {w.decode(): g[n][w.decode()][:] for n in names for w in g[n].attrs['weight_names']}
print(json.dumps({
  'class': config['class_name'],
  'shapes': {k: list(v.shape) for k, v in tensors.items()},
  'kernel': tensors['features.0/kernel:0'][2, 1].ravel().tolist(),
  'dense': tensors['classifier.2/kernel:0'].ravel().tolist(),
}))`;
    const { printed } = runPython({
      module: "h5py",
      script,
      files: { "a.h5": writeKerasH5(graph, weights) },
    });
    const kernel = weights.get("features.0.weight")!.data as Float32Array;
    const dense = weights.get("classifier.2.weight")!.data as Float32Array;
    expect(printed).toMatchObject({
      class: "Functional",
      shapes: {
        "features.0/kernel:0": [3, 3, 3, 6],
        "features.4/depthwise_kernel:0": [3, 3, 6, 2],
        "features.1/moving_variance:0": [6],
        "classifier.0/kernel:0": [20, 7],
      },
      // Row 2, column 1, all inputs and outputs.
      kernel: Array.from(
        { length: 18 },
        (_, i) => kernel[((i % 6) * 3 + Math.floor(i / 6)) * 9 + 2 * 3 + 1],
      ),
      dense: Array.from({ length: 35 }, (_, i) => dense[(i % 5) * 7 + Math.floor(i / 5)]),
    });
  });

  it.skipIf(!pythonWith("h5py"))("cuts lists as Keras expects them, who asks for parts", () => {
    const { graph, weights } = longNames();
    // As Keras's load_attributes_from_hdf5_group.
    const script = `
import h5py, json
f = h5py.File('a.h5')
g, names, sizes = f['model_weights'], [], []
assert 'layer_names' not in g.attrs
while 'layer_names%d' % len(sizes) in g.attrs:
    part = g.attrs['layer_names%d' % len(sizes)]
    names += [n.decode('utf8') for n in part]
    sizes.append(len(part))
config = json.loads(f.attrs['model_config'])
assert names == [l['config']['name'] for l in config['config']['layers']]
assert sorted(names) == list(g) and all(len(g[n].attrs['weight_names']) == 0 for n in names)
print(json.dumps(sizes))`;
    const files = { "a.h5": writeKerasH5(graph, weights) };
    expect(runPython({ module: "h5py", script, files }).printed).toEqual([451, 450]);
  });
});
