/**
 * Throws when `options` holds a key that isn't in `known`, naming the known ones, or is no object, as in
 * `new MaxPool2d(3, 2)`: an option that is misspelt or out of place must not be ignored in silence.
 */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  if (Object(options) !== options)
    throw new TypeError(`${where}: options go in an object, { ${known[0]}: … }, not ${options}`);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new TypeError(`${where}: unknown option "${key}"; the options are ${known.join(", ")}`);
  }
}
