/**
 * Throws when `options` holds a key that isn't in `known`, naming the known ones: a misspelt option
 * must not be ignored in silence.
 */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new TypeError(`${where}: unknown option "${key}"; the options are ${known.join(", ")}`);
  }
}
