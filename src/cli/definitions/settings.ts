import { type Command, InvalidArgumentError, Option } from "commander";
import { type Setting, wholeNumber } from "../../finetune/index.ts";

type Table = Readonly<Record<string, Setting<unknown>>>;

/** "batchSize" as it is typed: "--batch-size". */
export function flagOf(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const noFlagOf = (setting: string) => flagOf(setting).replace("--", "--no-");

/**
 * Gives a command an option for each setting of a table, in its order.
 *
 * @param shown the settings that a page of help has; the others are shown by `--help-all`. Default: all.
 */
export function withSettings(
  command: Command,
  table: Table,
  shown: readonly string[] = Object.keys(table),
): Command {
  for (const [name, setting] of Object.entries(table)) {
    for (const option of optionsFor(name, setting)) {
      command.addOption(shown.includes(name) ? option : option.hideHelp());
    }
  }
  return command;
}

function optionsFor(name: string, { kind, help, default: standard }: Setting<unknown>): Option[] {
  const flag = flagOf(name);
  const about = standard === undefined ? help : `${help} (default: ${standard})`;
  switch (kind.form) {
    case "switch":
      return [new Option(flag, about)];
    case "toggle":
      return [
        new Option(flag, `${about}; ${noFlagOf(name)}: the opposite`),
        new Option(noFlagOf(name)).hideHelp(),
      ];
    case "words":
      return [new Option(`${flag} <${kind.placeholder}>`, about)];
    case "word":
      return [wordOption(`${flag} <${kind.placeholder}>`, about, kind)];
  }
}

function wordOption(flags: string, about: string, { choices, parse }: Setting<unknown>["kind"]) {
  const option = new Option(flags, about);
  option.argParser((text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : "");
    }
  });
  if (choices) option.argChoices = [...choices];
  return option;
}

/** An option that is a whole number, for what is a matter of the command alone. */
export function countOption(flags: string, about: string, least: number): Option {
  return wordOption(flags, about, wholeNumber("count", least));
}
