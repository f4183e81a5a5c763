import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { KernelSource } from "../../src/gpu/index.ts";
import { unpackKernel } from "../../src/gpu/packed_kernel.ts";
import { packKernel } from "../../tools/pack_kernel.mjs";
import { reflectKernel } from "../../tools/wgsl_plugin.mjs";

function unnamed<T extends { readonly name: string }>({ name: _, ...rest }: T): Omit<T, "name"> {
  return rest;
}

const shaders = new URL("../../shaders/", import.meta.url);
const files = readdirSync(shaders).filter((file) => file.endsWith(".wgsl"));

describe("a kernel packed for a build", () => {
  it.each(files)("is bound and packed as before: %s", (file) => {
    const kernel = reflectKernel(file, readFileSync(new URL(file, shaders), "utf8"));
    const { source, ...rest } = unpackKernel(...packKernel(kernel));
    expect({ ...rest, source: kernel.source }).toEqual(kernel);
    // The declarations that were written anew, read again: other names in the same places.
    const again = reflectKernel(file, source.replace(/\bP\b/g, "params"));
    expect(again.bindings.map(unnamed)).toEqual(kernel.bindings.map(unnamed));
    expect(again.params?.size).toBe(kernel.params?.size);
    expect(again.params?.fields.map(unnamed)).toEqual(kernel.params?.fields.map(unnamed));
  });

  it("declares tensors and parameters by their place", () => {
    const source = `alias T = f32;
      struct Params { n: u32, scale: vec4<f32>, dims: array<vec4<i32>, 2> }
      @group(0) @binding(0) var<storage, read> x: array<T>;
      @group(0) @binding(1) var<storage, read_write> out: array<vec2<u32>>;
      @group(0) @binding(2) var<uniform> params: Params;
      @compute @workgroup_size(64)
      fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        if (id.x < params.n) { out[id.x].x = u32(x[id.x] * params.scale.x) + u32(params.dims[1].x); }
      }`;
    const packed = packKernel(reflectKernel("places.wgsl", source));
    expect(packed.slice(2)).toEqual(["x out!:vec2<u32> params", 64, "n scale:f*4@16 dims:i*8"]);
    expect(unpackKernel(...packed).source.split("\n")).toEqual([
      expect.stringContaining("D[id.x].x=u32(B[id.x]*P.b.x)+u32(P.c[1].x)"),
      "@group(0) @binding(0) var<storage, read> B: array<T>;",
      "@group(0) @binding(1) var<storage, read_write> D: array<vec2<u32>>;",
      "@group(0) @binding(2) var<uniform> P: Z;",
      "struct Z { a: u32, b: vec4<f32>, c: array<vec4<i32>, 2> }",
    ]);
  });

  it("may have gaps between its parameters", () => {
    const fields = [
      { name: "eps", offset: 0, type: "f32", length: 1 },
      { name: "dims", offset: 16, type: "i32", length: 8 },
      { name: "last", offset: 48, type: "u32", length: 1 },
    ] as const;
    const kernel: KernelSource = {
      name: "gaps",
      source: "@group(0) @binding(0) var<storage, read_write> out: array<T>;",
      bindings: [
        { name: "out", binding: 0, access: "read_write" },
        { name: "params", binding: 1, access: "uniform" },
      ],
      params: { size: 64, fields },
    };
    const packed = packKernel(kernel);
    expect(packed.slice(2)).toEqual(["out! params", 64, "eps:f dims:i*8@16 last"]);
    const { bindings, params } = unpackKernel(...packed);
    expect({ bindings, params }).toEqual({ bindings: kernel.bindings, params: kernel.params });
  });

  it("must leave the packed names free", () => {
    const bindings = [{ name: "out", binding: 0, access: "read_write" as const }];
    const source =
      "@group(0) @binding(0) var<storage, read_write> out: array<T>; const B: u32 = 1u;";
    expect(() => packKernel({ name: "odd", source, bindings, params: null })).toThrow(
      "odd.wgsl: rename B, which packed shaders use",
    );
  });

  it("must number its bindings from 0 on", () => {
    const bindings = [{ name: "x", binding: 1, access: "read" as const }];
    const kernel: KernelSource = { name: "odd", source: "", bindings, params: null };
    expect(() => packKernel(kernel)).toThrow("odd.wgsl: bindings must be numbered from 0 on");
  });
});
