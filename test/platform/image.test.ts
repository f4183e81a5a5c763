import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { shrinkFactor } from "../../src/platform/pictures/shrink.ts";
import { differenceTo, goldenPicture, goldenPictures } from "./pictures.ts";

const { decodeImage } = nodePlatform;

const PIXELS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [10, 20, 30],
  [200, 100, 50],
  [7, 7, 7],
];

/** 3×2 pixels: red, green, blue over three others. */
function picture() {
  const raw = { width: 3, height: 2, channels: 3 as const };
  return sharp(Buffer.from(PIXELS.flat()), { raw });
}

describe("decodeImage in Node", () => {
  it("gives RGB bytes row by row", async () => {
    const image = await decodeImage(await picture().png().toBuffer());
    expect(image).toEqual({ data: Uint8Array.from(PIXELS.flat()), width: 3, height: 2 });
  });

  it("honours the EXIF orientation", async () => {
    const turned = await picture().withMetadata({ orientation: 6 }).png().toBuffer();
    const { data, width, height } = await decodeImage(turned);
    expect([width, height]).toEqual([2, 3]);
    const [p, q, r, s, t, u] = PIXELS;
    expect([...data]).toEqual([s, p, t, q, u, r].flat());
  });

  it.each([
    ["8-bit grey", () => picture().greyscale()],
    ["16-bit grey", () => picture().toColourspace("grey16")],
  ])("turns %s into three equal channels", async (_name, make) => {
    const { data } = await decodeImage(await make().png().toBuffer());
    expect([...data.slice(0, 9)]).toEqual([127, 127, 127, 220, 220, 220, 76, 76, 76]);
  });

  it("reduces 16-bit colour and palettes to 8 bits", async () => {
    const deep = await decodeImage(await picture().toColourspace("rgb16").png().toBuffer());
    expect([...deep.data]).toEqual(PIXELS.flat());
    const palette = await decodeImage(await picture().png({ palette: true }).toBuffer());
    expect([...palette.data]).toEqual(PIXELS.flat());
  });

  it.each(goldenPictures)("reads what Pillow reads: %s", async (name, expected) => {
    const image = await decodeImage(goldenPicture(name));
    expect([image.width, image.height]).toEqual(expected.size);
    expect(differenceTo(expected, image)).toBeLessThanOrEqual(1);
  });

  it("says why it doesn't read a kind of picture", async () => {
    const svg = '<?xml version="1.0"?>\n<!-- by hand --><svg xmlns="http://www.w3.org/2000/svg"/>';
    const heic = Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1");
    const kinds: [Uint8Array, string][] = [
      [goldenPicture("float.tif"), "its pixels are numbers of type float, whose range isn't known"],
      [
        Buffer.from(svg),
        "a picture in SVG: it is a drawing rather than pixels, and may name other files",
      ],
      [Buffer.from(`\ufeff${svg}`), "a picture in SVG"],
      [heic, "a picture in HEIC: sharp can't decode it; save it as JPEG or PNG"],
      [Buffer.from("P1 1 1 0"), "a netpbm picture of kind P1"],
      [goldenPicture("colours.ppm").subarray(0, 99), "the netpbm picture is cut off"],
      [Buffer.from("P6 4 x"), "the netpbm picture has a damaged header"],
    ];
    for (const [bytes, message] of kinds) await expect(decodeImage(bytes)).rejects.toThrow(message);
  });

  it("converts CMYK", async () => {
    const cmyk = picture().toColourspace("cmyk");
    const bytes = await cmyk.jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
    const { data, width, height } = await decodeImage(bytes);
    expect([width, height, data.length]).toEqual([3, 2, 18]);
    expect(data[0]).toBeGreaterThan(200); // red stays reddish: no inverted channels
    expect(data[1]).toBeLessThan(60);
  });

  /** A bitmap of `picture()`'s pixels, bottom row first, or top row first with `down`. */
  function bmp(bits: 8 | 24 | 32, down = false): Buffer {
    const palette = bits === 8 ? PIXELS.flatMap(([r, g, b]) => [b, g, r, 0]) : [];
    const rows = [PIXELS.slice(0, 3), PIXELS.slice(3)].map((row, y) => {
      const bytes = row.flatMap(([r, g, b], x) =>
        bits === 8 ? [3 * y + x] : bits === 24 ? [b, g, r] : [b, g, r, 255],
      );
      return [...bytes, ...Array((4 - (bytes.length % 4)) % 4).fill(0)];
    });
    const pixels = (down ? rows : rows.reverse()).flat();
    const header = Buffer.alloc(54);
    header.write("BM");
    header.writeUInt32LE(54 + palette.length, 10);
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(3, 18);
    header.writeInt32LE(down ? -2 : 2, 22);
    header.writeUInt16LE(bits, 28);
    return Buffer.concat([header, Buffer.from(palette), Buffer.from(pixels)]);
  }

  it("reads uncompressed bitmaps, which libvips doesn't", async () => {
    for (const bytes of [bmp(8), bmp(24), bmp(24, true), bmp(32)]) {
      const image = await decodeImage(bytes);
      expect(image).toEqual({ data: Uint8Array.from(PIXELS.flat()), width: 3, height: 2 });
    }
    await expect(decodeImage(bmp(24).subarray(0, 70))).rejects.toThrow("the BMP is cut off");
  });

  it("puts transparent parts on white", async () => {
    const { data } = await decodeImage(await picture().ensureAlpha(0.5).png().toBuffer());
    expect([...data.slice(0, 3)]).toEqual([255, 128, 128]);
  });

  it("may deliver a large picture shrunk, at least twice the target's size", async () => {
    const create = { width: 900, height: 700, channels: 3 as const, background: "teal" };
    const jpeg = await sharp({ create }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const small = await decodeImage(jpeg, { target: { width: 64, height: 64 } });
    expect([small.width, small.height]).toEqual([175, 225]);
    expect(small.data.length).toBe(175 * 225 * 3);
    const whole = await decodeImage(jpeg, { target: { width: 300, height: 64 } });
    expect([whole.width, whole.height]).toEqual([700, 900]);
  });

  it("shrinks CMYK too", async () => {
    const create = { width: 400, height: 400, channels: 3 as const, background: "blue" };
    const cmyk = await sharp({ create }).toColourspace("cmyk").jpeg().toBuffer();
    const options = { target: { width: 50, height: 50 } };
    const [whole, small] = [await decodeImage(cmyk), await decodeImage(cmyk, options)];
    expect([small.width, small.data.length]).toEqual([100, 3 * 100 * 100]);
    expect([...small.data.subarray(0, 3)]).toEqual([...whole.data.subarray(0, 3)]);
  });

  it.each([
    ["text", Buffer.from("no picture")],
    ["nothing", Buffer.alloc(0)],
  ])("refuses %s", async (_name, bytes) => {
    await expect(decodeImage(bytes)).rejects.toThrow("not an image sharp can decode");
  });

  it("refuses a truncated JPEG", async () => {
    const create = { width: 64, height: 64, channels: 3 as const, background: "red" };
    const jpeg = await sharp({ create }).jpeg().toBuffer();
    await expect(decodeImage(jpeg.subarray(0, jpeg.length - 40))).rejects.toThrow("damaged");
  });
});

describe("shrinkFactor", () => {
  it("is a power of two up to 8 that leaves twice the target", () => {
    const of = (side: number, target: number) =>
      shrinkFactor({ width: side, height: side }, { width: target, height: target });
    expect([of(100, 100), of(399, 100), of(400, 100), of(800, 100), of(9999, 10)]).toEqual([
      1, 1, 2, 4, 8,
    ]);
    expect(shrinkFactor({ width: 9999, height: 9999 })).toBe(1);
  });
});
