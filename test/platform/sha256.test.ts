import { describe, expect, it } from "vitest";
import { Sha256 } from "../../src/platform/sha256.ts";
import { sha256, someBytes } from "./hostile_server.ts";

describe("Sha256", () => {
  it("gives the standard's digests", () => {
    const digest = (text: string) => {
      const hasher = new Sha256();
      hasher.update(new TextEncoder().encode(text));
      return hasher.digest();
    };
    expect(digest("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(digest("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("agrees with Node's for every length around a block, however the pieces fall", () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = someBytes(length, length + 1);
      for (const step of [1, 7, 64, 200]) {
        const hasher = new Sha256();
        for (let at = 0; at < length; at += step) hasher.update(bytes.subarray(at, at + step));
        expect(hasher.digest(), `${length} by ${step}`).toBe(sha256(bytes));
      }
    }
  });
});
