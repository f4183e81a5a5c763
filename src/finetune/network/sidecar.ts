import { type NetworkInfo, networkMetadata } from "../../transfer/index.ts";
import { baseName, beside, ending, stem } from "../places.ts";

/**
 * The names of the files that belong to a network begin with this: with its own name, so that those of others beside it
 * aren't touched. "model.safetensors" has "model.labels.json", and "model.onnx", which is another, "model.onnx.labels.json".
 */
export function ownName(weights: string): string {
  return ending(weights) === ".safetensors" ? stem(weights) : baseName(weights);
}

/** The path of what is known of a network, for people, other tools and files that can't hold it themselves. */
export function labelsPath(weights: string): string {
  return beside(weights, `${ownName(weights)}.labels.json`);
}

/** The text of that file. */
export function labelsText(info: NetworkInfo, weights: string): string {
  const { graph } = info;
  const [plain] = Object.values(networkMetadata({ ...info, graph: undefined }));
  const text = JSON.stringify({ weights: baseName(weights), ...JSON.parse(plain!) }, null, 2);
  if (!graph) return `${text}\n`;
  // On one line: nobody reads it, and indented it would bury the rest.
  return `${text.slice(0, -2)},\n  "graph": ${JSON.stringify(graph)}\n}\n`;
}
