import type { FinetuneSettings } from "../../../src/finetune/index.ts";
import type { StudioSettings } from "./types.ts";

/** The studio's settings in the words of `finetune`; what they leave out is decided there. */
export function finetuneSettings(settings: StudioSettings): FinetuneSettings {
  const { cut, lr, findLr, augment, epochs, batchSize, valSplit } = settings;
  return {
    ...{ epochs, batchSize, valSplit, compare: false },
    ...whatToTrain(settings),
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
  network: string,
  classes: readonly string[],
): string {
  const asked = Object.entries(finetuneSettings(settings))
    .filter(([name]) => name !== "compare")
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`);
  return [
    'import "webgraft/node";',
    'import { finetune } from "webgraft";',
    "",
    `// photos/ has a folder of pictures for each class: ${classes.map(inComment).join(", ")}.`,
    "const { evaluation, files } = await finetune({",
    '  data: "photos",',
    `  weights: ${JSON.stringify(network)},`,
    ...asked,
    '  save: "model.safetensors",',
    "});",
    "console.log(evaluation?.accuracy, files?.weights);",
    "",
  ].join("\n");
}

/** Names hold no line ends that would end a comment. */
const inComment = (name: string) => name.replace(/[\r\n\u2028\u2029]/g, " ");
