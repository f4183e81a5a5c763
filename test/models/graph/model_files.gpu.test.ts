import { expect, it } from "vitest";
import { formats, nn } from "webgraft";
import { writableEndings } from "../../../src/formats/index.ts";
import { modelFiles } from "../../../src/models/index.ts";

const small = () => new nn.Sequential({ conv: new nn.Conv2d(3, 4, 3), act: new nn.ReLU() });

it.each(writableEndings())("a model is written to %s and read again", async (ending) => {
  const model = small();
  const files = await modelFiles(model, `small${ending}`, {
    inputShape: [3, 8, 8],
    metadata: { note: "é" },
  });
  expect([...files.keys()][0]).toBe(`small${ending}`);
  const names = new Map([...files].map(([name, bytes]) => [name, bytes.slice()]));
  const file = await formats.loadWeights(names);
  const weight = [...file.tensors.values()].find(({ shape }) => shape.length === 4);
  expect(weight?.shape).toEqual([4, 3, 3, 3]);
  const values = Array.from(weight?.data() as Float32Array);
  expect(values).toEqual([...(await model.stateDict()["conv.weight"].data())]);
  if (ending !== ".npz") expect(file.metadata.note).toBe("é");
});

it("two networks of TF.js can lie in one folder", async () => {
  const options = { inputShape: [3, 8, 8] };
  const all = await Promise.all(
    ["a.json", "b.json"].map((name) => modelFiles(small(), name, options)),
  );
  expect(all.flatMap((files) => [...files.keys()])).toEqual([
    "a.json",
    "a.group1-shard1of1.bin",
    "b.json",
    "b.group1-shard1of1.bin",
  ]);
});

it("an ending that nothing is written to is refused with those that are", async () => {
  await expect(modelFiles(small(), "net.pb")).rejects.toThrow(
    'net.pb: can\'t write ".pb" files; use one of .safetensors, .h5, .pt, .pth, .npz, .json, .onnx',
  );
});
