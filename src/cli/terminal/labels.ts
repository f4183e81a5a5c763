import type { LabelsEvent } from "../../finetune/index.ts";
import { percent } from "./format.ts";
import { table } from "./table.ts";

/** How each of several labels is given, and all of them together. */
export function labelLines(event: LabelsEvent): string[] {
  const { macroF1, microF1, meanAveragePrecision, exact, labels } = event;
  const head = [
    "label",
    "pictures",
    "given from",
    "precision",
    "recall",
    "F1",
    "average precision",
  ];
  const rows = labels.map(({ name, support, threshold, ...label }) => [
    ...[name, `${support} `, `${threshold.toFixed(3)} `],
    ...[label.precision, label.recall, label.f1].map((share) => percent(share)),
    label.averagePrecision === null ? "–" : percent(label.averagePrecision),
  ]);
  return [
    `\nMacro F1 ${percent(macroF1)}, micro F1 ${percent(microF1)}, mean average precision ${percent(meanAveragePrecision)}, ` +
      `all labels right in ${percent(exact)} of pictures\n`,
    table(head, rows),
  ];
}
