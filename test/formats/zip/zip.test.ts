import { deflateSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { failing } from "../../../src/formats/errors.ts";
import { crc32 } from "../../../src/formats/zip/crc32.ts";
import { openZip } from "../../../src/formats/zip/read.ts";
import { writeZip } from "../../../src/formats/zip/write.ts";
import { nodePlatform } from "../../../src/platform/node/index.ts";

const fail = failing("a.zip", "npz");
const text = (value: string) => new TextEncoder().encode(value);

interface RawEntry {
  name: string;
  data: Uint8Array;
  size?: number;
  method?: number;
  flags?: number;
}

/** A zip archive of which every field can be wrong. */
function rawZip(entries: RawEntry[]): Uint8Array {
  const local: number[] = [];
  const directory: number[] = [];
  const u16 = (value: number) => [value & 255, (value >> 8) & 255];
  const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
  for (const { name, data, size = data.length, method = 0, flags = 0 } of entries) {
    const at = local.length;
    const common = [
      ...[...u16(20), ...u16(flags), ...u16(method), ...u32(0), ...u32(crc32(data))],
      ...[...u32(data.length), ...u32(size), ...u16(name.length), ...u16(0)],
    ];
    local.push(...u32(0x04034b50), ...common, ...text(name), ...data);
    directory.push(...u32(0x02014b50), ...u16(20), ...common);
    directory.push(...u16(0), ...u16(0), ...u16(0), ...u32(0), ...u32(at), ...text(name));
  }
  const counts = [...u16(entries.length), ...u16(entries.length)];
  const end = [
    ...u32(0x06054b50),
    ...u32(0),
    ...counts,
    ...u32(directory.length),
    ...u32(local.length),
  ];
  return Uint8Array.from([...local, ...directory, ...end, ...u16(0)]);
}

describe("crc32", () => {
  it("gives the check value of the standard, in one go or in two", () => {
    expect(crc32(text("123456789"))).toBe(0xcbf43926);
    expect(crc32(text("56789"), crc32(text("1234")))).toBe(0xcbf43926);
    expect(nodePlatform.crc32!(text("56789"), crc32(text("1234")))).toBe(0xcbf43926);
    expect(crc32(text("123456789123456789"))).toBe(
      crc32(text("9"), crc32(text("12345678912345678"))),
    );
  });
});

describe("openZip", () => {
  const zeros = new Uint8Array(70_000);
  const archive = zipSync({ "a/stored.txt": [text("hello"), { level: 0 }], "b.bin": zeros });

  it("reads stored entries as views and unpacks deflated ones", () => {
    const zip = openZip(archive, fail);
    expect([...zip.entries.keys()]).toEqual(["a/stored.txt", "b.bin"]);
    expect(zip.read("a/stored.txt")).toEqual(text("hello"));
    expect(zip.read("a/stored.txt").buffer).toBe(archive.buffer);
    expect(zip.read("b.bin")).toEqual(zeros);
  });

  it("reads the head of an entry", () => {
    const zip = openZip(archive, fail);
    expect(zip.head("a/stored.txt", 2)).toEqual(text("he"));
    expect(zip.head("b.bin", 1000)).toEqual(zeros.subarray(0, 1000));
    expect(zip.head("b.bin", 1e9)).toEqual(zeros);
  });

  it("reads archives behind a comment", () => {
    const commented = Uint8Array.of(
      ...rawZip([{ name: "x", data: text("y") }]),
      ...text("comment"),
    );
    commented[commented.length - 9] = 7;
    expect(openZip(commented, fail).read("x")).toEqual(text("y"));
  });

  it("says that an entry is missing", () => {
    expect(() => openZip(archive, fail).read("c")).toThrow('archive entry "c": it is missing');
  });

  it.each([
    ["no archive", new Uint8Array(100), "the zip archive's directory is missing"],
    ["a short file", new Uint8Array(3), "the zip archive's directory is missing"],
    ["a truncated archive", archive.subarray(0, archive.length - 30), "directory is missing"],
    ["an archive that lost its beginning", archive.subarray(40), "lies outside the file"],
    ["encryption", rawZip([{ name: "x", data: text("y"), flags: 1 }]), "it is encrypted"],
    [
      "a way out",
      rawZip([{ name: "a/../../x", data: text("y") }]),
      "leads out of the archive's folder",
    ],
    ["an absolute name", rawZip([{ name: "/etc/x", data: text("y") }]), "leads out of"],
    ["backslashes", rawZip([{ name: "a\\..\\x", data: text("y") }]), "leads out of"],
    [
      "two of one name",
      rawZip([
        { name: "x", data: text("y") },
        { name: "x", data: text("z") },
      ]),
      "two entries of this name",
    ],
    [
      "a bomb by its claim",
      rawZip([{ name: "x", data: new Uint8Array(99), size: 2 ** 31, method: 8 }]),
      "claim to unpack to 2147483648",
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => openZip(bytes, fail)).toThrow(message);
  });

  it("refuses overlapping entries", () => {
    const bytes = rawZip([
      { name: "x", data: text("yyyy") },
      { name: "z", data: text("zzzz") },
    ]);
    // Both directory entries point to the first local header; names may differ there, bytes may not be shared.
    const second = bytes.lastIndexOf(0x7a) - 4;
    bytes.set([0, 0, 0, 0], second);
    expect(() => openZip(bytes, fail)).toThrow("its bytes overlap another entry's");
  });

  it.each([
    ["an unknown method", { data: text("y"), method: 14 }, "compression method 14 is unknown"],
    ["sizes that disagree", { data: text("y"), size: 2 }, "its two sizes disagree"],
    ["damaged bytes", { data: Uint8Array.of(7, 7, 7, 7), method: 8 }, "it can't be unpacked"],
    [
      "a bomb by its content",
      { data: deflateSync(zeros), size: 10, method: 8 },
      "it holds more than its 10 bytes",
    ],
    [
      "a size that can't be",
      { data: deflateSync(zeros), size: 9_999_999, method: 8 },
      "can't unpack to 9999999",
    ],
    [
      "too few bytes",
      { data: deflateSync(text("abc")), size: 4, method: 8 },
      "it holds 3 instead of 4 bytes",
    ],
  ])("refuses to read %s", (_, entry, message) => {
    const zip = openZip(rawZip([{ name: "x", ...entry }]), fail);
    expect(() => zip.read("x")).toThrow(message);
  });

  it("checks the checksum unless told not to", () => {
    const bytes = rawZip([{ name: "x", data: text("y") }]);
    bytes[31] ^= 1;
    expect(() => openZip(bytes, fail).read("x")).toThrow("its checksum is wrong");
    expect(openZip(bytes, fail).read("x", { checksum: false })).toEqual(text("x"));
  });
});

describe("writeZip", () => {
  it("stores entries in order, each at a multiple of 64 bytes", () => {
    const contents = [
      { name: "a", bytes: text("one") },
      { name: "längere/datei.bin", bytes: new Uint8Array(1000).fill(7) },
      { name: "leer", bytes: new Uint8Array(0) },
    ];
    const zip = openZip(writeZip(contents, fail), fail);
    expect([...zip.entries.keys()]).toEqual(contents.map((content) => content.name));
    for (const { start } of zip.entries.values()) expect(start % 64).toBe(0);
    expect(zip.read("a")).toEqual(text("one"));
    expect(zip.read("längere/datei.bin")).toEqual(new Uint8Array(1000).fill(7));
    expect(zip.read("leer")).toEqual(new Uint8Array(0));
  });

  it("refuses what a zip archive can't hold", () => {
    const many = Array.from({ length: 65535 }, (_, i) => ({
      name: `${i}`,
      bytes: new Uint8Array(0),
    }));
    expect(() => writeZip(many, fail)).toThrow("don't fit a zip archive");
  });
});
