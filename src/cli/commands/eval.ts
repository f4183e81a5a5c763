import {
  EVALUATE,
  type EvaluateEvent,
  type EvaluateSettings,
  evaluate as evaluateFile,
} from "../../finetune/index.ts";
import type { Evaluation } from "../../train/index.ts";
import { EXIT } from "../errors.ts";
import { builtinWeights } from "../paths.ts";
import { confusionText } from "../terminal/confusion.ts";
import { percent } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import { visibleIn } from "../terminal/visible.ts";
import { commandLine } from "../words/command_line.ts";
import { TaskWords } from "../words/task.ts";

/** `graft eval`. Of data with a part for validation or tests, that part. */
export async function evaluate(settings: EvaluateSettings, output: Output): Promise<number> {
  const words = new TaskWords<EvaluateEvent>(output);
  const command = (given: EvaluateSettings) => commandLine("eval", given, EVALUATE);
  const task = evaluateFile(settings, { builtin: builtinWeights(), command });
  show(await words.sayAll(task), output);
  return EXIT.ok;
}

function show(evaluation: Evaluation, output: Output): void {
  const { accuracy, balancedAccuracy, loss, perClass, classes, confusionMatrix } = evaluation;
  output.line(
    `\nAccuracy ${percent(accuracy)}, mean over classes ${percent(balancedAccuracy)}, loss ${loss.toFixed(3)}\n`,
  );
  if (confusionMatrix.length > 0)
    output.line(confusionText({ confusionMatrix, classes: visibleIn(classes) }));
  output.emit("result", {
    ...evaluation,
    perClass: perClass.map((scores, i) => ({ class: classes[i], ...scores })),
  });
}
