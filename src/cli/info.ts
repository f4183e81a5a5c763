import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { WeightFile } from "../formats/index.ts";
import type { InputSpec } from "./input.ts";

/** What it takes, besides the weights, to use a network again. Travels in the file and beside it. */
export interface NetworkInfo {
  readonly architecture: string;
  /** The architecture's own classifier, or one linear layer on its features. */
  readonly top: "own" | "linear";
  /** The layer that it ends with, where it isn't the whole architecture. */
  readonly cut?: string;
  readonly alpha?: number;
  /** The network itself, where it came described in a file. */
  readonly graph?: WeightFile["graph"];
  readonly input: InputSpec;
  readonly classes: readonly string[];
}

/** Under this key of a safetensors file's metadata. */
const KEY = "graft";

export function infoMetadata(info: NetworkInfo): Record<string, string> {
  return { [KEY]: JSON.stringify(info) };
}

/** The path of the labels that are saved with a weight file. */
export function labelsPath(weights: string): string {
  return join(dirname(weights), "labels.json");
}

export function labelsText(info: NetworkInfo, weights: string): string {
  const { graph, ...plain } = info;
  const text = JSON.stringify({ weights: basename(weights), ...plain }, null, 2);
  if (!graph) return `${text}\n`;
  // On one line: nobody reads it, and indented it would bury the rest.
  return `${text.slice(0, -2)},\n  "graph": ${JSON.stringify(graph)}\n}\n`;
}

/**
 * What is known about a weight file: from its own metadata, or from the labels.json beside it that
 * names it. Null for files from elsewhere.
 */
export function readInfo(file: WeightFile, path: string): NetworkInfo | null {
  const own = file.metadata[KEY];
  if (own !== undefined) return parseInfo(own, path);
  const beside = labelsPath(path);
  if (!existsSync(beside)) return null;
  const text = readFileSync(beside, "utf8");
  return text.includes(JSON.stringify(basename(path))) ? parseInfo(text, beside) : null;
}

function parseInfo(text: string, from: string): NetworkInfo {
  const info: unknown = parseJson(text, from);
  if (isInfo(info)) {
    const { architecture, top, cut, alpha, graph, input, classes } = info;
    return { architecture, top, cut, alpha, graph, input, classes };
  }
  throw new Error(`${from}: what it says about the network is incomplete; pass --arch and --size`);
}

function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${from}: what it says about the network is no JSON; was it edited?`);
  }
}

function isInfo(value: unknown): value is NetworkInfo {
  if (!isRecord(value) || !isRecord(value.input) || !isRecord(value.input.convention)) return false;
  const { architecture, top, classes, input } = value;
  if (!["stretch", "crop", "pad"].includes(String(input.resize))) return false;
  if (input.shorterSide !== undefined && !isCount(input.shorterSide)) return false;
  const { order, scale, mean, std } = input.convention as Record<string, unknown>;
  return (
    typeof architecture === "string" &&
    (top === "own" || top === "linear") &&
    (value.cut === undefined || typeof value.cut === "string") &&
    Array.isArray(classes) &&
    classes.every((name) => typeof name === "string") &&
    isCount(input.size) &&
    isCount(input.channels) &&
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

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}
