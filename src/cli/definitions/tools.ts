import { Command } from "commander";
import { TUNE } from "../../finetune/index.ts";
import { baseCommand, examples, type HelpStyle } from "./common.ts";
import { countOption, withSettings } from "./settings.ts";

/** `graft models` */
export function modelsDefinition({ run }: HelpStyle): Command {
  return new Command("models")
    .description("List networks, and the pretrained weights to be had by name")
    .option("--json", "the same for programs, with addresses and input conventions")
    .option("--debug", "show the stack of an error")
    .addHelpText(
      "after",
      examples([
        [`${run} models`, "names, sizes, licences"],
        [`${run} finetune --weights squeezenet1_1 --data photos`, "use one of them"],
      ]),
    );
}

/** `graft tune` */
export function tuneDefinition(style: HelpStyle): Command {
  const { run, all } = style;
  const about = "Time the ways to compute on this adapter; keep the best";
  return withSettings(
    baseCommand("tune", about, style),
    TUNE,
    all ? undefined : ["weights", "arch", "batchSize"],
  )
    .option("--list", "only show what was measured before")
    .option("--clear", "forget it")
    .addHelpText(
      "after",
      examples([
        [`${run} tune`, "for the built-in network"],
        [`${run} tune --arch vgg16 --size 32 --batch-size 8`, "for VGG-16 on small images"],
        [`${run} tune --list --json`, "what is known, for programs"],
      ]),
    );
}

/** `graft bench` */
export function benchDefinition({ run }: HelpStyle): Command {
  return new Command("bench")
    .description("Measure Graft and its peers (in a checkout)")
    .argument("[options...]", "options of npm run bench, after --")
    .option("--debug", "show the stack of an error")
    .addHelpText(
      "after",
      examples([
        [`${run} bench -- --quick`, "in under three minutes, in headless Chromium"],
        [`${run} bench -- --node`, "in Node, on the machine's own adapter"],
        [`${run} bench -- --help`, "what there is to choose"],
      ]),
    );
}

/** `graft demo` */
export function demoDefinition({ run }: HelpStyle): Command {
  return new Command("demo")
    .description("Serve the studio and the other pages (in a checkout)")
    .addOption(countOption("--port <number>", "default: 5173, or the next free one", 0))
    .option("--host <address>", "default: 127.0.0.1, this machine only")
    .option("--debug", "show the stack of an error")
    .addHelpText(
      "after",
      examples([
        [`${run} demo`, "then open the address that it prints; Ctrl-C ends"],
        [`${run} demo --port 8080`, "on another port"],
      ]),
    );
}
