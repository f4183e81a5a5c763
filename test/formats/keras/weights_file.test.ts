import { describe, expect, it } from "vitest";
import { failing } from "../../../src/formats/errors.ts";
import { writeHdf5 } from "../../../src/formats/keras/hdf5/write/file.ts";
import { GroupToWrite } from "../../../src/formats/keras/hdf5/write/group.ts";
import { fixedTexts, floats } from "../../../src/formats/keras/hdf5/write/values.ts";
import { readKeras } from "../../../src/formats/keras/read.ts";
import { memorySource } from "../fuzz.ts";

const fail = failing("made.h5", "keras-h5");

function read(root: GroupToWrite) {
  const bytes = writeHdf5(root, fail);
  return readKeras(bytes, memorySource(bytes, "made.h5"));
}

/** Elements 0.5, 1.5, … in a shape. */
function halves(...shape: number[]) {
  return floats(shape, (target) => target.set(target.map((_, i) => i + 0.5)));
}

describe("files of weights alone", () => {
  it("leave out the state of metrics, as Keras 2.12 to 3 and models of a class of one's own keep it", async () => {
    const root = new GroupToWrite();
    for (const path of ["layers/dense", "_layer_checkpoint_dependencies\\dense_1"]) {
      root.dataset(`${path}/vars/0`, halves(3, 2));
      root.dataset(`${path}/vars/1`, halves(2));
    }
    for (const path of ["metrics/mean", "metrics\\mean_metric_wrapper", "loss_tracker"]) {
      root.dataset(`${path}/vars/0`, halves());
      root.dataset(`${path}/vars/1`, halves());
    }
    root.dataset("metrics/auc/vars/0", halves(200));
    const file = await read(root);
    expect([...file.tensors.keys()].sort()).toEqual([
      "dense.bias",
      "dense.weight",
      "dense_1.bias",
      "dense_1.weight",
    ]);
    expect(file.tensors.get("dense.weight")!.data()).toEqual(
      Float32Array.of(0.5, 2.5, 4.5, 1.5, 3.5, 5.5),
    );
    expect(file.notes).toContain(
      "What metrics and the like have counted (7 tensors) was left out.",
    );
  });

  it('keep layers apart whose names end alike behind a "/", as those of SqueezeNet do', async () => {
    const root = new GroupToWrite();
    const layers = ["conv1", "fire2/squeeze", "fire3/squeeze"];
    root.attributes.set("layer_names", fixedTexts(layers));
    root.attributes.set("backend", "tensorflow");
    for (const [i, layer] of layers.entries()) {
      const names = [`${layer}/kernel:0`, `${layer}/bias:0`];
      const group = root.group(layer);
      group.attributes.set("weight_names", fixedTexts(names));
      group.dataset(names[0], halves(1, 1, 3, 4 + i));
      group.dataset(names[1], halves(4 + i));
    }
    const file = await read(root);
    const shapes = [...file.tensors].map(([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual(
      layers.flatMap((layer, i) => [
        [`${layer}.weight`, [4 + i, 3, 1, 1]],
        [`${layer}.bias`, [4 + i]],
      ]),
    );
    expect(file.tensors.get("fire3/squeeze.weight")!.data()[1]).toBe(6.5);
  });
});
