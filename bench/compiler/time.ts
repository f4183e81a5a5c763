/**
 * How long a step would take at best: each launch as long as its instructions need to be issued or its memory to be moved,
 * whichever is longer (the roofline: Williams, Waterman & Patterson 2009). No cache, latency or clock is modelled: for
 * comparing kernels and engines on one GPU, not for saying what a GPU would do.
 */
import type { NamedGpu } from "./gpus.ts";
import { shareOf } from "./hot_loop.ts";
import type { CompiledKernel, CompiledStep, Launch } from "./log.ts";

/** Instructions of whole waves that a launch issues. */
function instructionsOf(launch: Launch, kernel: CompiledKernel, { waveSize }: NamedGpu): number {
  const { hot, whole } = kernel;
  if (launch.multiplyAdds > 0 && hot.multiplyAdds > 0)
    return (launch.multiplyAdds / hot.multiplyAdds / waveSize) * hot.instructions;
  const further = ((launch.turns ?? 1) - 1) * hot.instructions; // the first is in the whole
  return launch.workgroups * Math.ceil(launch.threads / waveSize) * (whole.instructions + further);
}

/** Seconds of one launch. */
export function launchSeconds(launch: Launch, kernel: CompiledKernel, gpu: NamedGpu): number {
  const issuing = instructionsOf(launch, kernel, gpu) / gpu.wavesPerSecond;
  return Math.max(issuing, launch.bytes / gpu.bytesPerSecond);
}

/** Seconds of a step whose launches' work is known; else at least so many, as loops of unknown length count once. */
export function stepSeconds({ launches, kernels }: CompiledStep, gpu: NamedGpu): number {
  return launches.reduce(
    (sum, launch) => sum + launchSeconds(launch, kernels.get(launch.kernel)!, gpu),
    0,
  );
}

/** Multiply-adds that the launches' code shows, loops of unknown length counted once. */
export function countedMultiplyAdds({ launches, kernels }: CompiledStep): number {
  return launches.reduce((sum, { kernel, workgroups, threads }) => {
    return sum + workgroups * threads * kernels.get(kernel)!.whole.multiplyAdds;
  }, 0);
}

/** Work that is known to be done by some of a step's kernels, but not by which launch. */
export interface Part {
  readonly multiplyAdds: number;
  readonly kernels: RegExp;
}

/** Seconds that a step takes at least, if not by its launches, then by its work: each part in the best of its kernels, and memory waited for only where it is all there is to do. */
export function leastSeconds(step: CompiledStep, parts: readonly Part[], gpu: NamedGpu): number {
  const issuing = parts.map(({ multiplyAdds, kernels }) => {
    const used = new Set(step.launches.map(({ kernel }) => kernel));
    const hot = [...used]
      .filter((name) => kernels.test(name))
      .map((name) => step.kernels.get(name)!.hot);
    const best = Math.max(0, ...hot.map((counts) => counts.multiplyAdds / counts.instructions));
    return best > 0 ? multiplyAdds / gpu.waveSize / best / gpu.wavesPerSecond : 0;
  });
  const sum = issuing.reduce((total, seconds) => total + seconds, 0);
  return Math.max(sum, bytesOf(step) / gpu.bytesPerSecond);
}

/** Bytes that all launches bind. */
export function bytesOf({ launches }: CompiledStep): number {
  return launches.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Multiply-adds among the instructions of the hot loops, weighted by work; null where the launches' work isn't known. */
export function weightedShare({ launches, kernels }: CompiledStep): number | null {
  const all = launches.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
  if (all === 0) return null;
  const weighted = launches.map(
    ({ kernel, multiplyAdds }) => multiplyAdds * shareOf(kernels.get(kernel)!.hot),
  );
  return weighted.reduce((sum, share) => sum + share, 0) / all;
}
