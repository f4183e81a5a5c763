// What loading weights costs: time and memory of reading a file into a network, beside a plain read
// of the same file with an upload of as many bytes. The 59 MB of VGG-16's features, as float32 in
// each format, and the float16 file as it was published.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { formats, models, transfer } from "webgraft";
import { currentDevice } from "../../src/gpu/index.ts";
import { runCase } from "./harness.ts";

const RUNS = 5;
const PUBLISHED = "weights/vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors";

type Model = ReturnType<typeof models.vgg16>;
type Dict = ReturnType<Model["stateDict"]>;

/** Formats that Graft writes, by ending. */
const SAVERS: Readonly<
  Record<string, (model: Model, dict: Dict, file: string) => Promise<unknown>>
> = {
  safetensors: (_, dict, file) => formats.saveSafetensors(dict, file),
  pth: (_, dict, file) => formats.savePytorch(dict, file),
  npz: (_, dict, file) => formats.saveNpz(dict, file),
  h5: (model, _, file) => formats.saveKerasH5(model, { path: file, inputShape: [3, 32, 32] }),
  onnx: (model, _, file) => formats.saveOnnx(model, { path: file, inputShape: [3, 32, 32] }),
};

async function load(file: string, model: Model): Promise<void> {
  transfer.loadPretrained(model, await formats.loadWeights(file), { onMismatch: "skip" });
  await currentDevice().gpu.queue.onSubmittedWorkDone();
}

/** What can't be had cheaper: the file's bytes, and the network's written to its buffers. */
async function readAndUpload(file: string, dict: Dict): Promise<void> {
  const bytes = await readFile(file);
  const { queue } = currentDevice().gpu;
  for (const { array } of Object.values(dict)) {
    const size = array.size * 4;
    // A float16 file has half of them; twice the same bytes are as good.
    for (let at = 0; at < size; ) {
      const length = Math.min(size - at, bytes.length & ~3);
      queue.writeBuffer(array.storage.buffer, at, bytes.buffer, bytes.byteOffset, length);
      at += length;
    }
  }
  await queue.onSubmittedWorkDone();
}

interface Cost {
  readonly milliseconds: number;
  /** Most bytes held in array buffers above what was there before; the same of resident memory. */
  readonly peak: number;
  readonly resident: number;
}

/** The shortest of some runs in turns, and the memory of one more. */
async function measured(works: readonly (() => Promise<void>)[]): Promise<Cost[]> {
  const shortest = works.map(() => Number.POSITIVE_INFINITY);
  for (let run = 0; run <= RUNS; run++) {
    for (const [i, work] of works.entries()) {
      const start = performance.now();
      await work();
      shortest[i] = Math.min(shortest[i]!, performance.now() - start);
    }
  }
  const costs: Cost[] = [];
  for (const [i, work] of works.entries()) {
    costs.push({ milliseconds: shortest[i]!, ...(await peakOf(work)) });
  }
  return costs;
}

async function peakOf(work: () => Promise<void>) {
  await collect();
  const before = process.memoryUsage();
  const most = { arrayBuffers: before.arrayBuffers, rss: before.rss };
  const sample = () => {
    const now = process.memoryUsage();
    most.arrayBuffers = Math.max(most.arrayBuffers, now.arrayBuffers);
    most.rss = Math.max(most.rss, now.rss);
  };
  const { queue } = currentDevice().gpu;
  const write = queue.writeBuffer.bind(queue);
  // Uploading a tensor is when its bytes, decoded, and the file's are all there.
  queue.writeBuffer = (...given: Parameters<GPUQueue["writeBuffer"]>) => {
    sample();
    return write(...given);
  };
  try {
    await work();
    sample();
  } finally {
    queue.writeBuffer = write;
  }
  return { peak: most.arrayBuffers - before.arrayBuffers, resident: most.rss - before.rss };
}

/** Buffers are freed some time after the objects that hold them. */
async function collect(): Promise<void> {
  const { gc } = globalThis;
  if (!gc) throw new Error("load-weights measures memory: run it with node --expose-gc");
  for (let i = 0; i < 3; i++) {
    gc();
    await setTimeout(50);
  }
}

await runCase("load-weights", async ({ data: path, out, report }) => {
  const model = models.vgg16({ includeTop: false, inputSize: 32 });
  const published = path(PUBLISHED);
  transfer.loadPretrained(model, await formats.loadWeights(published), { onMismatch: "skip" });
  const dict = model.stateDict();
  const files = [published];
  for (const [name, save] of Object.entries(SAVERS)) {
    const file = out(`vgg16_features.${name}`);
    await save(model, dict, file);
    files.push(file);
  }
  for (const file of files) {
    const { length } = await readFile(file);
    const works = [() => readAndUpload(file, dict), () => load(file, model)];
    const [plain, graft] = (await measured(works)) as [Cost, Cost];
    const row = basename(file);
    report(row, "MB", length / 1e6);
    report(row, "plain ms", plain.milliseconds);
    report(row, "Graft ms", graft.milliseconds);
    report(row, "times", graft.milliseconds / plain.milliseconds);
    report(row, "peak / size", graft.peak / length);
    report(row, "plain peak / size", plain.peak / length);
    report(row, "resident / plain", (graft.resident - plain.resident) / length);
  }
});
