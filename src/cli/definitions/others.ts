import { type Command, Option } from "commander";
import { list, wholeNumber } from "../values.ts";
import { baseCommand, examples, withNetworkOptions } from "./common.ts";

function withWeights(command: Command): Command {
  return withSaved(
    command.option(
      "--weights <file>",
      "its weights: a path, URL or name of the registry; the built-in network's when left out",
    ),
  ).option("--batch-size <count>", "images at a time (default: 32)", wholeNumber(1));
}

function withSaved(command: Command): Command {
  return withNetworkOptions(
    command
      .option("--classes <names>", "class names, for a file that has none", list)
      .option("--labels <file>", "the same from a file: JSON, or one name a line"),
  );
}

/** `graft eval` */
export function evalDefinition(run: string): Command {
  return withWeights(baseCommand("eval", "Measure a network on labelled images"))
    .option("--quick", "fewer of the built-in pictures")
    .option("--data <paths...>", "as for finetune; of data in parts, the validation or test part")
    .addHelpText(
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
export function predictDefinition(run: string): Command {
  return withWeights(baseCommand("predict", "Name the classes of pictures"))
    .argument("<pictures...>", "JPEG, PNG, WebP and the like")
    .option("--top <count>", "how many classes to show (default: 3)", wholeNumber(1))
    .addHelpText(
      "after",
      examples([
        [
          `${run} predict --weights model.safetensors a.jpg b.jpg`,
          "with the names saved in the file",
        ],
        [
          `${run} predict --weights mobilenet/model.json --arch mobilenet_v1 a.jpg`,
          "a network from elsewhere",
        ],
      ]),
    );
}

/** `graft inspect` */
export function inspectDefinition(run: string): Command {
  return withNetworkOptions(baseCommand("inspect", "Show what a weight file holds"))
    .argument("<file>", "safetensors, .pt, .pth, .npz, .h5, TF.js and others; told by content")
    .option("--all", "list every tensor")
    .option("--no-cost", "leave out operations and memory, which take building the network")
    .addHelpText(
      "after",
      examples([
        [`${run} inspect vgg16.pth`, "format, tensors, architecture, operations, memory"],
        [`${run} inspect model.onnx --all --json`, "every tensor, for programs"],
      ]),
    );
}

/** `graft convert` */
export function convertDefinition(run: string): Command {
  return withSaved(baseCommand("convert", "Save a weight file in another format"))
    .argument("<in>", "what inspect reads")
    .argument(
      "<out>",
      "by its ending: .safetensors, .pt, .pth, .npz; with the network: .h5 (Keras), .onnx, model.json (TF.js)",
    )
    .addOption(
      new Option("--dtype <type>", "store numbers in half precision, say").choices([
        "f32",
        "f16",
        "bf16",
      ]),
    )
    .addHelpText(
      "after",
      examples([
        [`${run} convert vgg16.pth vgg16.safetensors --dtype f16`, "half the size"],
        [`${run} convert out/builtin/model.safetensors model.h5`, "for Keras, with the network"],
        [`${run} convert mobilenet/model.json mobilenet.onnx`, "from TensorFlow.js to ONNX"],
      ]),
    );
}
