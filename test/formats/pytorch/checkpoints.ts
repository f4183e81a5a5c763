import { zipSync } from "fflate";
import { expect } from "vitest";
import { WeightFileError } from "../../../src/formats/index.ts";
import { readPytorch } from "../../../src/formats/pytorch/read.ts";
import { memorySource } from "../fuzz.ts";
import { bytes, dict, int, type Piece, PROTO, STOP, storage, tensor, u32 } from "../pickle.ts";

export const read = (file: Uint8Array) => readPytorch(file, memorySource(file, "m.pt"));
export const floats = storage("FloatStorage", "0", 12);
export const good = tensor(floats, 0, [2], [1]);

export function checkpoint(pickle: Piece): Uint8Array {
  return zipSync(
    { "m/data.pkl": bytes(PROTO, pickle, STOP), "m/data/0": new Uint8Array(48) },
    { level: 0 },
  );
}

export const MAGIC: Piece = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
export const one = (value: Piece): Piece => [PROTO, value, STOP];
export const count = (value: number): Piece => [u32(value), 0, 0, 0, 0];

/** A legacy file of one value; `keys` and `storages` follow it. */
export function legacy(value: Piece, keys: Piece, storages: Piece): Uint8Array {
  return bytes(one(MAGIC), one(int(1001)), one(dict()), one(value), one(keys), storages);
}

export async function refused(file: Uint8Array, message: string): Promise<void> {
  const answer: unknown = await read(file).catch((error: unknown) => error);
  expect(answer).toBeInstanceOf(WeightFileError);
  expect(answer).toHaveProperty("message", expect.stringContaining(message));
}

export function repeatedZeros(length: number): Piece {
  return new Array<number>(length).fill(0);
}
