import { Command } from "commander";
import { wholeNumber } from "../values.ts";
import { examples } from "./common.ts";

/** `graft models` */
export function modelsDefinition(run: string): Command {
  return new Command("models")
    .description(
      "List the networks there are, and the pretrained weights that --weights takes by name",
    )
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

/** `graft bench` */
export function benchDefinition(run: string): Command {
  return new Command("bench")
    .description("Measure Graft and its peers on this machine (in a checkout)")
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
export function demoDefinition(run: string): Command {
  return new Command("demo")
    .description("Serve the page that fine-tunes in the browser (in a checkout)")
    .option("--port <number>", "default: 5173, or the next free one", wholeNumber(0))
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
