// Networks in fewer bits and ending with probabilities: what the task writes, and what it tells of the cost.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { convert } from "../../src/finetune/index.ts";
import { data, evaluate, formats, loadNetwork } from "../../src/index.ts";
import { at, builtin, runInFolder } from "./short_runs.ts";

runInFolder();

const letters = data.letters({ perClass: 1, testPerClass: 1 }).test;

describe("convert", { timeout: 300_000 }, () => {
  it("writes 8 bits and a softmax, and tells the accuracy before and after", async () => {
    const to = at("small.onnx");
    const given = { name: "letters", train: letters };
    const { accuracy } = await convert({
      ...{ weights: builtin, to, dtype: "i8", probabilities: true, data: given },
    });
    expect(accuracy!.count).toBe(37);
    expect(accuracy!.before).toBeGreaterThan(0.8);
    expect(Math.abs(accuracy!.after - accuracy!.before)).toBeLessThan(0.1);

    const { graph, tensors } = await formats.loadWeights(to);
    expect(graph!.nodes.at(-1)!.op).toBe("softmax");
    const elements = [...tensors.values()].reduce(
      (sum, { shape }) => sum + shape.reduce((n, side) => n * side, 1),
      0,
    );
    const { size } = statSync(to);
    expect(size).toBeLessThan(1.3 * elements);
    // Logits again when it is read: the loss is that of logits.
    const { model, transform } = await loadNetwork(to);
    const read = await evaluate(model, letters, { transform });
    expect(read.accuracy).toBeCloseTo(accuracy!.after, 6);
    expect(read.loss).toBeLessThan(1.5);
  });

  it("writes over nothing unasked", async () => {
    const to = at("taken.safetensors");
    writeFileSync(to, "trained");
    const again = (overwrite?: boolean) => convert({ weights: builtin, to, overwrite });
    await expect(again()).rejects.toThrow(
      /taken\.safetensors: is there already, and nothing trained is written over unasked/,
    );
    expect(readFileSync(to, "utf8")).toBe("trained");
    await again(true);
    expect((await formats.loadWeights(to)).tensors.size).toBe(50);
  });

  it.each([
    ["i8.npz", { dtype: "i8" }, "dtype: .npz files have no 8 bits"],
    ["i8.h5", { dtype: "i8" }, "dtype: .h5 files don't hold i8"],
    ["p.safetensors", { probabilities: true }, "probabilities: .safetensors files hold no network"],
  ] as const)("refuses %s", async (name, how, why) => {
    await expect(convert({ weights: builtin, to: at(name), ...how })).rejects.toThrow(why);
  });
});
