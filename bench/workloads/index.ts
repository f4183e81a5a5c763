import type { Size } from "../types.ts";
import { VGG16_CONVOLUTIONS, VGG16_INPUTS } from "../vgg16.ts";
import { coldWorkload } from "./cold.ts";
import { type ConvCase, convWorkload } from "./conv2d.ts";
import { featureCacheWorkload } from "./feature_cache.ts";
import { fineTuneWorkload } from "./fine_tune.ts";
import { matmulWorkload } from "./matmul.ts";
import { type Saving, savingWorkload } from "./saving.ts";
import { scalingWorkload } from "./scaling.ts";
import { steadyWorkload } from "./steady.ts";
import { stepWorkload } from "./step.ts";
import { type TrainingCase, trainingWorkload } from "./training.ts";
import type { Workload } from "./workload.ts";

function vggConvs({ inputSize, batch }: { inputSize: number; batch: number }): ConvCase[] {
  return VGG16_CONVOLUTIONS.map(({ channels, outChannels, halvings }) => {
    return { batch, channels, outChannels, side: inputSize >> halvings };
  });
}

/** Images have no gradient, so the first layer needs none for its input. */
function convRows(cases: readonly ConvCase[]): Workload[] {
  return cases.flatMap((given) => {
    const passes = (["forward", "input", "weight"] as const).filter(
      (pass) => pass !== "input" || given.channels > 3,
    );
    return passes.map((pass) => convWorkload(pass, given));
  });
}

function vggSteps(batch: number): TrainingCase[] {
  return (["all", "lastBlock", "head"] as const).map((trained) => {
    return { network: "vgg16", trained, batch };
  });
}

function savings(given: TrainingCase): Workload[] {
  const ways: Saving[] = ["plain", "recompute", "f16"];
  return ways.map((way) => savingWorkload(given, way));
}

function smoke(): Workload[] {
  const given: TrainingCase = { network: "cnn", trained: "all", batch: 2 };
  return [
    matmulWorkload(64),
    ...convRows([{ batch: 2, channels: 5, outChannels: 7, side: 6 }]),
    trainingWorkload(given),
    trainingWorkload({ ...given, trained: "head" }),
    stepWorkload(given),
    steadyWorkload(given),
    scalingWorkload(given),
    ...savings(given),
    fineTuneWorkload(),
    coldWorkload(given),
  ];
}

/**
 * TensorFlow.js alone would take most of the three minutes for VGG-16, so it only takes part in the faster rows. What
 * matters least stands last, where a slow machine may not come.
 */
function quick(): Workload[] {
  const cnn: TrainingCase = { network: "cnn", trained: "all", batch: 8 };
  const [vgg, ...frozen] = vggSteps(2);
  const withoutTfjs = (given: TrainingCase): Workload => {
    return { ...trainingWorkload(given), engines: ["graft", "jax"] };
  };
  return [
    trainingWorkload(cnn),
    withoutTfjs(vgg),
    matmulWorkload(512),
    ...convRows(vggConvs(VGG16_INPUTS[0]).filter((_, i) => i === 1 || i === 5)),
    stepWorkload(vgg),
    steadyWorkload(cnn),
    ...[1, 4, 16].map((batch) => scalingWorkload({ ...cnn, batch })),
    featureCacheWorkload(16),
    fineTuneWorkload(),
    ...frozen.map(withoutTfjs),
    { ...coldWorkload(vgg), engines: ["graft"] },
  ];
}

function full(): Workload[] {
  const cnn: TrainingCase = { network: "cnn", trained: "all", batch: 8 };
  const vgg: TrainingCase = { network: "vgg16", trained: "all", batch: 8 };
  return [
    matmulWorkload(512),
    matmulWorkload(1024),
    trainingWorkload(cnn),
    ...[2, 8, 32].flatMap(vggSteps).map(trainingWorkload),
    ...VGG16_INPUTS.flatMap((input) => convRows(vggConvs(input))),
    ...vggSteps(8).map(stepWorkload),
    stepWorkload(cnn),
    steadyWorkload(cnn),
    ...[1, 2, 4, 8, 16, 32, 64].map((batch) => scalingWorkload({ ...vgg, batch })),
    ...[64, 96, 128].map((inputSize) => scalingWorkload({ ...vgg, batch: 2, inputSize })),
    ...savings({ ...vgg, inputSize: 64 }),
    featureCacheWorkload(64),
    fineTuneWorkload(),
    coldWorkload(cnn),
    ...vggSteps(8).map(coldWorkload),
  ];
}

const lists: Record<Size, () => Workload[]> = { smoke, quick, full };

/** What a run of this size consists of, in order. */
export function workloads(size: Size): Workload[] {
  return lists[size]();
}

/** @throws Error when there is no such workload in a run of this size. */
export function findWorkload(size: Size, id: string): Workload {
  const found = workloads(size).find((workload) => workload.id === id);
  if (!found) throw new Error(`no workload ${id} in a ${size} run`);
  return found;
}
