import { messageOf } from "../../base/index.ts";
import { readLabels } from "../../formats/index.ts";
import { platform } from "../../platform/index.ts";
import { SettingError } from "../errors.ts";
import { kindOf } from "../places.ts";

/**
 * Class names from a file: a JSON list, a JSON object of number → name, the labels that are saved with a network, or
 * text with one name a line, also with its number before it ("0 cat", as Teachable Machine has it).
 *
 * @throws SettingError when it is none of these.
 */
export async function namesInFile(path: string): Promise<string[]> {
  if ((await kindOf(path)) === null) throw new SettingError(`{labels} ${path}: no such file`);
  const bytes = await platform().readFile(path);
  const text = new TextDecoder().decode(bytes);
  if (!/^\s*[[{]/.test(text)) return linesOf(text);
  try {
    return readLabels(bytes, path);
  } catch (cause) {
    throw new SettingError(`{labels} ${messageOf(cause)}`, { cause });
  }
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const names = lines.filter((line) => line !== "");
  const numbered = names.every((line, i) => line.startsWith(`${i} `));
  return numbered ? names.map((line, i) => line.slice(`${i} `.length).trim()) : names;
}
