import { fingerprint } from "../../base/index.ts";
import type { Device } from "../../gpu/index.ts";
import { rehearsalOf as convolutionRehearsal } from "../conv2d/rehearse.ts";
import { convolutions } from "../conv2d/variants.ts";
import { gemm } from "../matmul/gemm.ts";
import { rehearsalOf as productRehearsal } from "../matmul/rehearse.ts";
import { products } from "../matmul/variants.ts";
import type { Chooser } from "../variants/choose.ts";
import type { VariantList } from "../variants/list.ts";
import type { Rehearsal } from "../variants/rehearsal.ts";
import { type Choice, labelOf, type Variant } from "../variants/variant.ts";
import { measureMet, type TuningProgress } from "./measure.ts";
import type { MetProblem } from "./met_problem.ts";
import { TuningTable } from "./tuning_table.ts";

products.rehearse = (problem) => productRehearsal(problem, gemm);
convolutions.rehearse = convolutionRehearsal;

/** Compiling more takes longer than it gains: the rule's favourites hold the best but for noise. */
const MOST_TRIALS = 6;

/** What a device that measures knows: times of this run and earlier ones, and problems still to be measured. */
export class Tuner implements Chooser {
  /** What was measured on this adapter. */
  readonly table: TuningTable;
  readonly #met = new Map<string, MetProblem>();
  /** The measurement that is going on. */
  #measuring: Promise<number> | null = null;

  constructor(private readonly device: Device) {
    this.table = new TuningTable(device.info, shadersFingerprint());
  }

  fastest<Problem, V extends Variant<Problem>, Source>(
    list: VariantList<Problem, V, Source>,
    problem: Problem,
    source: Source,
  ): Choice<V> | null {
    const { rehearse } = list;
    const choices = list.ranked(problem, this.device.profile);
    if (!rehearse || choices.length < 2) return null;
    const key = `${list.name} ${list.key?.(problem)}`;
    const label = this.table.get(key)?.variant;
    const found = choices.find((choice) => labelOf(choice) === label);
    if (!found) this.#meet(key, choices, () => rehearse(source));
    return found ?? null;
  }

  /** Measures every problem met since the last time. @returns how many. */
  measure(onProgress?: TuningProgress): Promise<number> {
    if (this.#met.size === 0) return Promise.resolve(0);
    this.#measuring ??= measureMet(this.device, this.table, this.#met, onProgress).finally(() => {
      this.#measuring = null;
    });
    return this.#measuring;
  }

  /** Notes a problem. @param choices the best by rule first. */
  #meet<V extends { readonly name: string }>(
    key: string,
    choices: readonly Choice<V>[],
    rehearse: () => Rehearsal<V>,
  ): void {
    if (this.#met.has(key)) return;
    const { operation, shape, start } = rehearse();
    const begin = () => {
      const { run, stop } = start();
      const trials = choices
        .slice(0, MOST_TRIALS)
        .map((choice) => ({ label: labelOf(choice), run: () => run(choice) }));
      return { trials, stop };
    };
    this.#met.set(key, { operation, shape, start: begin });
  }
}

/** Tells whether the shaders that there is a choice of are those that were timed. */
function shadersFingerprint(): string {
  const variants = [...products.variants, ...convolutions.variants];
  const files = variants.flatMap(({ sources = [] }) => sources.flat());
  return fingerprint(new Set(files.map(({ text }) => text)));
}
