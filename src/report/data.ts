import type { CalibrationBin } from "../metrics/index.ts";

/** A figure, and where it would lie had other pictures of the same kind been drawn (95 %). */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How examples of a class were judged. */
export interface ClassReport {
  readonly name: string;
  /** How many there are. */
  readonly support: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: Omit<Figure, "name">;
  /** Of several labels a picture: how likely this one must be to be given. */
  readonly threshold?: number;
  /** Of the class against the rest; null for one without examples. */
  readonly averagePrecision: number | null;
}

export interface PrecisionRecallReport {
  readonly name: string;
  readonly points: readonly { readonly recall: number; readonly precision: number }[];
}

export interface CalibrationReport {
  /** Expected calibration error in the bins. */
  readonly error: number;
  readonly bins: readonly CalibrationBin[];
  /** What the outputs are best divided by, found on the same pictures, and the error that is left then. */
  readonly temperature: number;
  readonly errorAfter: number;
}

/** A picture that was taken for another class; of several labels, that was given one wrongly, or not given one. */
export interface MistakeReport {
  /** What the picture is called, where it has a name. */
  readonly name: string | null;
  /** Class, and the probability that it was given. */
  readonly label: string;
  readonly probabilityOfLabel: number;
  readonly predicted: string;
  readonly probability: number;
}

/** A mistake as it is shown. */
export interface MistakePicture {
  /** data: URL. */
  readonly picture: string;
  /** What spoke for the wrong class, to lie over the picture: data: URL; null where it couldn't be told. */
  readonly heatMap: string | null;
}

/** Losses and accuracies of an epoch. */
export interface EpochReport {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy?: number;
  readonly validation?: { readonly loss: number; readonly accuracy: number };
  readonly learningRate: number;
}

/** Everything that a report tells, in numbers and text: what lies beside it as JSON. */
export interface ReportData {
  readonly title: string;
  /** When it was made, ISO 8601. */
  readonly made: string;
  /** What network, what data, how much of it, on what. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** Of the pictures that were not trained on. */
  readonly figures: readonly Figure[];
  /** Ways of getting a network, side by side. Empty where one was measured only. */
  readonly comparison: readonly {
    readonly name: string;
    readonly accuracy: number;
    readonly loss: number;
    readonly seconds: number | null;
  }[];
  /** Empty where nothing was trained. */
  readonly epochs: readonly EpochReport[];
  readonly classes: readonly string[];
  /** Rows are true classes, columns predicted ones. */
  readonly confusionMatrix: readonly (readonly number[])[];
  readonly perClass: readonly ClassReport[];
  /** Of several labels a picture: what each gives up in precision for more recall. In place of confusions and calibration. */
  readonly precisionRecall?: readonly PrecisionRecallReport[];
  /** null for several labels a picture. */
  readonly calibration: CalibrationReport | null;
  readonly mistakes: readonly MistakeReport[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** What makes the same again; null where settings can't be typed, such as pictures in memory. */
  readonly command: string | null;
}
