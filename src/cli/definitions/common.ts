import { Command, Option } from "commander";

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

/** Lines of examples under a command's help. */
export function examples(lines: readonly (readonly [command: string, about: string])[]): string {
  const shown = lines.map(([command, about]) => `  ${command}\n      ${about}`);
  return `\nExamples:\n${shown.join("\n")}`;
}
