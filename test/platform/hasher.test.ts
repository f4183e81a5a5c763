import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Md5 } from "../../src/platform/md5.ts";
import { Sha256 } from "../../src/platform/sha256.ts";
import { someBytes } from "./hostile_server.ts";

const hashers = [
  {
    ...{ name: "sha256", make: () => new Sha256() },
    nothing: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    abc: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  },
  {
    ...{ name: "md5", make: () => new Md5() },
    nothing: "d41d8cd98f00b204e9800998ecf8427e",
    abc: "900150983cd24fb0d6963f7d28e17f72",
  },
];

describe.each(hashers)("$name", ({ name, make, nothing, abc }) => {
  it("gives the standard's digests", () => {
    expect(make().digest()).toBe(nothing);
    const hasher = make();
    hasher.update(new TextEncoder().encode("abc"));
    expect(hasher.digest()).toBe(abc);
  });

  it("agrees with Node's for every length around a block, however the pieces fall", () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = someBytes(length, length + 1);
      const expected = createHash(name).update(bytes).digest("hex");
      for (const step of [1, 7, 64, 200]) {
        const hasher = make();
        for (let at = 0; at < length; at += step) hasher.update(bytes.subarray(at, at + step));
        expect(hasher.digest(), `${length} by ${step}`).toBe(expected);
      }
    }
  });
});
