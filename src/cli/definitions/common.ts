import { Command, Option } from "commander";

/** What definitions of commands are made for. */
export interface HelpStyle {
  /** How the user calls the command. */
  readonly run: string;
  /** Whether help shows every option (`--help-all`), rather than those that most runs need. */
  readonly all: boolean;
}

/** A command that takes what every command takes. */
export function baseCommand(name: string, about: string, { all }: HelpStyle): Command {
  const adapter = new Option(
    "--adapter <which>",
    "the machine's GPU where it has one, or the software adapter",
  );
  const config = new Option(
    "--config <file>",
    'options from a JSON file, such as { "epochs": 5 }; typed ones win',
  );
  const debug = new Option("--debug", "show the stack of an error");
  return new Command(name)
    .description(about)
    .option("--json", "one JSON object a line on stdout, for programs")
    .addOption(adapter.choices(["system", "software"]).default("system").hideHelp(!all))
    .addOption(config.hideHelp(!all))
    .addOption(debug.hideHelp(!all))
    .addOption(new Option("--help-all", "show every option").hideHelp(all));
}

/** Lines of examples under a command's help. */
export function examples(lines: readonly (readonly [command: string, about: string])[]): string {
  const shown = lines.map(([command, about]) => `  ${command}\n      ${about}`);
  return `\nExamples:\n${shown.join("\n")}`;
}
