import type { Setting } from "../../finetune/index.ts";
import { flagOf } from "../definitions/settings.ts";
import { commandName, quoted } from "../paths.ts";

/** What is typed for settings: "npx webgraft eval --weights net.onnx --data photos". */
export function commandLine(
  command: string,
  settings: object,
  table: Readonly<Record<string, Setting<unknown>>>,
): string {
  const words = Object.entries(settings).flatMap(([name, value]) => {
    const kind = table[name]?.kind;
    return kind && value !== undefined ? wordsOf(flagOf(name), value, kind.form) : [];
  });
  return [commandName(), command, ...words].filter(Boolean).join(" ");
}

function wordsOf(flag: string, value: unknown, form: Setting<unknown>["kind"]["form"]): string[] {
  if (value === true) return [flag];
  if (value === false) return form === "toggle" ? [flag.replace("--", "--no-")] : [];
  const values = Array.isArray(value) ? value.map(String) : [String(value)];
  return [flag, ...(form === "words" ? values : [values.join(",")]).map(quoted)];
}
