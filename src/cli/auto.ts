import type { Module } from "../nn/index.ts";
import {
  chooseStrategy,
  defaultCandidates,
  type Strategy,
  type StrategyResult,
} from "../transfer/index.ts";
import { colors as pc } from "./colors.ts";
import { UsageError } from "./errors.ts";
import { duration, padEnd, padStart, percent, plural } from "./format.ts";
import { NothingTrained } from "./interrupt.ts";
import { createNetwork, loadTrunk } from "./network.ts";
import type { FinetuneOptions } from "./options.ts";
import { Output } from "./output.ts";
import type { Pretrained } from "./plan.ts";
import type { Prepared } from "./prepare.ts";
import { type Settings, usualRate } from "./settings.ts";

/** Long enough to tell the candidates apart, as a rule. */
const MOST_EPOCHS = 5;

/**
 * `--train auto`: fine-tunes in each of the usual ways for a few epochs on a part of the training
 * images, judges on the rest, and shows what came of it.
 *
 * @throws NothingTrained when interrupted.
 */
export async function findStrategy(
  prepared: Prepared,
  options: FinetuneOptions,
  settings: Settings,
  output: Output,
  signal: AbortSignal,
): Promise<StrategyResult> {
  const epochs = Math.min(MOST_EPOCHS, settings.epochs);
  output.heading(`Trying what to train, ${plural(epochs, "epoch")} each, on a part of the images`);
  const candidates = withRates(candidatesFor(prepared), options, prepared.pretrained);
  const { best, results } = await chooseStrategy(() => freshNetwork(prepared), prepared.train, {
    candidates,
    epochs,
    batchSize: settings.batchSize,
    seed: settings.seed,
    transform: prepared.plainTransform,
    onProgress(result) {
      output.emit("tried", result);
      output.line(rowText(result));
      if (signal.aborted) throw new NothingTrained();
    },
  });
  output.line(
    `  Chosen: ${pc.bold(best.name)}, learning rate ${best.lr} (within the error of the best, and cheap)`,
  );
  output.emit("chosen", {
    name: best.name,
    freeze: best.freeze,
    lr: best.lr,
    tried: results.length,
  });
  return best;
}

function candidatesFor(prepared: Prepared): Strategy[] {
  try {
    return defaultCandidates(freshNetwork(prepared));
  } catch (cause) {
    throw new UsageError(
      "--train auto: only networks of the zoo have parts to choose among; name layers instead",
      { cause },
    );
  }
}

/** At the rates that a run with one of them would take, or at the one asked for. */
function withRates(
  candidates: readonly Strategy[],
  { lr, weights }: FinetuneOptions,
  pretrained: Pretrained | null,
): Strategy[] {
  const builtin = weights === undefined && pretrained !== null;
  return candidates.map((candidate) => {
    const train = candidate.freeze === "features" ? ["head"] : ["all"];
    const usual = usualRate(builtin, pretrained !== null, train);
    return { ...candidate, lr: lr ?? Math.max(usual, candidate.lr) };
  });
}

/** With its pretrained weights and a new head; what was warned of before isn't said again. */
function freshNetwork({ info, pretrained }: Prepared): Module {
  const model = createNetwork(info);
  if (pretrained) {
    const quiet = new Silence();
    const { path: name, file } = pretrained;
    loadTrunk(model, file, { name, classes: info.classes.length, output: quiet });
  }
  return model;
}

class Silence extends Output {
  override line(): void {}
  override warn(): void {}
  override emit(): void {}
}

function rowText({ name, lr, accuracy, loss, seconds }: StrategyResult): string {
  const cells = [
    padEnd(name, 22),
    padStart(percent(accuracy), 9),
    `loss ${padStart(loss.toFixed(3), 6)}`,
    `lr ${padEnd(String(lr), 7)}`,
    padStart(duration(seconds), 9),
  ];
  return `  ${cells.join("  ")}`;
}
