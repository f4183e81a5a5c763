import type { Command } from "commander";
import { CONVERT, EVALUATE, INSPECT, PREDICT } from "../../finetune/index.ts";
import { baseCommand, examples, type HelpStyle } from "./common.ts";
import { countOption, withSettings } from "./settings.ts";

/** What most need of them. */
const COMMON = [
  "weights",
  "data",
  "arch",
  "labels",
  "dtype",
  "probabilities",
  "threshold",
  "report",
];

/** `graft eval` */
export function evalDefinition(style: HelpStyle): Command {
  const { run, all } = style;
  const command = baseCommand("eval", "Measure a network on labelled images", style);
  return withSettings(command, EVALUATE, all ? undefined : COMMON).addHelpText(
    "after",
    examples([
      [`${run} eval --weights out/builtin/model.safetensors`, "the result of the example run"],
      [
        `${run} eval --weights model.safetensors --data photos/test`,
        "on pictures in class folders",
      ],
    ]),
  );
}

/** `graft predict` */
export function predictDefinition(style: HelpStyle): Command {
  const { run, all } = style;
  return withSettings(
    baseCommand("predict", "Name the classes of pictures", style),
    PREDICT,
    all ? undefined : COMMON,
  )
    .argument("<pictures...>", "JPEG, PNG, WebP and the like, and folders with them")
    .option("--csv", "comma-separated values on stdout, for spreadsheets")
    .addOption(countOption("--top <count>", "how many classes to show (default: 3)", 1))
    .addHelpText(
      "after",
      examples([
        [
          `${run} predict --weights model.safetensors a.jpg b.jpg`,
          "with the names saved in the file",
        ],
        [
          `${run} predict --weights model.onnx photos/ --csv > classes.csv`,
          "all pictures of a folder, into a file",
        ],
      ]),
    );
}

/** `graft inspect` */
export function inspectDefinition(style: HelpStyle): Command {
  const { run, all } = style;
  return withSettings(
    baseCommand("inspect", "Show what a weight file holds", style),
    INSPECT,
    all ? undefined : COMMON,
  )
    .argument("<file>", "safetensors, .pt, .pth, .npz, .h5, TF.js and others; told by content")
    .option("--all", "list every tensor")
    .addHelpText(
      "after",
      examples([
        [`${run} inspect vgg16.pth`, "format, tensors, architecture, operations, memory"],
        [`${run} inspect model.onnx --all --json`, "every tensor, for programs"],
      ]),
    );
}

/** `graft convert` */
export function convertDefinition(style: HelpStyle): Command {
  const { run, all } = style;
  return withSettings(
    baseCommand("convert", "Save a weight file in another format", style),
    CONVERT,
    all ? undefined : COMMON,
  )
    .argument("<in>", "what inspect reads")
    .argument(
      "<out>",
      "by its ending: .safetensors, .pt, .pth, .npz; with the network: .h5 (Keras), .onnx, model.json (TF.js)",
    )
    .addHelpText(
      "after",
      examples([
        [`${run} convert vgg16.pth vgg16.safetensors --dtype f16`, "half the size"],
        [`${run} convert out/builtin/model.safetensors model.h5`, "for Keras, with the network"],
        [
          `${run} convert model.safetensors model.onnx --dtype i8 --probabilities --data photos/test`,
          "in 8 bits, ending with a softmax; and what that costs",
        ],
        [`${run} convert mobilenet/model.json mobilenet.onnx`, "from TensorFlow.js to ONNX"],
      ]),
    );
}
