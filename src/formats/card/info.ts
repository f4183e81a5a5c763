/** What a model card tells. Everything but the architecture and the classes may be left out. */
export interface ModelCardInfo {
  /** Heading. Default: the architecture. */
  readonly title?: string;
  /** Such as "vgg16" or "a network described in mobilenet/model.json". */
  readonly architecture: string;
  readonly classes: readonly string[];
  /** Name of the saved file that lies beside the card; the loading examples are made for it. */
  readonly file?: string;
  readonly parameters?: number;
  /** The pretrained weights that it began with. */
  readonly source?: string | CardSource;
  /** The images that it was trained on. */
  readonly data?: string | CardData;
  readonly input?: CardInput;
  /** How it was trained: "epochs" → 5, "trained layers" → "classifier", … */
  readonly training?: Readonly<Record<string, string | number>>;
  /** What it reaches: "accuracy" → 0.93. Numbers of accuracy and the like are shares of one. */
  readonly metrics?: Readonly<Record<string, string | number>>;
  /** The same by class, in the order of `classes`. */
  readonly classAccuracy?: readonly number[];
  /** Where a picture may have several labels: how likely each must be to be given, in the order of `classes`. */
  readonly thresholds?: readonly number[];
  readonly licence?: string;
  readonly notes?: readonly string[];
}

/** Where a network came from. */
export interface CardSource {
  readonly name: string;
  readonly url?: string;
  readonly sha256?: string;
  readonly licence?: string;
}

/** What a network was trained and judged on. */
export interface CardData {
  readonly name: string;
  readonly url?: string;
  /** Numbers of images. */
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

/** How pixels of 0..255 become numbers: (pixel · scale − mean) / std. */
export interface CardInput {
  /** [channels, height, width]. */
  readonly shape: readonly number[];
  readonly order?: "rgb" | "bgr";
  /** Default 1. */
  readonly scale?: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** How other pictures come to this size: "stretch", "crop", "pad". */
  readonly resize?: string;
  /** With "crop": the shorter side's pixels before the centre is cut out. */
  readonly shorterSide?: number;
}
