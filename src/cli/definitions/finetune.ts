import type { Command } from "commander";
import { SETTINGS } from "../../finetune/index.ts";
import { baseCommand, examples, type HelpStyle } from "./common.ts";
import { withSettings } from "./settings.ts";

/** What most runs need. */
const COMMON = ["weights", "data", "train", "epochs", "lr", "augment", "compare", "save", "report"];

/** `graft finetune`, the command when none is named. */
export function finetuneDefinition(style: HelpStyle): Command {
  const { run, all } = style;
  const command = baseCommand(
    "finetune",
    "Fine-tune a network; without options the built-in one",
    style,
  );
  return withSettings(command, SETTINGS, all ? undefined : COMMON)
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
          `${run} --weights mobilenet_v2 --data photos --train auto --save out/net.onnx`,
          "pretrained weights by name, what is trained found out by trying, saved for ONNX runtimes",
        ],
        [`${run} --resume`, "go on with the last run that didn't come to its end"],
      ]),
    );
}
