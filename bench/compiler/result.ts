/** What compiled steps come to, as it is written to JSON and shown. */
import { network, passFlops } from "../engines/network.ts";
import { peers } from "../peers/list.ts";
import type { NamedGpu } from "./gpus.ts";
import { shareOf } from "./hot_loop.ts";
import type { CompiledKernel, CompiledStep, Launch } from "./log.ts";
import { type StepCase, stepId } from "./steps.ts";
import {
  bytesOf,
  countedMultiplyAdds,
  launchSeconds,
  leastSeconds,
  type Part,
  stepSeconds,
  weightedShare,
} from "./time.ts";

export interface KernelResult {
  readonly kernel: string;
  readonly launches: number;
  /** Multiply-adds among the instructions of the hot loop. */
  readonly share: number;
  /** Multiply-adds that its launches need. */
  readonly multiplyAdds: number;
  readonly registers: number;
  readonly waves: number;
  readonly workgroupBytes: number;
  readonly spilled: number;
  readonly scratchBytes: number;
  readonly bytes: number;
  /** By the model of time.ts; null for a library of which the launches' work isn't known. */
  readonly seconds: number | null;
}

export interface StepResult {
  readonly step: string;
  readonly engine: string;
  readonly gpu: string;
  readonly launches: number;
  /** Bound by all launches. */
  readonly bytes: number;
  /** Weighted by work; null where that isn't known. */
  readonly share: number | null;
  /** By the model of time.ts. */
  readonly seconds: number;
  /** Whether it takes at least so long: which launch does what isn't known. */
  readonly isLeast: boolean;
  /** Those with most to do first. */
  readonly kernels: readonly KernelResult[];
}

export function resultOf(
  step: StepCase,
  engine: string,
  gpu: NamedGpu,
  compiled: CompiledStep,
): StepResult {
  const isKnown = engine === "graft" || showsItsWork(step, compiled);
  return {
    step: stepId(step),
    engine,
    gpu: gpu.family,
    launches: compiled.launches.length,
    bytes: bytesOf(compiled),
    share: weightedShare(compiled),
    isLeast: !isKnown,
    seconds: isKnown
      ? stepSeconds(compiled, gpu)
      : Math.max(stepSeconds(compiled, gpu), leastSeconds(compiled, partsOf(step, engine), gpu)),
    kernels: kernelResults(compiled, gpu, isKnown),
  };
}

/** Whether loops of constant length show most of the work, as where sizes are written into shaders. */
function showsItsWork(step: StepCase, compiled: CompiledStep): boolean {
  const work = Object.values(passesOf(step)).reduce((sum, flops) => sum + flops / 2, 0);
  return countedMultiplyAdds(compiled) > 0.5 * work;
}

function partsOf(step: StepCase, engine: string): Part[] {
  const { passes } = peers[engine] ?? {};
  return Object.entries(passesOf(step)).map(([pass, flops]) => ({
    multiplyAdds: flops / 2,
    kernels: passes?.[pass as keyof typeof passes] ?? /./,
  }));
}

/** @throws Error for a network that only Graft builds. */
function passesOf(step: StepCase) {
  if (step.network !== "vgg16") throw new Error(`${stepId(step)}: its work is not known`);
  return passFlops(network(step.network, step.inputSize), step.trained, step.batch);
}

function kernelResults(
  { launches, kernels }: CompiledStep,
  gpu: NamedGpu,
  known: boolean,
): KernelResult[] {
  const names = new Set(launches.map(({ kernel }) => kernel));
  const results = [...names].map((name) => {
    const own = launches.filter(({ kernel }) => kernel === name);
    const kernel = kernels.get(name);
    if (!kernel) throw new Error(`the log has no code of ${name}`);
    return kernelResult(kernel, own, known ? gpu : null);
  });
  const weight = ({ seconds, multiplyAdds, bytes }: KernelResult) =>
    seconds ?? multiplyAdds + bytes;
  return results.sort((a, b) => weight(b) - weight(a));
}

function kernelResult(
  kernel: CompiledKernel,
  launches: readonly Launch[],
  gpu: NamedGpu | null,
): KernelResult {
  const sum = (of: (launch: Launch) => number) =>
    launches.reduce((total, launch) => total + of(launch), 0);
  const { name, registers, waves, workgroupBytes, spilled, scratchBytes, hot } = kernel;
  return {
    kernel: name,
    launches: launches.length,
    share: shareOf(hot),
    multiplyAdds: sum(({ multiplyAdds }) => multiplyAdds),
    registers,
    waves,
    workgroupBytes,
    spilled,
    scratchBytes,
    bytes: sum(({ bytes }) => bytes),
    seconds: gpu && sum((launch) => launchSeconds(launch, kernel, gpu)),
  };
}

/** Kernels that found no room for their registers: each costs more than any tuning gains. */
export function spilling({ kernels }: StepResult): KernelResult[] {
  return kernels.filter(({ spilled, scratchBytes }) => spilled > 0 || scratchBytes > 0);
}
