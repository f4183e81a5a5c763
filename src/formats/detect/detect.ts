import { type Fail, failing, listed, type WeightFileError } from "../errors.ts";
import type { Bytes } from "../sources/ranges.ts";
import type { FileFormat } from "./format.ts";
import { FORMATS } from "./formats.ts";
import { explainUnknown } from "./mistaken.ts";
import { FileSample } from "./sample.ts";

/**
 * Tells a weight file's format by its content, whatever its name.
 *
 * @param name what errors call the file.
 * @throws WeightFileError when it is none of `formats`, saying what it is instead where that can be told.
 */
export function detectFormat(
  bytes: Bytes,
  name: string,
  formats: readonly FileFormat[] = FORMATS,
): FileFormat {
  const sample = new FileSample(bytes, name);
  const fail = failing(name, "unknown");
  if (sample.head.length === 0) throw fail("", "the file is empty", "Download or save it again");
  const format = formats.find(({ recognises }) => recognises(sample));
  if (format) return format;
  if (sample.isZip) throw unknownZip(sample.zipNames, fail);
  if (sample.isJson) throw unknownJson(fail);
  throw explainUnknown(sample, name);
}

function unknownZip(names: readonly string[], fail: Fail): WeightFileError {
  if (names.length === 0) return fail("archive", "it is empty", "Save it again");
  if (names.some((name) => /(^|\/)code\/.*\.py$/.test(name))) {
    return fail(
      "archive",
      "it is a TorchScript program, not a checkpoint",
      "In Python: torch.save(torch.jit.load(path).state_dict(), new_path)",
    );
  }
  return fail(
    "archive",
    `it holds no weights that Graft knows (${listed(names, 5)})`,
    "Unpack it and pass the weight file inside",
  );
}

function unknownJson(fail: Fail): WeightFileError {
  return fail(
    "JSON",
    "it is neither a TensorFlow.js model.json, a Keras network nor an index of shards (weight_map)",
    "Pass the weight file that lies beside it",
  );
}
