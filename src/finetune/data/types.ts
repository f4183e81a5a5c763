import type { Dataset, FolderSource, ResizeMode, Skipped, transforms } from "../../data/index.ts";

type ColourTransform = ReturnType<typeof transforms.rescale>;

/** Datasets as they are, with classes that have names. */
export interface GivenData {
  /** What messages call it. */
  readonly name?: string;
  readonly train: Dataset;
  /** A part kept apart for validation. Else one is held out. */
  readonly validation?: Dataset | null;
}

/**
 * Where pictures come from: a folder with one folder of pictures per class (Node; also under `train/` and `val/` or
 * `test/`), a table of several labels a picture (CSV, beside the pictures), the original files of MNIST, USPS or CIFAR-10 (paths or URLs), the files of an
 * `<input type="file" webkitdirectory>`, a record of class name → pictures, or datasets.
 */
export type DataSource = readonly string[] | Exclude<FolderSource, URL> | GivenData;

/** Examples as they come from where the setting `data` points. */
export interface OpenedData {
  /** What messages call it. */
  readonly name: string;
  readonly kind:
    | "image folder"
    | "CIFAR-10"
    | "MNIST"
    | "USPS"
    | "glyphs"
    | "datasets"
    | "label table";
  /** Whether a picture has any number of labels, rather than one class. */
  readonly several?: boolean;
  /** Of several labels, those of a picture by its name, where they are known before it is read. */
  readonly labelsOf?: (name: string) => ArrayLike<number> | undefined;
  readonly train: Dataset;
  /** A part kept apart for validation, where the source has one. */
  readonly validation: Dataset | null;
  readonly channels: number;
  /** Side of the images; null where they came at the size that was asked for. */
  readonly size: number | null;
  /** Brings pixels to 0..255. */
  readonly toBytes: readonly ColourTransform[];
  /** Pictures and class folders that were left out. */
  readonly skipped: readonly Skipped[];
}

export interface OpenOptions {
  /** Images of a folder are decoded to this size. */
  readonly size: number;
  readonly resize?: ResizeMode;
  readonly shorterSide?: number;
  readonly antialias?: boolean;
  readonly skipDamaged?: boolean;
  /** The classes of a folder, in the order of their numbers; some may have no pictures. Default: all, by name. */
  readonly classes?: readonly string[];
  /** Whether pictures are to have any number of labels, or one class each. Default: either. */
  readonly several?: boolean;
}
