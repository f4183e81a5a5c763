/** The loss became NaN or infinite, or an update left weights that are. */
export class NonFiniteLossError extends Error {
  override readonly name = "NonFiniteLossError";

  /**
   * @param loss of the step; where it was finite and the update spoiled a tensor, `spoiled` names that.
   * @param cause what was found to be at fault, if anything.
   */
  constructor(
    readonly loss: number,
    readonly step: number,
    readonly learningRate: number,
    cause: string | null = null,
    spoiled: string | null = null,
  ) {
    const what = spoiled
      ? `after step ${step} (learning rate ${learningRate}) ${spoiled} holds NaN or infinity`
      : `the loss is ${loss} at step ${step} (learning rate ${learningRate})`;
    const advice =
      "Try a lower learning rate, clipGradNorm: 1, or check the inputs' range and labels";
    super(`${what}; the weights were set back to the last snapshot. ${cause ?? advice}`);
  }
}
