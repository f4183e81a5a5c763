import {
  type ConvertEvent,
  type ConvertSettings,
  convert as convertFile,
} from "../../finetune/index.ts";
import { EXIT } from "../errors.ts";
import { percent, plural } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import { TaskWords } from "../words/task.ts";

/** `graft convert`: the same weights in another format. */
export async function convert(
  settings: Omit<ConvertSettings, "weights" | "to">,
  output: Output,
  [weights, to]: readonly string[],
): Promise<number> {
  const words = new TaskWords<ConvertEvent>(output);
  const { tensors, labels, accuracy } = await words.sayAll(
    convertFile({ ...settings, weights, to }),
  );
  const what = tensors === null ? "the network with its weights" : plural(tensors, "tensor");
  const beside = labels === null ? "" : `; ${labels}: class names, input and the network`;
  output.line(`${to}: ${what}${beside}`);
  if (accuracy) {
    const { before, after, count } = accuracy;
    output.line(
      `accuracy ${percent(before)} before, ${percent(after)} after, on ${plural(count, "picture")}`,
    );
  }
  output.emit("result", { from: weights, to, ...(accuracy && { accuracy }) });
  return EXIT.ok;
}
