import type { Row, Run } from "../types.ts";
import { VGG16_CONVOLUTIONS, VGG16_INPUTS } from "../vgg16.ts";
import { peakOf, secondsOf } from "./ratios.ts";

export interface PassShare {
  /** Side of the network's input, in pixels. */
  readonly input: number;
  readonly pass: string;
  /** The time that direct convolutions would take at the adapter's peak, over the time taken. */
  readonly share: number;
}

interface Part {
  readonly input: number;
  readonly pass: string;
  readonly secondsAtPeak: number;
  readonly seconds: number;
}

/** All of VGG-16's convolutions together, each as often as the network has it, for what a run has every row of. */
export function vggConvolutions(run: Run): PassShare[] {
  const groups = new Map<string, Part[]>();
  for (const part of run.rows.flatMap((row) => partOf(run, row) ?? [])) {
    const key = `${part.input} ${part.pass}`;
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups.values()].flatMap((parts): PassShare[] => {
    const { input, pass } = parts[0];
    // Images have no gradient, so the first layer has none for its input.
    const layers = VGG16_CONVOLUTIONS.length - (pass === "input" ? 1 : 0);
    if (parts.length !== layers) return [];
    const share = sum(parts.map((part) => part.secondsAtPeak)) / sum(parts.map((p) => p.seconds));
    return [{ input, pass, share }];
  });
}

function partOf(run: Run, row: Row): Part | null {
  const [seconds, peak] = [secondsOf(row, "graft"), peakOf(run, row)];
  const found = /^conv\/(\d+)\/(\d+)-(\d+)\/batch(\d+)\/(\w+)$/.exec(row.id);
  if (!found || seconds === null || !peak || !row.flops) return null;
  const [side, channels, outChannels, batch] = found.slice(1).map(Number);
  const input = VGG16_INPUTS.find((candidate) => candidate.batch === batch)?.inputSize;
  const layer = VGG16_CONVOLUTIONS.find((candidate) => {
    const isLike = candidate.channels === channels && candidate.outChannels === outChannels;
    return isLike && side << candidate.halvings === input;
  });
  if (!input || !layer) return null;
  const { count } = layer;
  const secondsAtPeak = (count * row.flops) / peak;
  return { input, pass: found[5], secondsAtPeak, seconds: count * seconds };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
