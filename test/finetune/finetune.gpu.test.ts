import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { digits } from "../../src/data/index.ts";
import { type FinetuneSettings, finetune, SettingError } from "../../src/finetune/index.ts";
import { saveNetwork } from "../../src/finetune/keeping/save.ts";
import { labelsPath } from "../../src/finetune/network/sidecar.ts";
import { loadNetwork } from "../../src/transfer/index.ts";
import { at, builtin, last, quick, run, runInFolder } from "./short_runs.ts";

runInFolder();

describe("finetune", () => {
  it("tells what it does, and gives the network with what is known of it", async () => {
    const { result, types } = await run({ compare: true });
    expect(types).toEqual([
      ...["weights", "data", "adapter", "loaded", "training", "evaluated"],
      ...["compile", "step", "epoch", "checkpoint", "result"],
    ]);
    const { comparison, classes, input, evaluation, complete, step, files } = result;
    expect(comparison.map(({ name }) => name)).toEqual(["before", "from scratch", "fine-tuned"]);
    expect(comparison.at(-1)?.evaluation).toBe(evaluation);
    expect({ complete, step, files }).toEqual({ complete: true, step: 3, files: null });
    expect(classes).toEqual([..."0123456789"]);
    expect(input).toMatchObject({ size: 32, channels: 3 });
    expect(result.model?.parameters()[0]?.shape).toEqual([8, 3, 3, 3]);
  });

  it("takes datasets, and needs no events to be listened to", async () => {
    const { train, test } = digits({ perClass: 2, testPerClass: 1 });
    const data = { name: "mine", train, validation: test };
    const { evaluation } = await finetune({ data, epochs: 1, train: ["head"] }, { builtin });
    expect(evaluation?.count).toBe(10);
  });

  it("refuses settings that there aren't, or that can't have this value", async () => {
    const misspelt = { epoch: 3 } as FinetuneSettings;
    await expect(finetune(misspelt)).rejects.toThrow(
      'unknown setting "epoch" (did you mean "epochs"?)',
    );
    await expect(finetune({ epochs: 0 })).rejects.toThrow(
      "epochs: 0 won't do; expected a whole number of at least 1",
    );
    await expect(finetune({})).rejects.toThrow(SettingError);
    await expect(finetune({})).rejects.toThrow("weights: name the weights");
  });

  it("stopped without a place to keep anything, gives what it has learned so far", async () => {
    const stop = new AbortController();
    const task = finetune({ ...quick, epochs: 5 }, { builtin, signal: stop.signal });
    for await (const event of task) if (event.type === "step" && event.step === 4) stop.abort();
    const { complete, step, evaluation, model } = await task;
    expect(complete).toBe(false);
    expect(step).toBeLessThan(15);
    expect(evaluation?.count).toBe(40);
    expect(model).not.toBeNull();
  });
});

describe("what finetune leaves on the disk", () => {
  const names = ["model.safetensors", "net.pt", "net.onnx", "net.h5", "net.json", "other.json"];

  it("is the network in any format, known again from its file alone", async () => {
    const { model, network } = (await run({})).result;
    for (const name of [...names, "net.npz"]) {
      const { weights, labels } = await saveNetwork(model!, at("all", name), network);
      expect([weights, existsSync(weights), existsSync(labels)]).toEqual([
        at("all", name),
        true,
        true,
      ]);
    }
    for (const name of names) {
      rmSync(labelsPath(at("all", name)));
      const { classes, input } = await loadNetwork(at("all", name));
      expect(classes, name).toEqual(network.classes);
      expect(input, name).toEqual(network.input);
    }
    // Which has no room for it, but labels.
    const { classes, input } = await loadNetwork(at("all", "net.npz"));
    expect([classes, input]).toEqual([network.classes, network.input]);
    expect(readdirSync(at("all")).filter((name) => name.endsWith(".bin"))).toHaveLength(2);
  });

  it("is all there, and no checkpoint any more", async () => {
    const { result, types } = await run({ save: at("one", "net.onnx"), checkpointEvery: 0 });
    expect(types).toContain("kept");
    expect(readdirSync(at("one")).sort()).toEqual(
      ["", ".card.md", ".history.json", ".labels.json"].map((end) => `net.onnx${end}`),
    );
    for (const path of Object.values(result.files ?? {})) expect(existsSync(path)).toBe(true);
  });

  it("with losses and accuracies by epoch", async () => {
    const { result, events } = await run({ epochs: 2, save: at("history.safetensors") });
    const { epochs } = JSON.parse(readFileSync(result.files?.history ?? "", "utf8"));
    expect(epochs).toHaveLength(2);
    const { loss, validation } = last(events, "epoch")!;
    expect(epochs[1]).toMatchObject({
      ...{ epoch: 1, loss },
      validation: { loss: validation?.loss, accuracy: validation?.accuracy },
    });
  });
});
