import type {
  DataEvent,
  FinetuneResult,
  ReportedEvent,
  ResultFiles,
  WeightsEvent,
} from "../../finetune/index.ts";
import type { Evaluation } from "../../train/index.ts";
import { checkoutFolder, commandName, quoted } from "../paths.ts";
import { colors as pc } from "../terminal/colors.ts";
import { confusionText } from "../terminal/confusion.ts";
import type { Output } from "../terminal/output.ts";
import { comparisonTable, type Result } from "../terminal/table.ts";

export interface FinishedRun {
  readonly result: FinetuneResult;
  readonly evaluation: Evaluation;
  readonly files: ResultFiles;
  readonly data: DataEvent;
  /** null where it began untrained. */
  readonly weights: WeightsEvent | null;
  /** null where none was asked for, or it couldn't be written. */
  readonly report: ReportedEvent | null;
}

/** What a run came to: results side by side, the confusions, where it was saved, what to do next. */
export function reportRun(run: FinishedRun, output: Output): void {
  const { result, evaluation, files, data, report } = run;
  const accuracy = result.network.thresholds ? "Share of labels right" : "Accuracy";
  output.heading(`${accuracy} on ${data.validation} images it has not seen`);
  output.line(comparisonTable(rowsOf(run)));
  const scratch = result.comparison.find(({ name }) => name === "from scratch");
  if (scratch && scratch.evaluation.accuracy > evaluation.accuracy) {
    output.line(
      "  Training from scratch did better here: these weights know little that serves this task.",
    );
  }
  const best = bestText(result);
  if (best) output.line(best);
  if (!result.network.thresholds) {
    output.heading("Confusions of the fine-tuned network");
    output.line(confusionText(evaluation));
  }
  output.heading("Saved");
  output.line(`  ${files.weights}  weights`);
  output.line(`  ${files.labels}  class names and input`);
  output.line(`  ${files.card}  model card`);
  output.line(`  ${files.history}  loss and accuracy by epoch`);
  if (report) output.line(`  ${report.html}  report`);
  output.heading("Next");
  for (const [command, about] of suggestions(run)) {
    output.line(`  ${command}\n      ${pc.dim(about)}`);
  }
}

/** Which epoch validated best, where that isn't plain: its weights were kept, or were passed by. */
function bestText({ history }: FinetuneResult): string | null {
  if (!history) return null;
  const of = (epoch: number) => `${epoch + 1} of ${history.epochs.length}`;
  if (history.best)
    return `  The best epoch was ${of(history.best.epoch)}: the network has its weights.`;
  const losses = history.epochs.map(
    ({ validation }) => validation?.loss ?? Number.POSITIVE_INFINITY,
  );
  const lowest = losses.indexOf(Math.min(...losses));
  if (lowest < 0 || lowest === losses.length - 1 || losses[lowest] === losses.at(-1)) return null;
  return `  Epoch ${of(lowest)} had the lowest validation loss: --keep-best ends with its weights.`;
}

function rowsOf({ result, weights }: FinishedRun): Result[] {
  const names = {
    before: weights ? "before (pretrained)" : "before (untrained)",
    "from scratch": "from scratch",
    "fine-tuned": "fine-tuned",
  };
  return result.comparison.map(({ name, evaluation: { accuracy, loss }, seconds }) => ({
    name: names[name],
    accuracy,
    loss,
    seconds,
  }));
}

function suggestions({ files, data, weights }: FinishedRun): [string, string][] {
  const saved = quoted(files.weights);
  const run = commandName();
  const next: [string, string][] = [
    [`${run} predict --weights ${saved} PICTURE …`, "name the class of pictures"],
  ];
  if (data.kind === "glyphs") {
    next.push(
      [`${run} --data DIR`, "the same on your own pictures: a folder with one folder per class"],
      [
        `${run} --weights squeezenet1_1 --data DIR`,
        "the same from weights made on photos: downloaded once",
      ],
    );
    if (checkoutFolder()) next.push(["npm run demo", "fine-tune in your browser"]);
    return next;
  }
  next.push([`${run} eval --weights ${saved} --data DIR`, "measure it on other data"]);
  if (weights) next.push([`${run} … --train all --lr 1e-4`, "train the other layers too"]);
  return next;
}
