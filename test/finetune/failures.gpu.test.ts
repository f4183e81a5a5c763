/** What goes wrong while networks are fine-tuned costs nobody a result. */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { digits } from "../../src/data/index.ts";
import {
  type FinetuneEvent,
  type FinetuneOptions,
  type FinetuneSettings,
  finetune,
} from "../../src/finetune/index.ts";
import { placeOf } from "../../src/finetune/keeping/place.ts";
import { loadWeights } from "../../src/formats/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { platform, setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { at, builtin, last, runInFolder, run as runShort, quick as short } from "./short_runs.ts";

runInFolder();

/** Half as many pictures, in as many steps. */
const quick: FinetuneSettings = { ...short, perClass: 2, batchSize: 8 };
const run = (settings: FinetuneSettings, options: FinetuneOptions = {}) =>
  runShort(options.resume ? settings : { ...quick, ...settings }, options);

describe("what goes wrong", () => {
  /** A disk on which nothing can be written to some paths. */
  function breakDisk(isFull: (path: string) => boolean): void {
    setPlatform({
      ...nodePlatform,
      async writeFileAtomic(path, bytes) {
        if (isFull(path)) throw new Error(`${path}: can't write: no space left on the disk`);
        await nodePlatform.writeFileAtomic(path, bytes);
      },
    });
  }

  it("a full disk at the end puts the network elsewhere, and says where", async () => {
    breakDisk((path) => path.startsWith(at("full")));
    const { result, events } = await run({ save: at("full", "model.safetensors") });
    const { weights } = result.files!;
    expect(weights.startsWith(tmpdir())).toBe(true);
    expect(last(events, "warning")?.message).toMatch(/no space left.*The trained network is in/);
    expect(last(events, "notKept")?.why).toMatch(/no space left/);
    expect((await loadWeights(weights)).tensors.size).toBe(50);
    for (const path of Object.values(result.files!)) rmSync(path, { force: true });
  });

  it("disks that are all full are waited for", async () => {
    let isFull = true;
    breakDisk(() => isFull);
    const save = at("room", "model.safetensors");
    const task = finetune({ ...quick, save }, { builtin });
    const waits: string[] = [];
    for await (const event of task) {
      if (event.type !== "waiting") continue;
      waits.push(event.why);
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      setImmediate(() => {
        isFull = waits.length < 2;
        vi.advanceTimersByTime(1000 * event.seconds);
        vi.useRealTimers();
      });
    }
    expect(waits).toHaveLength(2);
    expect(waits[0]).toMatch(/no space left/);
    expect((await task).files?.weights).toBe(save);
    expect(existsSync(save)).toBe(true);
  });

  it("a result that was never saved is had from the checkpoint, without another step", async () => {
    const save = at("later", "model.safetensors");
    const settings = { ...quick, epochs: 2, keepBest: true, save };
    breakDisk((path) => !path.includes("checkpoint"));
    const stop = new AbortController();
    const task = finetune(settings, { builtin, signal: stop.signal });
    const events: FinetuneEvent[] = [];
    const looped = (async () => {
      for await (const event of task) {
        events.push(event);
        if (event.type === "waiting") stop.abort();
      }
    })();
    await expect(looped).rejects.toThrow(/no space left/);
    const { checkpoint } = last(events, "failed")!;
    setPlatform(nodePlatform);
    const again = await run({}, { resume: checkpoint! });
    expect(again.types).not.toContain("step");
    expect(again.result.complete).toBe(true);
    expect(again.result.evaluation).toEqual(last(events, "evaluated")?.evaluation);
    expect(again.result.files?.weights).toBe(save);
    expect(existsSync(checkpoint!)).toBe(false);
    expect(existsSync(save)).toBe(true);
  });

  it("a run that is gone on with may save elsewhere, but not over another result", async () => {
    const stop = new AbortController();
    const settings = { ...quick, epochs: 3, save: at("moved", "a.safetensors") };
    const task = finetune(settings, { builtin, signal: stop.signal });
    for await (const event of task) if (event.type === "step") stop.abort();
    const { checkpoint, complete, model } = await task;
    expect([complete, model !== null]).toEqual([false, true]);
    const taken = at("moved", "b.safetensors");
    writeFileSync(taken, "another's");
    const again = (save: string) => run({ save }, { resume: checkpoint! });
    await expect(again(taken)).rejects.toThrow(/is there already, and nothing trained is written/);
    const { result } = await again(at("moved", "c.onnx"));
    expect(result.files?.weights).toBe(at("moved", "c.onnx"));
    expect(readdirSync(at("moved")).filter((name) => /^a\.|checkpoint/.test(name))).toEqual([]);
    expect(readFileSync(taken, "utf8")).toBe("another's");
  });

  it("a run is gone on with at the rate that is asked for now, and remembers it", async () => {
    const settings = { ...quick, epochs: 3, checkpointEvery: 0 };
    const rates = async (given: FinetuneSettings, options: FinetuneOptions, steps = 99) => {
      const stop = new AbortController();
      const found: Record<number, number> = {};
      const task = finetune(given, { builtin, ...options, signal: stop.signal });
      for await (const event of task) {
        if (event.type !== "step") continue;
        found[event.step] = event.learningRate;
        if (event.step >= steps) stop.abort();
      }
      return { found, checkpoint: (await task).checkpoint! };
    };
    const { found: expected } = await rates({ ...settings, lr: 1e-4 }, {});
    const save = at("slower", "m.pt");
    const first = await rates({ ...settings, lr: 1e-2, save }, {}, 2);
    const { checkpoint: resume } = first;
    const second = await rates({ lr: 1e-4 }, { resume }, 5);
    const third = await rates({}, { resume });
    const steps = { ...second.found, ...third.found };
    const done = Object.keys(first.found).length;
    expect(Object.keys(steps).map(Number)).toEqual(
      Array.from({ length: 9 - done }, (_, i) => 1 + done + i),
    );
    for (const [step, rate] of Object.entries(steps)) expect(rate).toBe(expected[Number(step)]);
  });

  it("a result that somebody put in its place meanwhile stays, and the network gets another name", async () => {
    const save = at("meanwhile", "model.safetensors");
    const task = finetune({ ...quick, save }, { builtin });
    for await (const { type } of task) if (type === "epoch") writeFileSync(save, "another's");
    const { files } = await task;
    expect(readFileSync(save, "utf8")).toBe("another's");
    expect(files?.weights).toMatch(/model-\d+\.safetensors$/);
    expect((await loadWeights(files!.weights)).tensors.size).toBe(50);
  });

  it("a run that was killed after it had saved ends as it would have, also one that may write over", async () => {
    for (const overwrite of [false, true]) {
      const folder = at(`late ${overwrite}`);
      mkdirSync(folder);
      const save = join(folder, "model.safetensors");
      if (overwrite) writeFileSync(save, "an earlier one");
      // As after kill -9: nothing of what comes after the network is done.
      breakDisk((path) => path.endsWith(".md") || path.endsWith(".history.json"));
      const disk = { ...nodePlatform.disk!, remove: async () => {} };
      setPlatform({ ...platform(), disk });
      const first = await run({ save }, { overwrite });
      expect(last(first.events, "warning")?.message).toMatch(/no space left/);
      setPlatform(nodePlatform);
      const whole = readFileSync(save);
      const half = join(folder, `.model.safetensors.${randomUUID()}.tmp`);
      writeFileSync(half, "half");
      const again = await run({}, { resume: placeOf(save).checkpoint });
      expect(again.types).not.toContain("step");
      expect(again.result.files?.weights).toBe(save);
      expect(readFileSync(save).equals(whole)).toBe(true);
      expect(readdirSync(folder).sort()).toEqual(
        ["card.md", "history.json", "labels.json", "safetensors"].map((end) => `model.${end}`),
      );
    }
  });

  it("a comparison that fails costs no result", async () => {
    const { train, test } = digits({ perClass: 2, testPerClass: 1 });
    let gone = false;
    const get = (i: number) => {
      if (gone) throw new Error("the disk is gone");
      return train.get(i);
    };
    const set = { length: train.length, classes: train.classes, labels: train.labels, get };
    const data = { name: "mine", train: set, validation: test };
    const task = finetune(
      { data, epochs: 1, compare: true, save: at("alone", "m.pt") },
      { builtin },
    );
    const warnings: string[] = [];
    for await (const event of task) {
      if (event.type === "saved") gone = true;
      if (event.type === "warning") warnings.push(event.message);
    }
    const { comparison, files, complete } = await task;
    expect(warnings).toContain("the comparison failed: the disk is gone");
    expect(comparison.map(({ name }) => name)).toEqual(["before", "fine-tuned"]);
    expect([complete, existsSync(files!.weights)]).toEqual([true, true]);
  });

  it.each([["head"], ["all"]])(
    "a GPU that is lost in the comparison takes no network along: %s",
    async (layers) => {
      const save = at(`compared ${layers}`, "m.safetensors");
      const settings = { ...quick, compare: true, train: [layers], save };
      const task = finetune(settings, { builtin });
      let lost = 0;
      for await (const event of task) {
        if (event.type === "deviceLost") lost++;
        const isIt = event.type === "step" && event.phase === "from scratch" && event.step === 2;
        if (isIt && lost === 0) currentDevice().gpu.destroy();
      }
      const { model, comparison } = await task;
      expect([lost, comparison.length]).toEqual([1, 3]);
      const { tensors } = await loadWeights(save);
      for (const [name, tensor] of Object.entries(model!.stateDict()))
        expect(await tensor.data(), name).toEqual(tensors.get(name)!.data());
    },
  );

  it("a name that nothing can be written to is refused before anything is opened", async () => {
    const bad = { weights: at("none.pt"), data: at("nowhere"), save: "model.bin" };
    await expect(run(bad)).rejects.toThrow(
      /^save model\.bin: can't write "\.bin" files; use one of/,
    );
  });

  it("a format that can't hold the network leaves plain weights", async () => {
    breakDisk((path) => path.endsWith("net.onnx"));
    const { result } = await run({ save: at("plain", "net.onnx") });
    expect(result.files?.weights).toBe(at("plain", "net.onnx.safetensors"));
  });

  it("a loss that isn't finite says so, and leaves nothing half done", async () => {
    const task = finetune(
      { ...quick, lr: 1e30, optimizer: "sgd", save: at("nan", "m.pt") },
      { builtin },
    );
    const events: FinetuneEvent[] = [];
    const looped = (async () => {
      for await (const event of task) events.push(event);
    })();
    await expect(looped).rejects.toThrow(/the loss is (NaN|Infinity)/);
    expect(last(events, "failed")?.why).toMatch(/the loss is/);
    expect(existsSync(at("nan"))).toBe(last(events, "failed")?.checkpoint !== null);
  });

  it.each([
    ["is NaN", Number.NaN, /the loss is NaN .* example \d+ holds NaN/],
    ["can't be read", null, /the disk is gone/],
  ] as const)(
    "a picture that %s in a later epoch takes along nothing that was learned before",
    async (_, value, message) => {
      const { train, test } = digits({ perClass: 2, testPerClass: 1 });
      let spoiled = false;
      const get = (i: number) => {
        const example = train.get(i);
        if (!spoiled) return example;
        if (value === null) throw new Error("the disk is gone");
        return { ...example, image: new Float32Array(example.image.length).fill(value) };
      };
      const { length, classes, labels } = train;
      const data = { name: "mine", train: { length, classes, labels, get }, validation: test };
      const settings = { data, epochs: 3, compare: false };
      const undisturbed = await finetune(settings, { builtin });
      const save = at(`spoiled ${value}`, "m.safetensors");
      const task = finetune({ ...settings, save }, { builtin });
      const events: FinetuneEvent[] = [];
      const looped = (async () => {
        for await (const event of task) {
          events.push(event);
          if (event.type === "epoch" && event.epoch === 1) spoiled = true;
        }
      })();
      await expect(looped).rejects.toThrow(message);
      const { checkpoint } = last(events, "failed")!;
      expect(last(events, "kept")).toMatchObject({ path: checkpoint });
      spoiled = false;
      const again = await run({ data }, { resume: checkpoint! });
      const steps = again.events.flatMap((event) => (event.type === "step" ? [event.step] : []));
      expect(Math.min(...steps)).toBeGreaterThan(last(events, "kept")!.step);
      expect(last(events, "kept")!.step).toBeGreaterThan(1);
      expect(again.result.evaluation).toEqual(undisturbed.evaluation);
    },
  );

  it("a failed run leaves no folder behind", async () => {
    const bad = { train: ["nothing"], save: at("new", "folder", "m.pt") };
    await expect(run(bad)).rejects.toThrow(/no layer matches nothing/);
    expect(existsSync(at("new"))).toBe(false);
  });
});
