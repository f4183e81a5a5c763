import type { Command } from "commander";
import { SETTINGS } from "../../finetune/index.ts";
import { baseCommand, examples } from "./common.ts";
import { withSettings } from "./settings.ts";

/** `graft finetune`, the command when none is named. */
export function finetuneDefinition(run: string): Command {
  const command = baseCommand(
    "finetune",
    "Fine-tune a network. Without any options: the built-in one, on digits drawn on the spot",
  );
  return withSettings(command, SETTINGS)
    .option("--resume [checkpoint]", "go on with a run that didn't come to its end")
    .option("--overwrite", "write over what is in the place of --save already")
    .addHelpText(
      "after",
      examples([
        [run, "fine-tune the built-in network, and compare with training from scratch"],
        [`${run} --data photos`, "the same on pictures: photos/<class>/<picture>.jpg"],
        [
          `${run} --weights vgg16.safetensors --arch vgg16 --data photos --train head`,
          "a new head on a network from a file",
        ],
        [
          `${run} --weights vgg16.safetensors --data cifar-10-batches-bin --train features.24-,head`,
          "the last block and the head, on CIFAR-10's binary files",
        ],
        [
          `${run} --weights mobilenet_v2 --data photos --train auto --save out/net.onnx`,
          "pretrained weights by name, what is trained found out by trying, saved for ONNX runtimes",
        ],
        [`${run} --resume`, "go on with the last run that didn't come to its end"],
      ]),
    );
}
