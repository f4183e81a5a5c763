/** What the page and its worker say to each other. */

export interface Settings {
  /** Pictures of each class to learn from; ignored for own pictures. */
  perClass: number;
  testPerClass: number;
  epochs: number;
  train: "all" | "head";
  compare: boolean;
  /** Own pictures by class; the drawn digits when null. */
  pictures: Record<string, File[]> | null;
}

export type ToWorker =
  | { type: "prepare"; perClass: number }
  | { type: "start"; settings: Settings }
  | { type: "stop" };

/** Which training a message is about. */
export type Phase = "fine-tuned" | "from scratch";

export interface Picture {
  /** RGB bytes in channel planes. */
  pixels: Uint8Array;
  width: number;
  height: number;
  label: string;
}

export interface Sample extends Picture {
  predicted: string;
  probability: number;
}

export interface Scores {
  accuracy: number;
  confusionMatrix: number[][];
  classes: readonly string[];
}

export type FromWorker =
  | { type: "ready"; adapter: string }
  | { type: "unsupported"; message: string }
  | { type: "pictures"; pictures: Picture[] }
  | { type: "status"; text: string }
  /** Something that went on but may not be what was meant. */
  | { type: "notice"; text: string }
  | {
      type: "step";
      phase: Phase;
      step: number;
      /** Steps of this training in all. */
      steps: number;
      loss: number;
      accuracy: number;
      imagesPerSecond: number;
      secondsLeft: number;
    }
  | { type: "before"; accuracy: number }
  | { type: "scores"; phase: Phase; scores: Scores; samples: Sample[] }
  | { type: "finished"; stopped: boolean; weights: Uint8Array | null }
  | { type: "failed"; message: string };
