import { mkdir, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { saveNpz, savePytorch, saveSafetensors, type WeightFile } from "../../formats/index.ts";
import { startDevice } from "../device.ts";
import { EXIT, UsageError } from "../errors.ts";
import { plural } from "../format.ts";
import { infoMetadata, labelsPath, labelsText, type NetworkInfo } from "../info.ts";
import type { CommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import type { Pretrained } from "../plan.ts";
import { describeNetwork, openSaved, type SavedOptions } from "../saved_network.ts";
import { checkSavePath, saveNetwork } from "../saving.ts";
import { openWeights } from "../weights.ts";

export interface ConvertOptions extends CommonOptions, SavedOptions {
  /** Store floating-point numbers as this type. */
  readonly dtype?: "f32" | "f16" | "bf16";
}

type Dtype = ConvertOptions["dtype"];

type Writer = (
  file: WeightFile,
  path: string,
  dtype: Dtype,
  info: NetworkInfo | null,
) => Promise<unknown>;

/** Formats of tensors alone: they need no network, so any file can become one of them. */
const TENSORS: Readonly<Record<string, Writer>> = {
  ".safetensors": (file, path, dtype, info) =>
    saveSafetensors(file.tensors, {
      ...{ path, dtype },
      metadata: { ...file.metadata, ...(info && infoMetadata(info)) },
    }),
  ".pt": (file, path, dtype) => savePytorch(file.tensors, { path, dtype }),
  ".pth": (file, path, dtype) => savePytorch(file.tensors, { path, dtype }),
  ".npz": (file, path, dtype) => saveNpz(file.tensors, { path, dtype }),
};

/** `graft convert`: the same weights in another format. */
export async function convert(
  options: ConvertOptions,
  output: Output,
  [from, to]: readonly string[],
): Promise<number> {
  checkSavePath(to);
  await mkdir(dirname(to), { recursive: true });
  const write = TENSORS[extname(to).toLowerCase()];
  if (write) {
    const opened = await openWeights(from, output);
    const { file } = opened;
    const info = ownDescription(options, opened);
    await write(file, to, options.dtype, info);
    if (info) await writeFile(labelsPath(to), labelsText(info, to));
    output.line(
      `${to}: ${plural(file.tensors.size, "tensor")}` +
        (info ? `; ${labelsPath(to)}: class names, input and the network` : ""),
    );
  } else {
    if (options.dtype) throw new UsageError(`--dtype: ${extname(to)} files hold float32`);
    await convertNetwork(from, to, options, output);
  }
  output.emit("result", { from, to });
  return EXIT.ok;
}

/** What the file says about its network, which formats of tensors alone would lose. */
function ownDescription(options: ConvertOptions, opened: Pretrained): NetworkInfo | null {
  if (opened.entry) return null;
  if (opened.info) return describeNetwork(options, opened);
  if (!opened.file.graph) return null;
  try {
    return describeNetwork(options, opened);
  } catch {
    // It isn't one for pictures, say: its tensors can be converted all the same.
    return null;
  }
}

/** Formats that hold the network too: it is built, and then saved. */
async function convertNetwork(
  from: string,
  to: string,
  options: ConvertOptions,
  output: Output,
): Promise<void> {
  const network = await openSaved({ ...options, weights: from }, output);
  const device = await startDevice(options.adapter ?? "system", output);
  try {
    const { weights, labels } = await saveNetwork(network.create(), to, network.info);
    output.line(`${weights}: the network with its weights; ${labels}: class names and input`);
  } finally {
    device.destroy();
  }
}
