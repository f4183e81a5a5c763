import { type FinetuneSettings, finetune as run, SETTINGS } from "../../finetune/index.ts";
import { EXIT } from "../errors.ts";
import { withInterrupt } from "../interrupt.ts";
import { builtinWeights } from "../paths.ts";
import type { Output } from "../terminal/output.ts";
import { commandLine } from "../words/command_line.ts";
import { FinetuneWords } from "../words/finetune.ts";

export interface FinetuneArguments extends FinetuneSettings {
  /** A checkpoint, or true for the last run of its kind. */
  readonly resume?: string | true;
  readonly overwrite?: boolean;
}

/** `graft finetune`. @returns the exit code. */
export async function finetune(
  { resume, overwrite, ...settings }: FinetuneArguments,
  output: Output,
): Promise<number> {
  const words = new FinetuneWords(output);
  try {
    return await withInterrupt(
      async (signal) => {
        const command = (decided: FinetuneSettings) => commandLine("", decided, SETTINGS);
        const options = {
          ...{ signal, resume, overwrite, keep: true, command },
          builtin: builtinWeights(),
        };
        const training = run(settings, options);
        for await (const event of training) words.say(event);
        return (await training).complete ? EXIT.ok : EXIT.interrupted;
      },
      () => words.stopping(),
    );
  } finally {
    words.rest();
  }
}
