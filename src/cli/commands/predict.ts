import { existsSync } from "node:fs";
import { type Dataset, imageFolder } from "../../data/index.ts";
import { CrossEntropyLoss } from "../../nn/index.ts";
import { SGD } from "../../optim/index.ts";
import { type Prediction, Trainer } from "../../train/index.ts";
import { colors as pc } from "../colors.ts";
import { startDevice } from "../device.ts";
import { EXIT, UsageError } from "../errors.ts";
import { padEnd, padStart, percent } from "../format.ts";
import { inputTransforms } from "../input.ts";
import type { CommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { openSaved, type SavedOptions } from "../saved_network.ts";

export interface PredictOptions extends CommonOptions, SavedOptions {
  /** How many classes to show for each image. Default 3. */
  readonly top?: number;
  readonly batchSize?: number;
}

/** `graft predict`: the likeliest classes of each picture. */
export async function predict(
  options: PredictOptions,
  output: Output,
  images: readonly string[],
): Promise<number> {
  const { top = 3, batchSize = 32 } = options;
  const absent = images.find((path) => !existsSync(path));
  if (absent) throw new UsageError(`${absent}: no such file`);
  const network = await openSaved(options, output);
  const { input, classes } = network.info;
  const { size, resize, shorterSide, antialias } = input;
  const set: Dataset = await imageFolder(
    { pictures: images },
    { size, resize, shorterSide, antialias },
  );
  const device = await startDevice(options.adapter ?? "system", output);
  try {
    const model = network.create();
    const optimizer = new SGD(model.parameters(), { lr: 0 });
    const trainer = new Trainer({ model, optimizer, loss: new CrossEntropyLoss() });
    const transform = inputTransforms({ channels: 3, size: null, toBytes: [] }, input);
    const predictions = await trainer.predict(set, { batchSize, transform, classes });
    predictions.forEach((prediction, i) => {
      show(images[i], ranked(prediction, classes).slice(0, top), output);
    });
    return EXIT.ok;
  } finally {
    device.destroy();
  }
}

interface Ranked {
  readonly name: string;
  readonly probability: number;
}

function ranked({ probabilities }: Prediction, classes: readonly string[]): Ranked[] {
  return Array.from(probabilities, (probability, i) => ({
    name: classes[i] ?? String(i),
    probability,
  })).sort((a, b) => b.probability - a.probability);
}

function show(image: string, best: readonly Ranked[], output: Output): void {
  output.emit("prediction", { image, classes: best });
  output.line(`\n${pc.bold(image)}`);
  const longest = Math.max(...best.map(({ name }) => name.length));
  best.forEach(({ name, probability }, i) => {
    const row = `  ${padEnd(name, longest)}  ${padStart(percent(probability), 8)}`;
    output.line(i === 0 ? pc.green(row) : row);
  });
}
