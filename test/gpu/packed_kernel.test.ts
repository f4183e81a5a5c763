import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { KernelSource } from "../../src/gpu/kernel.ts";
import { unpackKernel } from "../../src/gpu/packed_kernel.ts";
import { packKernel } from "../../tools/pack_kernel.mjs";
import { reflectKernel } from "../../tools/wgsl_plugin.mjs";

const shaders = new URL("../../shaders/", import.meta.url);
const files = readdirSync(shaders).filter((file) => file.endsWith(".wgsl"));

describe("a kernel packed for a build", () => {
  it.each(files)("is the same unpacked: %s", (file) => {
    const kernel = reflectKernel(file, readFileSync(new URL(file, shaders), "utf8"));
    expect(unpackKernel(...packKernel(kernel))).toEqual(kernel);
  });

  it("may have gaps between its parameters", () => {
    const fields = [
      { name: "eps", offset: 0, type: "f32", length: 1 },
      { name: "dims", offset: 16, type: "i32", length: 8 },
      { name: "last", offset: 48, type: "u32", length: 1 },
    ] as const;
    const kernel: KernelSource = {
      name: "gaps",
      source: "",
      bindings: [
        { name: "out", binding: 0, access: "read_write" },
        { name: "params", binding: 1, access: "uniform" },
      ],
      params: { size: 64, fields },
    };
    const packed = packKernel(kernel);
    expect(packed.slice(2)).toEqual(["out! params", 64, "eps:f dims:i*8@16 last"]);
    expect(unpackKernel(...packed)).toEqual(kernel);
  });

  it("must number its bindings from 0 on", () => {
    const bindings = [{ name: "x", binding: 1, access: "read" as const }];
    const kernel: KernelSource = { name: "odd", source: "", bindings, params: null };
    expect(() => packKernel(kernel)).toThrow("odd.wgsl: bindings must be numbered from 0 on");
  });
});
