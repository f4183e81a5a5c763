import type { DeviceProfile, KernelSource } from "../../gpu/index.ts";

/** Constants that a kernel is compiled with, by name, and ways to use it, on or off. */
export type Settings = Readonly<Record<string, number | boolean>>;

/**
 * One way to compute something: an object beside the code that launches its shader, and an entry in the list of its
 * family. What is to be computed `Problem` tells, without arrays; each family adds to this how its variants run.
 */
export interface Variant<Problem, S extends Settings = Settings> {
  readonly name: string;
  /** Its shaders, needed where variants are measured: times of other shaders don't count. */
  readonly sources?: readonly KernelSource[];
  /** Whether it computes this problem, exactly enough, and is made for such devices. */
  covers(problem: Problem, profile: DeviceProfile): boolean;
  /** The constants that are worth considering; left out where there is nothing to choose. */
  settings?(problem: Problem, profile: DeviceProfile): readonly S[];
  /** The time it takes, in multiply-adds of one thread; compared within a family, for one device. */
  cost(problem: Problem, profile: DeviceProfile, settings: S): number;
}

/** A variant with its settings chosen, and what it then costs by rule. */
export interface Choice<V> {
  readonly variant: V;
  readonly settings: Settings;
  readonly cost: number;
}

/** A choice in words, unique among those for one problem: "vec4 TM=4 TN=8 swapped". */
export function labelOf({ variant, settings }: Choice<{ readonly name: string }>): string {
  const words = Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value === "number") return [`${name}=${value}`];
    return value ? [name] : [];
  });
  return [variant.name, ...words].join(" ");
}
