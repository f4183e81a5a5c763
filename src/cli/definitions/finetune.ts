import { type Command, Option } from "commander";
import { TUNINGS } from "../device.ts";
import { AUGMENTATIONS } from "../input.ts";
import { OPTIMIZERS, SCHEDULES } from "../training.ts";
import { atLeastZero, fraction, list, numberAbove, someOf, wholeNumber } from "../values.ts";
import { baseCommand, examples, withNetworkOptions } from "./common.ts";

/** `graft finetune`, the command when none is named. */
export function finetuneDefinition(run: string): Command {
  const command = baseCommand(
    "finetune",
    "Fine-tune a network. Without any options: the built-in one, on digits drawn on the spot",
  );
  withData(command);
  withNetworkOptions(command);
  withTraining(command);
  withResult(command);
  return command.addHelpText(
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
      [`${run} --resume out/builtin/checkpoint.safetensors`, "go on where Ctrl-C stopped"],
    ]),
  );
}

function withData(command: Command): void {
  command
    .option(
      "--weights <file>",
      "the weights to start from: a path, a URL, or a name of the registry (see the command models); " +
        "the built-in network's when left out",
    )
    .option(
      "--data <paths...>",
      "a folder with one folder of images per class (also under train/ and val/ or test/), or the " +
        "original files of MNIST, USPS or CIFAR-10",
    )
    .option("--validation <path>", "validation data, of the same kinds")
    .option(
      "--val-split <share>",
      "hold out this share for validation (default: 0.2 where no part is kept apart)",
      fraction,
    )
    .option("--per-class <count>", "train with so many images of each class", wholeNumber(1))
    .option("--quick", "a tiny run on the built-in data, to see that everything works")
    .option("--skip-damaged", "leave out images that can't be decoded");
}

function withTraining(command: Command): void {
  command
    .option(
      "--cut <layer>",
      "end the network with this layer, such as features.23, under a new head: the last layers know most about " +
        "their old task, least about one far from it",
    )
    .option(
      "--train <layers>",
      'what is trained: "all", "head", layers such as features.24-,classifier, or "auto": try ' +
        "head, last third and all for a few epochs, and take the best",
      list,
    )
    .option(
      "--freeze <layers>",
      "the other way round: train all but these layers, such as features.-23",
    )
    .option(
      "--epochs <count>",
      "passes over the training images (default: 10; built-in data: 8)",
      wholeNumber(1),
    )
    .option("--batch-size <count>", "images a step (default: 32)", wholeNumber(1))
    .option(
      "--accumulate <steps>",
      "add up the gradients of so many batches before each step, as of one large batch (default: 1)",
      wholeNumber(1),
    )
    .option("--class-weights", "weigh the classes against imbalance, by their numbers of images")
    .option("--lr <rate>", "learning rate (default: by what is trained)", numberAbove(0))
    .addOption(new Option("--optimizer <name>", "default: adam").choices(OPTIMIZERS))
    .addOption(
      new Option("--schedule <name>", "of the learning rate; default: onecycle").choices(SCHEDULES),
    )
    .option("--weight-decay <rate>", "default: 0", atLeastZero)
    .option(
      "--augment <names>",
      `vary the training images: ${AUGMENTATIONS.join(", ")}`,
      someOf(AUGMENTATIONS),
    )
    .option("--no-cache", "run frozen layers in every epoch rather than once")
    .option("--compare", "also train from scratch with the same budget")
    .option("--no-compare", "leave the comparison out")
    .addOption(
      new Option(
        "--tuning <how>",
        "choose kernels by a rule (default), or time them first and remember the best",
      ).choices(TUNINGS),
    )
    .option(
      "--seed <number>",
      "of splitting, shuffling and fresh weights (default: 0)",
      wholeNumber(0),
    );
}

function withResult(command: Command): void {
  command
    .option(
      "--save <file>",
      "where the network goes: by its ending: .safetensors, .pt, .pth, .npz, .h5 (Keras), .onnx, " +
        "model.json (TF.js)",
    )
    .option("--resume [checkpoint]", "go on with a run that was interrupted");
}
