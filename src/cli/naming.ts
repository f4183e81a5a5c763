import { flagOf } from "./definitions/settings.ts";
import { commandName } from "./paths.ts";

/** A setting as it is typed: the recipe's errors name them `{batchSize}`. */
export function typed(setting: string): string {
  return setting === "models" ? `"${commandName()} models"` : flagOf(setting);
}
