/**
 * Gives objects of a class methods that only say what there is instead: PyTorch's names that mean nothing here. Objects
 * don't list them, and looking for them is no error; calling them is.
 *
 * @param what a word for such an object.
 * @param lines "name name: what to write instead"; "F" stands for the function of that name.
 */
export function refuseMethods(prototype: object, what: string, lines: readonly string[]): void {
  for (const line of lines) {
    const [names = "", instead] = line.split(": ");
    for (const name of names.split(" ")) {
      const value = () => {
        const other = instead === "F" ? `F.${name}(${what})` : instead;
        throw new TypeError(`${what}.${name}() isn't there: ${other}`);
      };
      Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
    }
  }
}
