/** What the library says when something goes wrong is known to the studio, which says it in the visitor's language. */
import sharp from "sharp";
import { afterEach, describe, expect, it } from "vitest";
import { language } from "../../demos/shared/language.ts";
import { inWords } from "../../demos/studio/library/translate.ts";
import { thinClasses } from "../../src/finetune/data/division.ts";
import {
  DeviceLostError,
  data,
  finetune,
  formats,
  init,
  NonFiniteLossError,
} from "../../src/index.ts";
import { undecodable } from "../../src/platform/pictures/kind.ts";

afterEach(() => {
  language.value = "en";
});

const messageOf = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => expect.fail("it went well"),
      (error: Error) => error.message,
    );

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const loading = (name: string, content: Uint8Array) =>
  messageOf(() => formats.loadWeights(new File([new Uint8Array(content)], name)));
const few = (count: number, classes: string[]) =>
  data.fromArrays(new Float32Array(count * 12), [3, 2, 2], new Int32Array(count), { classes });

/** What is said before photos are learned from the network that comes with the package. */
async function warnedOfLetters(): Promise<string> {
  const create = { width: 32, height: 32, channels: 3, background: "#c21" } as const;
  const photo = new Blob([new Uint8Array(await sharp({ create }).png().toBuffer())]);
  const builtin = new URL("../../assets/letters.safetensors", import.meta.url);
  const photos = { ant: Array(4).fill(photo), bee: Array(4).fill(photo) };
  for await (const event of finetune({ data: photos, epochs: 1 }, { builtin }))
    if (event.type === "warning" && !event.message.includes("picture")) return event.message;
  return expect.fail("nothing was said");
}

/** What happens, what it is called in English, and in Chinese. */
const MESSAGES: Record<string, [happens: () => Promise<string> | string, en: RegExp, zh: RegExp]> =
  {
    "a web page": [
      () => loading("a.pt", bytesOf("<!doctype html>")),
      /^a\.pt: this is a web page/,
      /^a\.pt：这是网页/,
    ],
    "a picture": [() => loading("a.pt", bytesOf("\x89PNG")), /a picture, not/, /这是图片/],
    "an empty file": [() => loading("a.pt", bytesOf("")), /^a\.pt: the file is damaged/, /已损坏/],
    "a torn file": [
      () => loading("a.safetensors", Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123, 34)),
      /^a\.safetensors: the file is damaged/,
      /已损坏/,
    ],
    "an unknown file": [() => loading("a.pt", bytesOf("hello")), /no weight file/, /不是这里已知/],
    "bare numbers": [
      () => loading("group1-shard1of1.bin", bytesOf("hello")),
      /Drop its model\.json/,
      /model\.json/,
    ],
    NaN: [
      () => new NonFiniteLossError(Number.NaN, 7, 0.1).message,
      /at step 7\. Choose/,
      /第 7 步/,
    ],
    "spoiled weights": [
      () => new NonFiniteLossError(1, 8, 0.1, null, "conv.weight").message,
      /at step 8/,
      /第 8 步/,
    ],
    "a lost GPU": [() => new DeviceLostError("reset").message, /lost the GPU/, /失去了 GPU/],
    "what is too large": [
      async () => {
        const device = await init();
        return messageOf(() => device.checkSize(2 ** 50));
      },
      /^This needs 1\.0 PiB|^This needs \d+\.\d TiB in one piece/,
      /一整块/,
    ],
    "a torn picture": [
      () => undecodable(bytesOf("\xff\xd8\xff"), "this browser").message,
      /damaged one$/,
      /已损坏/,
    ],
    "a picture of another kind": [
      () => undecodable(bytesOf("II*\0"), "this browser").message,
      /^a picture in TIFF/,
      /^TIFF 格式/,
    ],
    "letters for photos": [
      warnedOfLetters,
      /^The built-in network was trained on letters .* choose one .*squeezenet1_1/,
      /squeezenet1_1/,
    ],
    "one picture of a class": [
      () => thinClasses(["ant", "bee"], few(1, ["ant", "bee"]), few(2, ["ant", "bee"]))[1],
      /Only one picture to train on of: ant/,
      /只有一张可用于训练的图片：ant/,
    ],
    "one class": [
      () =>
        messageOf(async () => {
          const train = few(8, ["ant"]);
          await finetune({ data: { name: "mine", train, validation: train }, arch: "small_vgg" });
        }),
      /only one class, ant/,
      /只有一个类别 ant/,
    ],
  };

describe.each(Object.entries(MESSAGES))("%s", (_, [happens, en, zh]) => {
  it("is said in both languages", async () => {
    const message = await happens();
    expect(inWords(message), message).toMatch(en);
    language.value = "zh";
    expect(inWords(message), message).toMatch(zh);
    expect(inWords(message)).not.toContain("英文");
  });
});

it("other messages stand behind a sentence that says whose they are", () => {
  language.value = "zh";
  expect(inWords("strange things happen")).toBe("程序库的说明（英文）：strange things happen");
});
