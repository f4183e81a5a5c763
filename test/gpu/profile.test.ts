import { describe, expect, it } from "vitest";
import { profileOf } from "../../src/gpu/index.ts";

const limits = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxStorageBufferBindingSize: 2 ** 27,
};
const adapter = (info: Partial<GPUAdapterInfo>) =>
  ({ vendor: "", architecture: "", device: "", description: "", ...info }) as GPUAdapterInfo;

describe("profileOf", () => {
  it.each([
    [{ vendor: "google", architecture: "swiftshader" }, "processor"],
    [{ vendor: "mesa", description: "llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)" }, "processor"],
    [{ vendor: "microsoft", description: "Microsoft Basic Render Driver" }, "processor"],
    [{ vendor: "nvidia", architecture: "ampere" }, "gpu"],
    [{ vendor: "apple", architecture: "metal-3" }, "gpu"],
    [{}, "gpu"],
  ] as const)("of %j is a %s's", (info, kind) => {
    expect(profileOf(adapter(info), new Set(), limits).kind).toBe(kind);
  });

  it("holds features, limits and subgroups as the adapter tells them", () => {
    const features = new Set(["subgroups"]);
    const profile = profileOf(
      adapter({ subgroupMinSize: 8, subgroupMaxSize: 8 }),
      features,
      limits,
    );
    expect(profile).toMatchObject({ features, limits, subgroup: { min: 8, max: 8 } });
    const silent = profileOf(adapter({}), features, limits);
    expect(silent.subgroup).toEqual({ min: 4, max: 128 }); // what WebGPU allows
  });
});
