import { Command, CommanderError } from "commander";
import { didYouMean } from "../finetune/index.ts";
import { withConfig } from "./config.ts";
import type { HelpStyle } from "./definitions/common.ts";
import { finetuneDefinition } from "./definitions/finetune.ts";
import {
  convertDefinition,
  evalDefinition,
  inspectDefinition,
  predictDefinition,
} from "./definitions/others.ts";
import {
  benchDefinition,
  demoDefinition,
  modelsDefinition,
  tuneDefinition,
} from "./definitions/tools.ts";
import { type AdapterOption, releaseDevice, useAdapter } from "./device.ts";
import { EXIT, exitCodeOf, showError, UsageError } from "./errors.ts";
import { commandName, packageVersion } from "./paths.ts";
import { Output, type OutputOptions } from "./terminal/output.ts";
import { visibleMessage } from "./terminal/visible.ts";

/** Runs the command line. @returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const all = args.includes("--help-all");
  const program = makeProgram({ run: commandName(), all }, (result) => {
    code = result;
  });
  try {
    checkCommand(program, args[0]);
    const asked = args.map((arg) => (arg === "--help-all" ? "--help" : arg));
    await program.parseAsync(withConfig(asked), { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    showError(error, { debug: args.includes("--debug"), json: args.includes("--json") });
    return exitCodeOf(error);
  }
}

/** Without this a mistyped command would be taken for an argument of finetune, which runs without a name. */
function checkCommand({ commands }: Command, word: string | undefined): void {
  const names = commands.map((command) => command.name());
  if (word === undefined || word.startsWith("-") || names.includes(word)) return;
  throw new UsageError(
    `unknown command "${word}"${didYouMean(word, names)}; there are ${names.join(", ")}. Pictures to train on are named with --data`,
  );
}

type Finish = (code: number) => void;

/** Every command is loaded when it runs, so that `--help` is quick. */
function makeProgram(style: HelpStyle, finish: Finish): Command {
  const { run } = style;
  const program = new Command(run).description("Fine-tune pretrained networks on WebGPU");
  program.version(packageVersion(), "-V, --version").helpCommand(false);
  program.configureHelp({
    visibleOptions: () => [],
    subcommandTerm: (command) => command.name(),
  });
  program.configureOutput({
    writeOut: (text) => process.stdout.write(visibleMessage(text)),
    writeErr: (text) => process.stderr.write(visibleMessage(text)),
  });
  program.exitOverride().showHelpAfterError(`(${run} --help shows what there is)`);
  const add = <T extends object>(
    command: Command,
    load: () => Promise<
      (options: T, output: Output, operands: readonly string[]) => Promise<number>
    >,
    isDefault = false,
  ) => {
    command
      .copyInheritedSettings(program)
      .configureHelp({})
      .action(async () => {
        const { common, own } = givenOptions<T>(command);
        const carryOut = await load();
        useAdapter(common.adapter);
        try {
          finish(await carryOut(own, new Output(common), command.args));
        } finally {
          releaseDevice();
        }
      });
    program.addCommand(command, { isDefault });
  };
  const finetune = finetuneDefinition(style);
  add(finetune, async () => (await import("./commands/finetune.ts")).finetune, true);
  add(evalDefinition(style), async () => (await import("./commands/eval.ts")).evaluate);
  add(predictDefinition(style), async () => (await import("./commands/predict.ts")).predict);
  add(inspectDefinition(style), async () => (await import("./commands/inspect.ts")).inspect);
  add(convertDefinition(style), async () => (await import("./commands/convert.ts")).convert);
  add(modelsDefinition(style), async () => (await import("./commands/models.ts")).listModels);
  add(tuneDefinition(style), async () => (await import("./commands/tune.ts")).tune);
  add(benchDefinition(style), async () => (await import("./commands/scripts.ts")).bench);
  add(demoDefinition(style), async () => (await import("./commands/scripts.ts")).demo);
  program.addHelpText("after", () => `\nWithout a command:\n\n${finetune.helpInformation()}`);
  return program;
}

/** Options of all commands, which are not part of what each of them does. */
interface CommonOptions extends OutputOptions {
  readonly adapter?: AdapterOption;
}

const COMMON = ["adapter", "json", "csv", "debug"];

/** Only what was typed: defaults must not win over the options of a run that is resumed. */
function givenOptions<T extends object>(command: Command): { common: CommonOptions; own: T } {
  const entries = Object.entries(command.opts<T>());
  const typed = entries.filter(([name]) => command.getOptionValueSource(name) !== "default");
  const isCommon = ([name]: [string, unknown]) => COMMON.includes(name);
  return {
    common: Object.fromEntries(typed.filter(isCommon)),
    own: Object.fromEntries(typed.filter((entry) => !isCommon(entry))) as T,
  };
}
