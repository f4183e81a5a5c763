import { parseArgs } from "node:util";
import { peers } from "./peers/list.ts";
import type { Place, Size } from "./types.ts";

export interface BenchOptions {
  readonly size: Size;
  readonly places: readonly Place[];
  /** "system": the machine's GPU, or the software adapter where there is none. */
  readonly adapter: "system" | "swiftshader";
  readonly peers: readonly string[];
  /** Ids of workloads to run; null for all. */
  readonly rows: RegExp | null;
  /** Folder for results; null for the usual place. */
  readonly out: string | null;
  /** Whether kernels are compiled for GPUs that aren't there, in place of being timed. */
  readonly compiler: boolean;
  /** Whether networks are fine-tuned on real data, in place of being timed. */
  readonly transferTable: boolean;
  /** Folder of data sets; null for the usual place. */
  readonly data: string | null;
  /** Seconds after which nothing new begins. */
  readonly seconds: number | null;
  readonly help: boolean;
}

export const help = `npm run bench -- [options]

Measures Graft beside its peers in headless Chromium, checks every result before timing it, and writes JSON, a table
and an HTML report with plots.

  --quick          the main rows in less than three minutes, in Chromium and then in Node (TensorFlow.js, the slowest,
                   only in the faster rows)
  --node           in Node (Dawn) instead of Chromium, without peers unless named
  --adapter NAME   system (default: the GPU, or a software adapter where there is none) or swiftshader
  --peers LIST     of ${Object.keys(peers).join(", ")}, or none (default: tfjs,jax in Chromium)
  --rows REGEX     only rows whose id matches, such as "^train/vgg16/32/batch8" (--list shows them)
  --list           show the rows' ids and end
  --out DIR        where results go (default: bench/results for a whole run, out/bench for a part)
  --compiler       what kernels become on AMD GPUs that needn't be there, by Mesa's own compiler: instructions, registers,
                   spills, launches, memory bound, and a model's time (Linux with Mesa 25 and a C compiler)
  --transfer-table how good networks become that are carried over to real data, by ways to train and numbers of examples; goes on
                   where it was ended, and writes docs/transfer.md (--rows picks cells such as "USPS / 5 / 1", --quick the
                   fastest; --data DIR: where the data sets are)
  --smoke          only see that everything runs and agrees; times mean nothing

Peers are installed into bench/peers the first time they are asked for. Ctrl-C ends and keeps what there is.`;

const flags = {
  quick: { type: "boolean" },
  smoke: { type: "boolean" },
  compiler: { type: "boolean" },
  "transfer-table": { type: "boolean" },
  data: { type: "string" },
  node: { type: "boolean" },
  list: { type: "boolean" },
  help: { type: "boolean" },
  adapter: { type: "string" },
  peers: { type: "string" },
  rows: { type: "string" },
  out: { type: "string" },
} as const;

/** Quick runs promise three minutes; what is left is for starting and for the report. */
const QUICK_SECONDS = 165;

function adapterOf(name: string | undefined): BenchOptions["adapter"] {
  if (name === undefined || name === "system" || name === "swiftshader") return name ?? "system";
  throw new Error(`--adapter is "${name}": use system or swiftshader`);
}

function peersOf(list: string | undefined, inNode: boolean, size: Size): string[] {
  if (list === "none") return [];
  if (list === undefined) return inNode || size === "smoke" ? [] : ["jax", "tfjs"];
  const names = list.split(",").filter(Boolean);
  const unknown = names.filter((name) => !(name in peers));
  if (unknown.length === 0) return names;
  throw new Error(
    `--peers: there is no ${unknown.join(", ")}; use some of ${Object.keys(peers).join(", ")}, or none`,
  );
}

function rowsOf(pattern: string | undefined): RegExp | null {
  if (pattern === undefined) return null;
  try {
    return new RegExp(pattern);
  } catch {
    throw new Error(`--rows: "${pattern}" is not a regular expression`);
  }
}

/** @throws Error naming what is wrong and what would be right. */
export function parseOptions(args: readonly string[]): BenchOptions & { list: boolean } {
  const { values } = parseArgs({ args: [...args], options: flags });
  const size = values.smoke ? "smoke" : values.quick ? "quick" : "full";
  const inNode = values.node ?? false;
  return {
    size,
    places: inNode ? ["node"] : size === "quick" ? ["chromium", "node"] : ["chromium"],
    adapter: adapterOf(values.adapter),
    peers: peersOf(values.peers, inNode, size),
    rows: rowsOf(values.rows),
    out: values.out ?? null,
    compiler: values.compiler ?? false,
    transferTable: values["transfer-table"] ?? false,
    data: values.data ?? null,
    seconds: size === "quick" ? QUICK_SECONDS : null,
    help: values.help ?? false,
    list: values.list ?? false,
  };
}
