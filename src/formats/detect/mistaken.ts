import { DAMAGED, failing, type WeightFileError } from "../errors.ts";
import { FORMATS } from "./formats.ts";
import type { FileSample } from "./sample.ts";

const TITLES = FORMATS.flatMap(({ title }) => title ?? []);
const READABLE = `Graft reads ${TITLES.slice(0, -1).join(", ")} and ${TITLES.at(-1)}`;

/** Something that people pass for weights. */
interface Mistaken {
  readonly is: (file: FileSample, name: string) => boolean;
  readonly problem: string;
  readonly advice?: string;
}

const MISTAKEN: readonly Mistaken[] = [
  {
    is: begins("version https://git-lfs"),
    problem: "this is a Git LFS pointer, not the weights",
    advice: 'Run "git lfs pull", or download the file itself',
  },
  {
    is: begins("<"),
    problem: "this is a web page or XML, not weights",
    advice: "Check the address: the server may want a login, or link to the raw file",
  },
  {
    is: begins("\x1f\x8b"),
    problem: "this file is compressed with gzip",
    advice: "Unpack it and pass the file inside",
  },
  { is: begins("GGUF"), problem: "this is a GGUF model, which can't be read" },
  {
    is: begins("TFL3", 4),
    problem: "this is a TensorFlow Lite model, which can't be read",
  },
  { is: begins("\xff\xd8\xff"), problem: "this is a JPEG image, not weights" },
  { is: begins("\x89PNG"), problem: "this is a PNG image, not weights" },
  {
    // Its version (1), then a list of graphs.
    is: begins("\x08\x01\x12"),
    problem: "this is a TensorFlow SavedModel, which can't be read",
    advice:
      "Convert the folder that it lies in, and pass the model.json that comes of it: pip install tensorflowjs && " +
      "tensorflowjs_converter --input_format=tf_saved_model FOLDER NEW_FOLDER",
  },
  {
    is: isFrozenGraph,
    problem: "this is a frozen TensorFlow graph, which can't be read",
    advice:
      "Convert it, and pass the model.json that comes of it: pip install tensorflowjs && tensorflowjs_converter " +
      "--input_format=tf_frozen_model --output_node_names=NAME_OF_THE_OUTPUT FILE NEW_FOLDER",
  },
  {
    is: (_, name) => /(^|[/\\.])weights\.bin$|-shard\d+(of\d+)?(\.bin)?$/i.test(name),
    problem: "these are the bare numbers of a TensorFlow.js model, which can't be read alone",
    advice:
      "Pass the model.json (or …-weights_manifest.json) that lies beside it; in a page, all the files together",
  },
];

/**
 * @param name of the file, by which bare numbers are known.
 * @returns the error for a file of no known format, which says what it is where that can be told.
 */
export function explainUnknown(file: FileSample, name: string): WeightFileError {
  const fail = failing(name, "unknown");
  const mistaken = MISTAKEN.find(({ is }) => is(file, name));
  if (mistaken) return fail("", mistaken.problem, mistaken.advice ?? READABLE);
  const isZero = file.head.every((byte) => byte === 0);
  return isZero
    ? fail("", "it begins with nothing but zeros", DAMAGED)
    : fail("", "it is no weight file that Graft knows", READABLE);
}

function begins(start: string, at = 0): Mistaken["is"] {
  return (file) => file.startsWith(start, at);
}

/**
 * A `GraphDef` is a list of nodes (field 1), and a node has a name (field 1) and an op (field 2): the tags 0x0a and
 * 0x12, each with a length behind it.
 */
function isFrozenGraph({ file }: FileSample): boolean {
  const bytes = file.read(0, 300);
  if (bytes[0] !== 0x0a) return false;
  let at = 1;
  while (bytes[at] >= 0x80) at++;
  const name = textField(bytes, at + 1, 0x0a);
  const op = textField(bytes, at + 3 + name.length, 0x12);
  return /^[\w./-]+$/.test(name) && /^[A-Za-z_]\w*$/.test(op);
}

/** A text of up to 127 characters, or nothing where it has another tag. */
function textField(bytes: Uint8Array, at: number, tag: number): string {
  if (bytes[at] !== tag || bytes[at + 1] >= 0x80) return "";
  return String.fromCharCode(...bytes.subarray(at + 2, at + 2 + bytes[at + 1]));
}
