/** The loss became NaN or infinite. */
export class NonFiniteLossError extends Error {
  override readonly name = "NonFiniteLossError";
  constructor(loss: number, step: number, learningRate: number) {
    super(
      `the loss is ${loss} at step ${step} (learning rate ${learningRate}); the weights were set back to the last ` +
        "snapshot. Try a lower learning rate, clipGradNorm: 1, or check the inputs' range and labels",
    );
  }
}
