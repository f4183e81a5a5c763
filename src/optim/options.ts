/** Rejects unknown hyperparameters and values out of range, by name. */
export function checkHyper(name: string, options: object, known: readonly string[]): void {
  for (const [key, value] of Object.entries(options)) {
    if (!known.includes(key))
      throw new Error(`${name}: unknown option ${key}; known: ${known.join(", ")}`);
    if (key === "betas") {
      const valid =
        Array.isArray(value) && value.length === 2 && value.every((b) => b >= 0 && b < 1);
      if (!valid)
        throw new Error(`${name}: betas must be two numbers in 0..1, not ${JSON.stringify(value)}`);
    } else if (typeof value === "number" && !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new Error(`${name}: ${key} must be a number of at least 0, not ${value}`);
    }
  }
}
