import type { KnownDtype } from "../elements/dtypes.ts";
import { type EncodedTensor, encodeTensors } from "../elements/encode.ts";
import { failing, tensorNamed } from "../errors.ts";
import type { TensorToWrite } from "../types.ts";
import { writeZip } from "../zip/write.ts";
import { STORAGE_NAMES } from "./elements.ts";
import { stateDictPickle } from "./pickle.ts";

/**
 * Writes a state dict that `torch.load` of PyTorch 1.6 and later reads: a zip archive with a protocol-2 pickle and one
 * storage per tensor, in the order given. Two tensors that share memory are written twice.
 *
 * @param metadata texts that PyTorch doesn't look at: entries in the archive's folder "extra".
 * @throws WeightFileError for a name given twice, a shape that doesn't fit its data, or a dtype that PyTorch lacks.
 */
export function writePytorch(
  tensors: Iterable<TensorToWrite>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const fail = failing("the file to write", "pytorch");
  const encoded = encodeTensors(tensors, fail);
  const storageOf = ({ name, dtype }: EncodedTensor): string => {
    const storage = STORAGE_NAMES.get(dtype);
    if (storage) return storage;
    throw fail(
      tensorNamed(name),
      `PyTorch has no storage for ${dtype}`,
      `Convert it to ${WIDER[dtype] ?? "f32"}`,
    );
  };
  const pickle = stateDictPickle(
    encoded.map((tensor) => ({
      name: tensor.name,
      shape: tensor.shape,
      storage: storageOf(tensor),
    })),
  );
  // The first entry must be in the folder that all are in.
  const text = (value: string) => new TextEncoder().encode(value);
  return writeZip(
    [
      { name: "archive/data.pkl", bytes: pickle },
      { name: "archive/byteorder", bytes: text("little") },
      ...encoded.map(({ bytes }, i) => ({ name: `archive/data/${i}`, bytes })),
      { name: "archive/version", bytes: text("3\n") },
      ...Object.entries(metadata).map(([key, value]) => ({
        name: `archive/extra/${key}`,
        bytes: text(value),
      })),
    ],
    fail,
  );
}

const WIDER: Partial<Record<KnownDtype, string>> = { u16: "i32", u32: "i64", u64: "i64" };
