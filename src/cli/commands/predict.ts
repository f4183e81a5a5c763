import {
  type PictureClasses,
  type PredictEvent,
  type PredictSettings,
  predict as predictPictures,
} from "../../finetune/index.ts";
import { EXIT } from "../errors.ts";
import { builtinWeights } from "../paths.ts";
import { colors as pc } from "../terminal/colors.ts";
import { padEnd, padStart, percent, plural, width } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import { visible, visibleIn } from "../terminal/visible.ts";
import { TaskWords } from "../words/task.ts";

export interface PredictArguments extends Omit<PredictSettings, "pictures"> {
  /** How many classes to show for each image. Default 3. */
  readonly top?: number;
}

/** `graft predict`: the likeliest classes of each picture. */
export async function predict(
  { top = 3, ...settings }: PredictArguments,
  output: Output,
  pictures: readonly string[],
): Promise<number> {
  const words = new TaskWords<PredictEvent>(output);
  const task = predictPictures({ ...settings, pictures }, { builtin: builtinWeights() });
  const { found, skipped } = await words.sayAll(task);
  const ranks = Array.from({ length: top }, (_, i) => [`class ${i + 1}`, `probability ${i + 1}`]);
  const several = found.some(({ labels }) => labels !== undefined);
  output.row(["picture", ...(several ? ["labels"] : []), ...ranks.flat()]);
  for (const one of found) show(one, top, output);
  for (const { name, why } of skipped) output.warn(`${name}: ${why}`);
  if (skipped.length === 0) return EXIT.ok;
  output.line(`\n${plural(skipped.length, "picture")} could not be read.`);
  return EXIT.failure;
}

function show({ picture, classes, labels }: PictureClasses, top: number, output: Output): void {
  const best = classes.slice(0, top);
  const shown = visibleIn(best);
  output.emit("prediction", { image: picture, ...(labels && { labels }), classes: best });
  output.row([
    picture,
    ...(labels ? [labels.join("; ")] : []),
    ...best.flatMap(({ name, probability }) => [name, Number(probability.toFixed(6))]),
  ]);
  output.line(`\n${pc.bold(visible(picture))}`);
  if (labels) output.line(`  ${pc.green(visibleIn(labels).join(", ") || "no label")}`);
  const longest = Math.max(...shown.map(({ name }) => width(name)));
  shown.forEach(({ name, probability }, i) => {
    const row = `  ${padEnd(name, longest)}  ${padStart(percent(probability), 8)}`;
    output.line(i === 0 && !labels ? pc.green(row) : row);
  });
}
