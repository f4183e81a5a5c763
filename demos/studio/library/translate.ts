import { text } from "./texts.ts";

type Said = ReturnType<typeof text>;

/** What the library says, and what the studio says for it, of what stands in the pattern's groups. */
const KNOWN: readonly (readonly [RegExp, (said: Said, a: string, b: string) => string])[] = [
  [/(\d+) pictures? are too few to hold out/, (said, n) => said.tooFew(n)],
  [/only one class, (.+?): there is nothing to tell apart/, (said, name) => said.oneClass(name)],
  [/^no picture is left to train on of (.+)$/, (said, names) => said.noneToTrain(names)],
  [/^only one picture to train on of (.+)$/, (said, names) => said.oneToTrain(names)],
  [/^no picture to validate with of (.+)$/, (said, names) => said.noneToCheck(names)],
  [/^the built-in network was trained on letters/, (said) => said.lettersForPhotos],
  [/^(.+?): none of its tensors fits the network/, (said, file) => said.nothingFits(file)],
  [/^(.+?): the network of this file can't be told/, (said, file) => said.unknownNetwork(file)],
  [/^the loss is \S+ at step (\d+)/, (said, step) => said.diverged(step)],
  [/^after step (\d+) .* holds NaN or infinity/, (said, step) => said.diverged(step)],
  [/^the GPU device was lost/, (said) => said.lostGpu],
  [/needs (\S+ \w+), but this adapter's \w+ is (\S+ \w+)/, (said, a, b) => said.tooLarge(a, b)],
  [/^not an image .+ can decode, or a damaged one/, (said) => said.brokenPicture],
  [/^a picture in ([\w ]+): /, (said, kind) => said.otherPicture(kind)],
  [/^(.+?): this is a web page or XML, not weights/, (said, file) => said.webPage(file)],
  [/^(.+?): this is a \w+ image, not weights/, (said, file) => said.isPicture(file)],
  [/^(.+?): these are the bare numbers of a Tens/, (said, file) => said.bareNumbers(file)],
  [
    /^(.+?)(?: \([\w-]+\))?: (?:.*The file is damaged|the file is empty)/,
    (said, file) => said.damaged(file),
  ],
  [/^(.+?): it is no weight file that Graft knows/, (said, file) => said.unknownFormat(file)],
  [
    /^(.+?)(?: \([\w-]+\))?: architecture: \d+ layers? can't be built:((?:\n {2}.*)*)/,
    (said, file, layers) => said.notBuilt(file, layers),
  ],
];

/** An error or a warning of the library in the language spoken, as far as it is one that visitors meet often. */
export function inWords(message: string): string {
  const said = text();
  for (const [pattern, words] of KNOWN) {
    const [found, a = "", b = ""] = pattern.exec(message) ?? [];
    if (found !== undefined) return words(said, a, b);
  }
  return said.other(message);
}
