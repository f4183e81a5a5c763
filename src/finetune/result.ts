import type { Module } from "../nn/index.ts";
import type { Evaluation, History } from "../train/index.ts";
import type { NetworkInfo } from "../transfer/index.ts";
import type { SavedFiles } from "./keeping/save.ts";
import type { LabelFigures } from "./labels/figures.ts";

/** One way of getting a network, and how good it was on the validation pictures. */
export interface Comparison {
  readonly name: "before" | "from scratch" | "fine-tuned";
  readonly evaluation: Evaluation;
  /** Seconds of training; null for a network that wasn't trained. */
  readonly seconds: number | null;
}

/** The files that a run left behind. */
export interface ResultFiles extends SavedFiles {
  readonly card: string;
  readonly history: string;
}

/** What a run came to. */
export interface FinetuneResult {
  /** false: it was stopped before its end. */
  readonly complete: boolean;
  /** Optimizer steps that were taken. */
  readonly step: number;
  /** Losses and accuracies by epoch, and which was the best where that one's weights were kept. */
  readonly history: History | null;
  /** The fine-tuned network; null where it was stopped before the first step. */
  readonly model: Module | null;
  /** What it takes in and gives, and how it is built. */
  readonly network: NetworkInfo;
  readonly classes: readonly string[];
  readonly input: NetworkInfo["input"];
  /** On the validation pictures; null where it was stopped and can be gone on with. */
  readonly evaluation: Evaluation | null;
  /** How good each of several labels is given, with the thresholds that are kept; null where a picture has one class. */
  readonly labels: LabelFigures | null;
  /** Before, from scratch where that was asked for, fine-tuned: the one that counts is last. */
  readonly comparison: readonly Comparison[];
  /** null where nothing was saved. */
  readonly files: ResultFiles | null;
  /** What a run that was stopped can be gone on with: see `FinetuneOptions.resume`. */
  readonly checkpoint: string | null;
}
