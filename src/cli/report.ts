import type { Evaluation } from "../train/index.ts";
import { colors as pc } from "./colors.ts";
import { confusionText } from "./confusion.ts";
import type { Output } from "./output.ts";
import { commandName, quoted } from "./paths.ts";
import type { Prepared } from "./prepare.ts";
import { comparisonTable, type Result } from "./table.ts";

export interface FinishedRun {
  readonly results: readonly Result[];
  readonly evaluation: Evaluation;
  readonly saved: { readonly weights: string; readonly labels: string; readonly card: string };
  readonly prepared: Prepared;
}

/** What a run came to: results side by side, the confusions, where it was saved, what to do next. */
export function reportRun({ results, evaluation, saved, prepared }: FinishedRun, output: Output) {
  const validated = `on ${prepared.validation.length} images it has not seen`;
  output.heading(`Accuracy ${validated}`);
  output.line(comparisonTable(results));
  output.heading("Confusions of the fine-tuned network");
  output.line(confusionText(evaluation));
  output.heading("Saved");
  output.line(
    `  ${saved.weights}  weights\n  ${saved.labels}  class names and input\n  ${saved.card}  model card`,
  );
  output.heading("Next");
  for (const [command, about] of suggestions(saved.weights, prepared)) {
    output.line(`  ${command}\n      ${pc.dim(about)}`);
  }
  const { confusionMatrix, classes } = evaluation;
  const rows = results.map(({ name, accuracy, loss, seconds }) => ({
    name,
    accuracy,
    loss,
    seconds,
  }));
  output.emit("result", { results: rows, confusionMatrix, classes, saved });
}

function suggestions(path: string, { source, pretrained }: Prepared): [string, string][] {
  const weights = quoted(path);
  const run = commandName();
  const next: [string, string][] = [
    [`${run} predict --weights ${weights} PICTURE …`, "name the class of pictures"],
  ];
  if (source.kind === "glyphs") {
    next.push(
      [`${run} --data DIR`, "the same on your own pictures: a folder with one folder per class"],
      [
        `${run} --weights vgg16.safetensors --arch vgg16 --data DIR --train head`,
        "fine-tune a network of your own",
      ],
      ["npm run demo", "fine-tune in your browser"],
    );
    return next;
  }
  next.push([`${run} eval --weights ${weights} --data DIR`, "measure it on other data"]);
  if (pretrained) next.push([`${run} … --train all --lr 1e-4`, "train the other layers too"]);
  return next;
}
