import { NETWORK_KEY, type NetworkGraph } from "../../formats/index.ts";
import type { InputConvention } from "../../models/index.ts";

/** How pictures are prepared for a network with weights, whose channels are known. */
export interface NetworkInput extends InputConvention {
  readonly channels: number;
}

/** What it takes, besides the weights, to use a network again. Travels in its file. */
export interface NetworkInfo {
  /** A name of `models.modelSpecs()`, or "from file" for a network that is described. */
  readonly architecture: string;
  /** The network's own classifier, or one linear layer on its features. */
  readonly top: "own" | "linear";
  /** The layer that its features end with, where they aren't all there: see `cut`. */
  readonly cut?: string;
  /** Width multiplier. */
  readonly alpha?: number;
  /** The network itself, where it has no name and its file doesn't describe it. */
  readonly graph?: NetworkGraph;
  readonly input: NetworkInput;
  readonly classes: readonly string[];
  /**
   * Of a network that gives a picture any number of labels: how likely each must be to be given, from 0 to 1. Without, a picture
   * has one class.
   */
  readonly thresholds?: readonly number[];
}

/** What is said of a network when its file is written. */
export type NetworkToKeep = Omit<NetworkInfo, "top" | "input"> & {
  /** Default "own". */
  readonly top?: NetworkInfo["top"];
  /** With three channels where it leaves them open. */
  readonly input: InputConvention;
};

/**
 * The texts to keep in a network's file, so that `loadNetwork` knows it again.
 *
 * @example
 * const metadata = transfer.networkMetadata({ architecture: "resnet18", input, classes: flowers.classes });
 * await formats.saveSafetensors(model.stateDict(), { path: "cats.safetensors", metadata });
 */
export function networkMetadata({
  top = "own",
  input,
  ...info
}: NetworkToKeep): Record<string, string> {
  const { size, channels, order, scale, mean, std, resize, shorterSide, antialias } = input;
  const convention = { order, scale, mean, std };
  const how = { size, channels: channels ?? 3, convention, resize, shorterSide, antialias };
  return { [NETWORK_KEY]: JSON.stringify({ ...info, top, input: how }) };
}

/**
 * What a file's texts say about its network, null where they say nothing.
 *
 * @param from the file, for errors.
 * @throws Error when it is damaged.
 */
export function networkInfoIn(
  metadata: Readonly<Record<string, string>>,
  from: string,
): NetworkInfo | null {
  const text = metadata[NETWORK_KEY];
  return text === undefined ? null : parseNetworkInfo(text, from);
}

function parseNetworkInfo(text: string, from: string): NetworkInfo {
  const written = parseJson(text, from);
  if (!isWritten(written)) {
    throw new Error(
      `${from}: what it says about the network is incomplete; name the network and its size`,
    );
  }
  const { architecture, top, cut, alpha, graph, classes, thresholds } = written;
  const { convention, size, channels, resize, shorterSide, antialias = true } = written.input;
  const { order, scale, mean, std } = convention;
  const pixels = { order, scale, mean, std };
  const input = { ...pixels, size, channels, resize, shorterSide, antialias };
  return { architecture, top, cut, alpha, graph, input, classes, thresholds };
}

function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${from}: what it says about the network is no JSON; was it edited?`);
  }
}

type Pixels = Pick<NetworkInput, "order" | "scale" | "mean" | "std">;

/** As it stands in files, in which `antialias` may be missing. */
interface WrittenInfo extends Omit<NetworkInfo, "input"> {
  readonly input: Omit<NetworkInput, keyof Pixels | "antialias"> & {
    readonly convention: Pixels;
    readonly antialias?: boolean;
  };
}

function isWritten(value: unknown): value is WrittenInfo {
  if (!isRecord(value) || !isRecord(value.input) || !isRecord(value.input.convention)) return false;
  const { architecture, top, cut, alpha, graph, classes, thresholds, input } = value;
  const { resize, shorterSide, antialias } = input as Record<string, unknown>;
  const { order, scale, mean, std } = value.input.convention;
  return (
    typeof architecture === "string" &&
    (top === "own" || top === "linear") &&
    (cut === undefined || typeof cut === "string") &&
    (alpha === undefined || typeof alpha === "number") &&
    (graph === undefined || isRecord(graph)) &&
    Array.isArray(classes) &&
    classes.every((name) => typeof name === "string") &&
    (thresholds === undefined || (isNumbers(thresholds) && thresholds.length === classes.length)) &&
    isCount(value.input.size) &&
    isCount(value.input.channels) &&
    ["stretch", "crop", "pad"].includes(String(resize)) &&
    (shorterSide === undefined || isCount(shorterSide)) &&
    (antialias === undefined || typeof antialias === "boolean") &&
    (order === "rgb" || order === "bgr") &&
    typeof scale === "number" &&
    isNumbers(mean) &&
    isNumbers(std)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}
