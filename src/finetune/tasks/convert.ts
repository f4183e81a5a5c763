import type { Task } from "../../base/index.ts";
import {
  type FloatDtype,
  saveNpz,
  savePytorch,
  saveSafetensors,
  type WeightFile,
  type WeightSource,
} from "../../formats/index.ts";
import { platform } from "../../platform/index.ts";
import { againIfLost } from "../../train/index.ts";
import { type NetworkInfo, networkMetadata } from "../../transfer/index.ts";
import type { DataSource } from "../data/types.ts";
import { startDevice } from "../device.ts";
import { SettingError } from "../errors.ts";
import type { AdapterEvent, NetworkEvent } from "../events.ts";
import { checkWritable } from "../keeping/files.ts";
import { placeOf, refuseTaken } from "../keeping/place.ts";
import { saveLabels, saveNetwork } from "../keeping/save.ts";
import type { Pretrained } from "../network/plan.ts";
import { describeNetwork, named, openSaved, type SavedSettings } from "../network/saved.ts";
import { type OpeningEvent, openWeights } from "../network/weights.ts";
import { ending } from "../places.ts";
import { taskOf } from "../task.ts";
import { evaluate } from "./evaluate.ts";
import type { TaskOptions } from "./options.ts";

/** What `convert` is asked for. */
export interface ConvertSettings extends SavedSettings {
  readonly weights: WeightSource;
  /** Node: the file to write; its ending tells the format. */
  readonly to: string;
  /** Store floating-point numbers as this type; of networks, those of kernels and matrices. Default: as they are. */
  readonly dtype?: FloatDtype | "i8";
  /** End the network with a softmax. */
  readonly probabilities?: boolean;
  /** Labelled pictures, to tell by how the network does before and after. */
  readonly data?: DataSource;
  /** Write over what is there already. */
  readonly overwrite?: boolean;
}

type Dtype = ConvertSettings["dtype"];

/** What was written. */
export interface Conversion {
  readonly weights: string;
  /** Class names and input; null where the file doesn't tell them. */
  readonly labels: string | null;
  /** Number of tensors, where only these were written; null where the network is in the file too. */
  readonly tensors: number | null;
  /** How the network does on the data that was given, from the file that was read and from the one that was written. */
  readonly accuracy: {
    readonly before: number;
    readonly after: number;
    readonly count: number;
  } | null;
}

type Writer = (
  file: WeightFile,
  path: string,
  dtype: Dtype,
  info: NetworkInfo | null,
) => Promise<unknown>;

const textsOf = (file: WeightFile, info: NetworkInfo | null) => ({
  ...file.metadata,
  ...(info && networkMetadata(info)),
});

/** @throws SettingError for 8 bits where nothing would read them back. */
function floatDtype(dtype: Dtype, path: string): FloatDtype | undefined {
  if (dtype !== "i8") return dtype;
  throw new SettingError(
    `{dtype}: ${ending(path)} files have no 8 bits; .safetensors, .onnx and model.json do`,
  );
}

const savePt: Writer = (file, path, dtype, info) =>
  savePytorch(file.tensors, {
    path,
    dtype: floatDtype(dtype, path),
    metadata: textsOf(file, info),
  });

/** Formats of tensors alone: they need no network, so any file can become one of them. */
const TENSORS: Readonly<Record<string, Writer>> = {
  ".safetensors": (file, path, dtype, info) =>
    saveSafetensors(file.tensors, {
      ...{ path, dtype },
      metadata: textsOf(file, info),
    }),
  ".pt": savePt,
  ".pth": savePt,
  ".npz": (file, path, dtype) => saveNpz(file.tensors, { path, dtype: floatDtype(dtype, path) }),
};

/** What `convert` tells while it works. */
export type ConvertEvent = OpeningEvent | NetworkEvent | AdapterEvent;

/** Saves the same weights in another format. */
export function convert(
  settings: ConvertSettings,
  { signal }: Pick<TaskOptions, "signal"> = {},
): Task<ConvertEvent, Conversion> {
  return taskOf(async (tell) => {
    const { to, dtype, overwrite, probabilities } = settings;
    checkWritable(to);
    if (!overwrite) await refuseTaken(placeOf(to), "");
    const write = TENSORS[ending(to)];
    if (write) {
      if (probabilities)
        throw new SettingError(
          `{probabilities}: ${ending(to)} files hold no network to end with them`,
        );
      const opened = await openWeights(settings.weights, tell);
      const { file } = opened;
      const info = await ownDescription(settings, await named(opened, settings, tell));
      await platform().disk?.makeFolder(platform().disk?.path.dirname(to) ?? ".");
      await write(file, to, dtype, info);
      const labels = info && (await saveLabels(info, to));
      const accuracy = await compared(settings, signal);
      return { weights: to, labels, tensors: file.tensors.size, accuracy };
    }
    if (dtype === "bf16" || (dtype === "i8" && ending(to) === ".h5"))
      throw new SettingError(`{dtype}: ${ending(to)} files don't hold ${dtype}`);
    const network = await openSaved(settings, undefined, tell);
    if (probabilities && network.info.thresholds)
      throw new SettingError(
        "{probabilities} ends a network with a softmax, which is for one class a picture; this one gives several labels",
      );
    await tell({ type: "network", name: network.name, network: network.info });
    await startDevice(undefined, tell);
    const saved = await againIfLost(() =>
      saveNetwork(network.create(), to, network.info, true, { dtype, probabilities }),
    );
    return { ...saved, tensors: null, accuracy: await compared(settings, signal) };
  }, signal);
}

async function compared(
  { to, data, dtype, probabilities, overwrite, ...read }: ConvertSettings,
  signal: AbortSignal | undefined,
): Promise<Conversion["accuracy"]> {
  if (data === undefined) return null;
  const before = await evaluate({ ...read, data }, { signal });
  const after = await evaluate({ ...read, weights: to, data }, { signal });
  return { before: before.accuracy, after: after.accuracy, count: after.count };
}

/** What the file says about its network, which formats of tensors alone would lose. */
async function ownDescription(
  settings: ConvertSettings,
  opened: Pretrained,
): Promise<NetworkInfo | null> {
  if (opened.entry?.numClasses === 0) return null;
  if (opened.info) return describeNetwork(settings, opened);
  if (!opened.file.graph) return null;
  // Where it isn't one for pictures, say, its tensors can be converted all the same.
  return describeNetwork(settings, opened).catch(() => null);
}
