import { BlockHasher, rotate } from "./hasher.ts";

const K = Uint32Array.from({ length: 64 }, (_, i) => Math.abs(Math.sin(i + 1)) * 2 ** 32);
/** Of each round's four steps, which repeat. */
const TURNS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** RFC 1321. For pages; Node has a faster one. */
export class Md5 extends BlockHasher {
  constructor() {
    super(Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476), true);
  }

  protected compress(bytes: Uint8Array, at: number): void {
    const { state } = this;
    const words = new DataView(bytes.buffer, bytes.byteOffset + at, 64);
    let [a, b, c, d] = state;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const [mixed, word] = step(round, i, b, c, d);
      const sum = (a + mixed + K[i] + words.getUint32(4 * word, true)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotate(sum, TURNS[round][i % 4])) | 0;
    }
    [a, b, c, d].forEach((value, i) => {
      state[i] += value;
    });
  }
}

/** What a step mixes of three words of the state, and which of the block's words it takes. */
function step(round: number, i: number, b: number, c: number, d: number): [number, number] {
  if (round === 0) return [(b & c) | (~b & d), i];
  if (round === 1) return [(d & b) | (~d & c), (5 * i + 1) % 16];
  if (round === 2) return [b ^ c ^ d, (3 * i + 5) % 16];
  return [c ^ (b | ~d), (7 * i) % 16];
}
