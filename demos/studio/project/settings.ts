import type { FinetuneSettings } from "../../../src/finetune/index.ts";
import type { NetworkChoice, StudioSettings } from "./types.ts";

/** The studio's settings in the words of `finetune`; what they leave out is decided there. */
export function finetuneSettings(
  settings: StudioSettings,
  start: NetworkChoice["kind"],
): FinetuneSettings {
  const { cut, lr, findLr, augment, compare, epochs, batchSize, valSplit } = settings;
  return {
    ...{ epochs, batchSize, valSplit, compare },
    ...whatToTrain(settings),
    // What was trained here knows these classes already.
    ...(start === "run" && { keepHead: true }),
    ...(cut !== null && { cut }),
    ...(lr !== null && { lr }),
    ...(findLr && lr === null && { findLr }),
    ...(augment && { augment: ["flip", "crop", "colour"] }),
  };
}

function whatToTrain({
  train,
  frozen,
}: StudioSettings): Pick<FinetuneSettings, "train" | "freeze"> {
  if (train.kind === "layers") return { train: ["head", ...train.layers] };
  if (train.kind !== "auto" || frozen === undefined) return { train: [train.kind] };
  return frozen === null ? { train: ["all"] } : { freeze: frozen };
}

/** A program that does what the page did, for Node. */
export function codeFor(
  settings: StudioSettings,
  choice: NetworkChoice,
  classes: readonly string[],
): string {
  const asked = Object.entries(finetuneSettings(settings, choice.kind))
    .filter(([name, value]) => name !== "compare" || value)
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`);
  return [
    'import "webgraft/node";',
    'import { finetune } from "webgraft";',
    "",
    `// photos/ has a folder of pictures for each class: ${classes.map(inComment).join(", ")}.`,
    "const { evaluation, files } = await finetune({",
    '  data: "photos",',
    `  weights: ${JSON.stringify(weightsOf(choice))},`,
    ...asked,
    '  save: "model.safetensors",',
    "});",
    "console.log(evaluation?.accuracy, files?.weights);",
    "",
  ].join("\n");
}

function weightsOf(choice: NetworkChoice): string {
  if (choice.kind === "files") return choice.from ?? choice.name;
  if (choice.kind === "run") return "earlier.safetensors";
  return "node_modules/webgraft/assets/letters.safetensors";
}

/** Names hold no line ends that would end a comment. */
const inComment = (name: string) => name.replace(/[\r\n\u2028\u2029]/g, " ");
