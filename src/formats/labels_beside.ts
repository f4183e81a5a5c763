import { type Fail, failing, messageOf, printable } from "./errors.ts";
import { outputsOf } from "./graph/shapes.ts";
import { decodeUtf8, ownValue, parseJsonObject, textRecord, textsIn } from "./json.ts";
import type { ByteSource } from "./sources/byte_source.ts";
import type { WeightFile } from "./types.ts";

// Teachable Machine (https://github.com/googlecreativelab/teachablemachine-community) puts what it knows of a network
// beside it: for TF.js "metadata.json" with the class names, for Keras "labels.txt" with lines such as "0 Dog".

/** Under `packageName` of `WeightFile.metadata`: the network takes pictures as Teachable Machine prepares them. */
export const TEACHABLE_MACHINE = "@teachablemachine/image";

/** Under this key of `WeightFile.metadata` stands what Graft knows of a network. */
export const NETWORK_KEY = "graft";

interface Labels {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** What lies beside a network and names its classes, and how it is read. */
const READERS: Readonly<Record<string, (text: string, fail: Fail) => Labels | null>> = {
  "metadata.json": labelsOfMetadata,
  "labels.txt": labelsOfText,
};

/** The file with what lies beside it and tells of its network, as far as it doesn't do so itself. */
export async function withLabelsBeside(file: WeightFile, source: ByteSource): Promise<WeightFile> {
  return withNamesBeside(await withNetworkBeside(file, source), source);
}

/**
 * What Graft itself put beside a file that can't hold texts (NumPy's): "net.npz.labels.json", or "labels.json" of earlier
 * versions, which names the file that it belongs to.
 */
async function withNetworkBeside(file: WeightFile, source: ByteSource): Promise<WeightFile> {
  const { metadata } = file;
  if (metadata[NETWORK_KEY] !== undefined || !source.siblings) return file;
  const there: readonly string[] = await source.siblings().catch(() => []);
  const name = source.name.split(/[\\/]/).at(-1) ?? "";
  const own = `${name.replace(/\.safetensors$/i, "")}.labels.json`;
  for (const labels of [own, "labels.json"].filter((each) => there.includes(each))) {
    const text = new TextDecoder().decode(await (await source.sibling(labels)).read());
    if (!text.includes(JSON.stringify(name))) continue;
    return { ...file, metadata: Object.assign(textRecord(), metadata, { [NETWORK_KEY]: text }) };
  }
  return file;
}

/** The file with the class names that lie beside it, where it describes its network and doesn't name them itself. */
async function withNamesBeside(file: WeightFile, source: ByteSource): Promise<WeightFile> {
  const { graph } = file;
  if (!graph || graph.classes) return file;
  for (const name of await labelFiles(source)) {
    const found = await readBeside(source, name);
    if (typeof found === "string") return noted(file, `${name} beside it isn't used: ${found}`);
    if (!found) continue;
    const outputs = outputsOf(graph);
    const { names, metadata } = found;
    if (outputs !== null && names.length !== outputs) {
      const counts = `it has ${names.length} names, the network ${outputs} outputs`;
      return noted(file, `${name} beside it isn't used: ${counts}`);
    }
    const texts = textRecord(file.metadata, metadata);
    return { ...file, graph: { ...graph, classes: names }, metadata: texts };
  }
  return file;
}

function noted(file: WeightFile, note: string): WeightFile {
  return { ...file, notes: [...file.notes, note] };
}

/** Those that are there; on a server, which can't be asked, those that Teachable Machine's own has. */
async function labelFiles(source: ByteSource): Promise<string[]> {
  if (!source.siblings) return /\/\/teachablemachine\./.test(source.name) ? ["metadata.json"] : [];
  // Where nothing can be listed there is nothing to be found; the network can be read all the same.
  const names: readonly string[] = await source.siblings().catch(() => []);
  return Object.keys(READERS).filter((name) => names.includes(name));
}

/** Null for a file of another kind; a text for what is wrong with it. */
async function readBeside(source: ByteSource, name: string): Promise<Labels | null | string> {
  const fail = failing(name, "unknown");
  try {
    const bytes = await (await source.sibling(name)).read();
    return READERS[name](decodeUtf8(bytes, "", fail).replace(/^\uFEFF/, ""), fail);
  } catch (error) {
    return printable(messageOf(error), 200);
  }
}

function labelsOfMetadata(text: string, fail: Fail): Labels | null {
  const json = parseJsonObject(text, "", fail);
  const names = textsIn(ownValue(json, "labels"));
  return names ? { names, metadata: textRecord(json) } : null;
}

/** Names a line, each behind its number in Teachable Machine's files. */
function labelsOfText(text: string): Labels {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const numbered = lines.every((line, i) => line.startsWith(`${i} `));
  if (!numbered) return { names: lines.map((line) => line.trim()), metadata: {} };
  const names = lines.map((line) => line.slice(line.indexOf(" ")).trim());
  return { names, metadata: { packageName: TEACHABLE_MACHINE } };
}
