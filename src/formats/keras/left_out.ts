/** What a file holds beside weights, in numbers of tensors. */
export interface LeftOut {
  readonly optimizer?: number;
  readonly metrics?: number;
  /** Of dropout and the like. */
  readonly generators?: number;
}

/** What is said of it, one sentence for each kind. */
export function leftOutNotes({ optimizer = 0, metrics = 0, generators = 0 }: LeftOut): string[] {
  const sentences: readonly [number, string][] = [
    [optimizer, `The optimizer's state (${optimizer} tensors) was left out.`],
    [metrics, `What metrics and the like have counted (${metrics} tensors) was left out.`],
    [
      generators,
      `The state of ${generators} random number generators (of dropout and the like) was left out.`,
    ],
  ];
  return sentences.flatMap(([count, sentence]) => (count > 0 ? [sentence] : []));
}
