/** Gives out names, each once: a second "conv" becomes "conv_1". */
export class UniqueNames {
  readonly #taken: Set<string>;
  readonly #last = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  take(wanted: string): string {
    let name = wanted;
    // Counting on from the last number keeps a file of equal names from taking quadratic time.
    let n = this.#last.get(wanted) ?? 0;
    while (this.#taken.has(name)) name = `${wanted}_${++n}`;
    this.#last.set(wanted, n);
    this.#taken.add(name);
    return name;
  }
}
