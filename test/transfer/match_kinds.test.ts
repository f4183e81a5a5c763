import { expect, it } from "vitest";
import { failing } from "../../src/formats/errors.ts";
import type { Hdf5Dataset, Hdf5Group } from "../../src/formats/keras/hdf5/file.ts";
import { varsWeights } from "../../src/formats/keras/vars_h5.ts";
import type { Named } from "../../src/transfer/match_kinds.ts";
import { matchNames } from "../../src/transfer/match_names.ts";

const layer = (path: string, weight: number[], ...vectors: string[]): Named[] => [
  { name: `${path}.weight`, shape: weight },
  ...vectors.map((role) => ({ name: `${path}.${role}`, shape: [weight[0]!] })),
];
const NORM = ["bias", "running_mean", "running_var"];

/** Two blocks of a depthwise and a pointwise convolution, as a network has them. */
const MODEL = [
  ...layer("features.0.conv", [8, 3, 3, 3]),
  ...layer("features.0.bn", [8], ...NORM),
  ...layer("features.1.dw", [8, 1, 3, 3]),
  ...layer("features.1.bn", [8], ...NORM),
  ...layer("features.1.pw", [16, 8, 1, 1]),
  ...layer("features.1.bn2", [16], ...NORM),
  ...layer("classifier", [10, 16], "bias"),
];

/** The same as Keras 3 lists them: by class. */
const fileOf = (classes: number) => [
  ...layer("batch_normalization", [8], ...NORM),
  ...layer("batch_normalization_1", [8], ...NORM),
  ...layer("batch_normalization_2", [16], ...NORM),
  ...layer("conv2d", [8, 3, 3, 3]),
  ...layer("conv2d_1", [16, 8, 1, 1]),
  ...layer("dense", [classes, 16], "bias"),
  ...layer("depthwise_conv2d", [8, 1, 3, 3]),
];

it("pairs layers by kind where a file lists them by class", () => {
  const pairs = matchNames(MODEL, fileOf(10));
  expect(pairs).toHaveLength(MODEL.length);
  const sourceOf = (name: string) => pairs.find((pair) => pair.name === name)?.source;
  expect(sourceOf("features.1.dw.weight")).toBe("depthwise_conv2d.weight");
  expect(sourceOf("features.1.pw.weight")).toBe("conv2d_1.weight");
  expect(sourceOf("features.1.bn2.running_var")).toBe("batch_normalization_2.running_var");
  expect(pairs.every(({ how }) => how === "kind")).toBe(true);
});

it("leaves out another head, and kinds that don't agree", () => {
  const sources = matchNames(MODEL, fileOf(5)).map(({ source }) => source);
  expect(sources).toHaveLength(MODEL.length - 2);
  expect(sources).not.toContain("dense.weight");
  const other = fileOf(10).filter(({ name }) => !name.startsWith("batch_normalization_2"));
  const without = matchNames(MODEL, other).map(({ source }) => source);
  expect(without.some((source) => source.startsWith("batch_normalization"))).toBe(false);
  expect(matchNames(MODEL, layer("conv2d", [9, 9, 3, 3]))).toEqual([]);
});

it("counts Keras' layers by their numbers, not as text", () => {
  const attribute = () => undefined;
  const dataset: Hdf5Dataset = {
    ...{ kind: "dataset", path: "", attribute, shape: [1] },
    type: { name: "float32", number: "f32", size: 4, bigEndian: false },
    bytes: () => new Uint8Array(4),
  };
  const group = (members: Record<string, Hdf5Group | Hdf5Dataset>): Hdf5Group => ({
    ...{ kind: "group", path: "", attribute, names: Object.keys(members) },
    get: (name) => members[name],
  });
  const conv = group({ vars: group({ 0: dataset }) });
  const names = ["conv2d", "conv2d_1", "conv2d_10", "conv2d_2", "dense"];
  const root = group({ layers: group(Object.fromEntries(names.map((name) => [name, conv]))) });
  const { weights } = varsWeights(root, failing("a.h5", "keras-h5"));
  expect([...weights.all()].map((found) => found.layer)).toEqual([
    ...["conv2d", "conv2d_1", "conv2d_2", "conv2d_10", "dense"],
  ]);
});
