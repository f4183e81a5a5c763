import type { PlannedOp } from "../definition.ts";

/**
 * Rewrites a list of ops so that it computes the same faster. What is left out is computed by its own op when somebody asks
 * for it all the same.
 *
 * @param asked identities of values that are needed for themselves.
 */
export type Pass = (ops: readonly PlannedOp[], asked: ReadonlySet<object>) => PlannedOp[];

/** Who makes a value of a list and who uses it. */
export class Flow {
  readonly #makers = new Map<object, PlannedOp>();
  readonly #uses = new Map<object, number>();

  constructor(
    ops: readonly PlannedOp[],
    private readonly asked: ReadonlySet<object>,
  ) {
    for (const planned of ops) {
      this.#makers.set(planned.identity, planned);
      for (const { identity } of planned.arrays)
        this.#uses.set(identity, (this.#uses.get(identity) ?? 0) + 1);
    }
  }

  /** The op that makes this input of `planned`, if nobody else needs what it makes. */
  ownMaker(planned: PlannedOp, input = 0): PlannedOp | undefined {
    const { identity } = planned.arrays[input]!;
    const isOwn = this.#uses.get(identity) === 1 && !this.asked.has(identity);
    return isOwn ? this.#makers.get(identity) : undefined;
  }
}

/** The list with some ops replaced by others (null: left out). */
export function replaced(
  ops: readonly PlannedOp[],
  changes: ReadonlyMap<PlannedOp, PlannedOp | null>,
): PlannedOp[] {
  return ops.flatMap((planned) => {
    const change = changes.get(planned);
    return change === undefined ? [planned] : (change ?? []);
  });
}
