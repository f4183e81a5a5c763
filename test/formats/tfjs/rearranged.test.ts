import { describe, expect, it } from "vitest";
import { requireArchitecture } from "../../../src/formats/index.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { writeTfjs } from "../../../src/formats/tfjs/write.ts";
import { Sketch, tensorsOf, waves } from "../graph_samples.ts";
import { memoryFiles } from "../graph_support.ts";
import { interpret } from "../interpret.ts";
import { rearranged } from "../rearranged_samples.ts";
import {
  decoderLayers,
  type ModelFiles,
  rearrangingGraph,
  signalGraph,
  signalLayers,
} from "./rearranged_models.ts";

const read = (files: ModelFiles) =>
  readTfjs(files["model.json"]!, memoryFiles({ ...files }, "model.json"));

/** Of a map [C, H, W], the elements in the order of the file: height, width, channels. */
function channelsLast(values: Float64Array, channels: number): number[] {
  const pixels = values.length / channels;
  return Array.from(values, (_, i) => values[(i % channels) * pixels + Math.floor(i / channels)]);
}

/** What @tensorflow/tfjs 4.22 computes for the input whose element i is sin(0.1 i): all, or the sum of all times cos(i). */
const CASES: readonly [() => ModelFiles, string, number, readonly number[] | number][] = [
  [
    signalLayers,
    "input conv2d relu batchNorm conv2d maxPool2d avgPool2d flatten linear",
    3,
    [0.5489543676376343, 1.994164228439331, 1.6059486865997314],
  ],
  [
    decoderLayers,
    "input convTranspose2d convTranspose2d resize narrow narrow",
    2,
    -7.733824046717628,
  ],
  [
    rearrangingGraph,
    "input convTranspose2d resize depthToSpace resize narrow resize narrow channelShuffle concat",
    12,
    13.665180214673597,
  ],
  [
    signalGraph,
    "input conv2d relu reshape maxPool2d reshape globalAvgPool linear",
    2,
    [-0.37590670585632324, 0.2921033203601837],
  ],
];

describe("TF.js models that resize, cut and rearrange, and over signals", () => {
  it.each(CASES)("compute what TF.js computes: %o", async (make, ops, channels, expected) => {
    const file = await read(make());
    const graph = requireArchitecture(file);
    expect(graph.nodes.map(({ op }) => op).join(" ")).toBe(ops);
    const [output] = interpret(graph, file.tensors, waves(graph.inputShape));
    const values = channelsLast(output, channels);
    if (typeof expected === "number") {
      const sum = values.reduce((all, value, i) => all + value * Math.cos(i), 0);
      expect(sum).toBeCloseTo(expected, 4);
    } else {
      expect(values).toHaveLength(expected.length);
      expected.forEach((value, i) => {
        expect(values[i]).toBeCloseTo(value, 5);
      });
    }
  });

  it("are written so that they compute the same", async () => {
    const { graph, weights } = rearranged();
    const file = await read(writeTfjs(graph, weights));
    const image = waves(graph.inputShape);
    const [before] = interpret(graph, tensorsOf(weights), image);
    const [after] = interpret(requireArchitecture(file), file.tensors, image);
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i], 6);
    });
  });

  it("and what neither Keras nor TF.js has is listed", () => {
    const s = new Sketch([4, 6, 6]);
    const resizing = { mode: "bilinear", coordinates: "halfPixel", rounding: "floor" } as const;
    s.add("resize", "mixed", ["input"], { ...resizing, size: null, scale: [2, 2] });
    s.add("resize", "odd", ["mixed"], { ...resizing, size: [9, 9], scale: null });
    s.add("convTranspose2d", "grouped", ["odd"], {
      ...{ inChannels: 4, outChannels: 4, groups: 2, kernelSize: [2, 2], stride: [2, 2] },
      ...{ padding: [0, 0, 0, 0], outputPadding: [0, 0], dilation: [1, 1] },
    });
    expect(() => writeTfjs(s.finish(["grouped"]), s.weights)).toThrow(
      /mixed \(resize\): TensorFlow.js mixes other pixels.*\n {2}odd \(resize\): Keras resizes by whole factors only\n {2}grouped \(convTranspose2d\): .*in groups/,
    );
  });
});
