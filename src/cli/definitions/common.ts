import { Command, Option } from "commander";
import { CONVENTIONS, modelSpecs } from "../../models/index.ts";
import { RESIZE_MODES } from "../input.ts";
import { numberAbove, numbers, wholeNumber } from "../values.ts";

/** A command that takes what every command takes. */
export function baseCommand(name: string, about: string): Command {
  return new Command(name)
    .description(about)
    .addOption(
      new Option("--adapter <which>", "the machine's GPU where it has one, or the software adapter")
        .choices(["system", "software"])
        .default("system"),
    )
    .option("--config <file>", 'options from a JSON file, such as { "epochs": 5 }; typed ones win')
    .option("--json", "one JSON object a line on stdout, for programs")
    .option("--debug", "show the stack of an error");
}

/** What a network is, for files that don't say it themselves. */
export function withNetworkOptions(command: Command): Command {
  const names = modelSpecs().map(({ name }) => name);
  return command
    .addOption(new Option("--arch <name>", `its architecture: ${names.join(", ")}`))
    .option("--size <pixels>", "side of the network's square input", wholeNumber(1))
    .addOption(
      new Option(
        "--resize <how>",
        "how pictures become square; default: as in pretraining",
      ).choices(RESIZE_MODES),
    )
    .option(
      "--shorter-side <pixels>",
      "with crop: resize a picture's shorter side to so many pixels first (256 for torchvision's weights at 224)",
      wholeNumber(1),
    )
    .option(
      "--antialias",
      "average pixels where pictures are shrunk (default but for MobileNet v1)",
    )
    .option("--no-antialias", "take the nearest pixels, as TensorFlow's older pipelines did")
    .option("--alpha <factor>", "width multiplier of a MobileNet", numberAbove(0))
    .addOption(
      new Option(
        "--input-convention <name>",
        "how pixels were scaled in pretraining: imagenet (torchvision), signed (−1..1), unit (0..1), " +
          "caffe (BGR minus mean, Keras' VGG), bytes (0..255), mnist",
      ).choices(Object.keys(CONVENTIONS)),
    )
    .option("--mean <numbers>", "mean of pixels scaled to 0..1, one or one a channel", numbers)
    .option("--std <numbers>", "standard deviation of the same", numbers);
}

/** Lines of examples under a command's help. */
export function examples(lines: readonly (readonly [command: string, about: string])[]): string {
  const shown = lines.map(([command, about]) => `  ${command}\n      ${about}`);
  return `\nExamples:\n${shown.join("\n")}`;
}
