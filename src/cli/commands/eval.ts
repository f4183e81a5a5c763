import { type Dataset, selectClasses } from "../../data/index.ts";
import { CrossEntropyLoss } from "../../nn/index.ts";
import { SGD } from "../../optim/index.ts";
import { type Evaluation, Trainer } from "../../train/index.ts";
import { builtinData } from "../builtin.ts";
import { confusionText } from "../confusion.ts";
import { startDevice } from "../device.ts";
import { EXIT, UsageError } from "../errors.ts";
import { percent, plural } from "../format.ts";
import { inputTransforms } from "../input.ts";
import type { CommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { openSaved, type SavedOptions } from "../saved_network.ts";
import { openData } from "../sources/index.ts";

export interface EvalOptions extends CommonOptions, SavedOptions {
  readonly data?: readonly string[];
  readonly batchSize?: number;
  /** Fewer of the built-in pictures. */
  readonly quick?: boolean;
}

/** `graft eval`. Of data with a part for validation or tests, that part. */
export async function evaluate(options: EvalOptions, output: Output): Promise<number> {
  const network = await openSaved(options, output);
  const { input, classes } = network.info;
  const source = options.data
    ? await openData(options.data, input)
    : builtinData({ quick: options.quick });
  const set = ownClasses(source.validation ?? source.train, classes);
  checkClasses(classes, set.classes ?? [], source.name);
  output.line(`Data: ${plural(set.length, "image")} of ${source.kind} ${source.name}`);
  const device = await startDevice(options.adapter ?? "system", output);
  try {
    const model = network.create();
    const optimizer = new SGD(model.parameters(), { lr: 0 });
    const trainer = new Trainer({ model, optimizer, loss: new CrossEntropyLoss() });
    const transform = inputTransforms(source, input);
    const { batchSize = 32 } = options;
    show(await trainer.evaluate(set, { batchSize, transform }), output);
    return EXIT.ok;
  } finally {
    device.destroy();
  }
}

/** Of data with more classes, or in another order, the network's own. */
function ownClasses(set: Dataset, own: readonly string[]): Dataset {
  const given = set.classes ?? [];
  const same = own.length === given.length && own.every((label, i) => label === given[i]);
  return !same && own.every((label) => given.includes(label)) ? selectClasses(set, own) : set;
}

/** Class numbers only mean the same where the names do. */
function checkClasses(own: readonly string[], given: readonly string[], name: string): void {
  const unnamed = own.every((label) => /^class \d+$/.test(label));
  if (unnamed && own.length >= given.length) return;
  const differs = given.findIndex((label, i) => label !== own[i]);
  if (differs < 0) return;
  throw new UsageError(
    `${name}: its class ${differs} is "${given[differs]}", the network's "${own[differs] ?? "(none)"}": ` +
      "they must be the same, in the same order",
  );
}

function show(evaluation: Evaluation, output: Output): void {
  const { accuracy, balancedAccuracy, loss, perClass, classes } = evaluation;
  output.line(
    `\nAccuracy ${percent(accuracy)}, mean over classes ${percent(balancedAccuracy)}, loss ${loss.toFixed(3)}\n`,
  );
  output.line(confusionText(evaluation));
  output.emit("result", {
    ...evaluation,
    perClass: perClass.map((scores, i) => ({ class: classes[i], ...scores })),
  });
}
