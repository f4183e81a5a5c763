import type { DeviceProfile } from "../../gpu/index.ts";
import type { Rehearsal } from "./rehearsal.ts";
import type { Choice, Settings, Variant } from "./variant.ts";

interface Family<Problem, V> {
  /** What is computed: "matmul", "conv2d". */
  readonly name: string;
  /** All that the variants ask of a problem, in words, where that takes less time than to choose anew. */
  readonly key?: (problem: Problem) => string;
  readonly variants: readonly V[];
}

/**
 * The variants of one family, of which `choose` picks. `Source` is the problem as it is posed, with its arrays.
 */
export class VariantList<Problem, V extends Variant<Problem>, Source = Problem> {
  readonly name: string;
  readonly key: ((problem: Problem) => string) | null;
  /** How its choices can be timed: there once a device measures (src/kernels/tuning/tuner.ts). */
  rehearse: ((source: Source) => Rehearsal<V>) | null = null;
  readonly #variants: Set<V>;
  /** What `cheapest` found before, which follows from profile and problem alone. */
  #found = new WeakMap<DeviceProfile, Map<string, Choice<V>>>();

  constructor({ name, key, variants }: Family<Problem, V>) {
    this.name = name;
    this.key = key ?? null;
    this.#variants = new Set(variants);
  }

  /** Adds variants that are loaded only where they are needed. */
  add(...variants: readonly V[]): void {
    for (const variant of variants) this.#variants.add(variant);
    this.#found = new WeakMap();
  }

  /** Takes out one that was added. */
  remove(variant: V): void {
    this.#variants.delete(variant);
    this.#found = new WeakMap();
  }

  get variants(): readonly V[] {
    return [...this.#variants];
  }

  /** Every way to compute the problem, the cheapest by rule first; of equal ones the first in the list. */
  ranked(problem: Problem, profile: DeviceProfile): Choice<V>[] {
    const choices = [...this.#variants]
      .filter((variant) => variant.covers(problem, profile))
      .flatMap((variant) => {
        const all: readonly Settings[] = variant.settings?.(problem, profile) ?? [{}];
        return all.map((settings) => ({
          variant,
          settings,
          cost: variant.cost(problem, profile, settings),
        }));
      });
    return choices.sort((a, b) => a.cost - b.cost);
  }

  /**
   * The cheapest way by rule.
   * @throws Error where no variant covers the problem.
   */
  cheapest(problem: Problem, profile: DeviceProfile): Choice<V> {
    if (!this.key) return this.#first(problem, profile);
    const known = this.#found.get(profile) ?? new Map<string, Choice<V>>();
    const key = this.key(problem);
    const found = known.get(key) ?? this.#first(problem, profile);
    this.#found.set(profile, known.set(key, found));
    return found;
  }

  #first(problem: Problem, profile: DeviceProfile): Choice<V> {
    const [best] = this.ranked(problem, profile);
    if (best) return best;
    const names = this.variants.map(({ name }) => name).join(", ");
    throw new Error(
      `${this.name}: none of the kernels (${names}) is for this problem on a ${profile.kind}` +
        (profile.kind === "processor" ? "; init() loads those for processors" : ""),
    );
  }
}
