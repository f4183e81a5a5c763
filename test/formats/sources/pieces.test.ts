import { expect, it } from "vitest";
import { Pieces } from "../../../src/formats/sources/pieces.ts";
import { rangesOf, wholeOf } from "../../../src/formats/sources/ranges.ts";

const MEGABYTE = 2 ** 20;
const byteAt = (i: number) => (i * 31 + (i >> 8)) & 255;

function arrived(expected: number | undefined, length: number, step: number): Pieces {
  const pieces = new Pieces(expected, "a.bin");
  for (let at = 0; at < length; at += step) {
    const count = Math.min(step, length - at);
    pieces.append(Uint8Array.from({ length: count }, (_, i) => byteAt(at + i)));
  }
  return pieces;
}

it("keeps what was announced in one piece", () => {
  const bytes = arrived(1000, 1000, 7).bytes();
  expect(bytes).toBeInstanceOf(Uint8Array);
  expect([...wholeOf(bytes)]).toEqual(Array.from({ length: 1000 }, (_, i) => byteAt(i)));
  expect(arrived(0, 0, 1).bytes()).toHaveLength(0);
});

it.each([
  [undefined, 10 * MEGABYTE],
  [100, 2 * MEGABYTE],
  [0, 500],
])("gives any part of what came, announced %s, in fact %i bytes", (expected, length) => {
  const pieces = arrived(expected, length, 99_991);
  expect(pieces.size).toBe(length);
  const file = rangesOf(pieces.bytes());
  expect(file.size).toBe(length);
  for (const start of [0, 1, 99, 100, 101, MEGABYTE - 1, MEGABYTE, 9 * MEGABYTE - 3, length - 2]) {
    for (const count of [0, 1, 5]) {
      const end = Math.min(length, start + count);
      if (start > end) continue;
      const wanted = Array.from({ length: end - start }, (_, i) => byteAt(start + i));
      expect([...file.read(start, end)], `${start}–${end}`).toEqual(wanted);
    }
  }
  expect(wholeOf(pieces.bytes()).every((byte, i) => byte === byteAt(i))).toBe(true);
});
