import { messageOf } from "../base/index.ts";
import { SettingError, WordedError } from "../finetune/index.ts";
import { typed } from "./naming.ts";
import { colors as pc } from "./terminal/colors.ts";
import { visibleJson, visibleMessage } from "./terminal/visible.ts";

/** What the process ends with. */
export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** A command line that can't be carried out as it stands. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface ErrorStyle {
  readonly debug: boolean;
  readonly json: boolean;
}

/** Shows an error: one line for people (the stack with `--debug`), or a JSON object. */
export function showError(error: unknown, { debug, json }: ErrorStyle): void {
  const message = textOf(error);
  if (json) console.log(visibleJson(JSON.stringify({ type: "error", message })));
  else console.error(visibleMessage(`${pc.red("error:")} ${message}`));
  if (debug && error instanceof Error) console.error(pc.dim(visibleMessage(stackOf(error))));
  else if (isBug(error)) console.error("This looks like a fault in graft: --debug shows the stack");
}

function textOf(error: unknown): string {
  return error instanceof WordedError ? error.wordsWith(typed) : messageOf(error);
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}

function isBug(error: unknown): boolean {
  return (
    error instanceof ReferenceError || (error instanceof TypeError && !error.message.includes(":"))
  );
}

/** What an error makes the process end with. */
export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError || error instanceof SettingError ? EXIT.usage : EXIT.failure;
}
