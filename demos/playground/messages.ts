/** What page and worker say to each other. */

/** Ways to carry a network over; "before" is the source's network as it is. */
export const WAYS = ["parameters", "features", "structure", "joint"] as const;
export type Way = (typeof WAYS)[number];
export type Trained = "before" | Way;

export interface Settings {
  /** Target's pictures of each class that are learned from. */
  readonly perClass: number;
  readonly epochs: number;
  /** Pictures of each class that the source is learned from. */
  readonly sourcePerClass: number;
  readonly sourceEpochs: number;
}

/** MNIST's and USPS' own files, by name. */
export type Files = Readonly<Record<string, File>>;

export type ToWorker =
  | { readonly type: "run"; readonly settings: Settings; readonly files: Files | null }
  /** Grey values of a drawing, [side · side], 255 is paper. */
  | { readonly type: "predict"; readonly grey: Uint8Array };

/** Classes with their probabilities, the likeliest first. */
export type Ranking = readonly { readonly name: string; readonly probability: number }[];

export type FromWorker =
  /** Side of pictures, and one of each class: RGBA, [side · side · 4]. */
  | {
      readonly type: "data";
      readonly side: number;
      readonly source: Samples;
      readonly target: Samples;
    }
  | { readonly type: "source"; readonly epoch: number; readonly epochs: number }
  /** Accuracy on the target's test pictures; epoch 0 is before the first one. */
  | {
      readonly type: "accuracy";
      readonly of: Trained;
      readonly epoch: number;
      readonly accuracy: number;
    }
  /** Squared maximum mean discrepancy between source and target in a network's last features. */
  | { readonly type: "gap"; readonly of: Trained; readonly gap: number }
  | { readonly type: "ranking"; readonly of: Trained; readonly ranking: Ranking }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly why: string };

export type Samples = readonly Uint8ClampedArray<ArrayBuffer>[];
