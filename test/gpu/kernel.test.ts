import { describe, expect, it } from "vitest";
import {
  bindingsOf,
  constantName,
  type KernelSource,
  paramsOf,
  specialize,
} from "../../src/gpu/index.ts";
import { packParams } from "../../src/gpu/params.ts";
import { shaderErrorText } from "../../src/gpu/shader_error.ts";

const BINDINGS = `
struct Params {
  n: u32,
  shift: i32,
  scale: f32,
  dims: vec4<u32>,
}
@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;`;

const source: KernelSource = [
  {
    name: "toys/toy.wgsl",
    text: "alias T = f32;\nconst TILE: u32 = 4u;\nconst SCALE: f32 = 1.0;\nconst FLAG: bool = false;\nfn main() {}",
  },
  {
    name: "lib/box.wgsl",
    text: "\nconst BOX: u32 = 1u;\nconst OPEN_BOX: u32 = 2u;\nconst PART: u32 = BOX;",
  },
  { name: "lib/bindings.wgsl", text: BINDINGS },
];

describe("specialize", () => {
  it("rewrites initialisers by name and type", () => {
    const { source: text } = specialize(source, { T: "i32", TILE: 8, SCALE: 2, FLAG: true });
    expect(text).toMatch(
      /^alias T = i32;\nconst TILE: u32 = 8u;\nconst SCALE: f32 = 2.0;\nconst FLAG: bool = true;\nfn main\(\) {}\n/,
    );
  });

  it("puts the files that are used behind, and sets constants in them to others by name", () => {
    const { source: text } = specialize(source, { PART: constantName("openBox") });
    expect(text.split("\n").slice(4, 9)).toEqual([
      "fn main() {}",
      "",
      "const BOX: u32 = 1u;",
      "const OPEN_BOX: u32 = 2u;",
      "const PART: u32 = OPEN_BOX;",
    ]);
    expect(() => specialize(source, { PART: "WHEEL" })).toThrow(
      "toy.wgsl: PART can't be WHEEL, which is no constant there",
    );
  });

  it("gives the same kernel for the same choice, and keys that differ", () => {
    expect(specialize(source, { TILE: 8 })).toBe(specialize(source, { TILE: 8 }));
    expect(specialize(source, { TILE: 8 }).key).not.toBe(specialize(source, { TILE: 4 }).key);
  });

  it("enables f16 when a type becomes f16", () => {
    expect(specialize(source, { T: "f16" }).source).toMatch(/^enable f16; alias T = f16;\n/);
  });

  it("throws on a name the file doesn't declare", () => {
    expect(() => specialize(source, { TILES: 8 })).toThrow(
      "toy.wgsl declares no constant or alias named TILES",
    );
  });
});

describe("bindingsOf", () => {
  it("gives what is read, what is written, and the parameters, wherever they are declared", () => {
    const expected = [
      { name: "x", binding: 0, access: "read" },
      { name: "out", binding: 1, access: "read_write" },
      { name: "params", binding: 2, access: "uniform" },
    ];
    expect(specialize(source).bindings).toEqual(expected);
    expect(bindingsOf(BINDINGS.split("\n").reverse().join("\n"))).toEqual(expected);
    expect(bindingsOf("fn main() {}")).toEqual([]);
  });
});

describe("paramsOf", () => {
  it("gives members of scalars, vectors, arrays and structs where WGSL has them", () => {
    const text = `
      struct Size { @align(16) height: u32, width: i32 }
      struct Params { size: Size, eps: f32, step: vec2<u32>, scale: vec4<f32>, dims: array<vec4<u32>, 2> }`;
    expect(paramsOf(text)).toEqual({
      size: 80,
      fields: [
        { name: "height", offset: 0, type: "u32", length: 1 },
        { name: "width", offset: 4, type: "i32", length: 1 },
        { name: "eps", offset: 16, type: "f32", length: 1 },
        { name: "step", offset: 24, type: "u32", length: 2 },
        { name: "scale", offset: 32, type: "f32", length: 4 },
        { name: "dims", offset: 48, type: "u32", length: 8 },
      ],
    });
    expect(paramsOf("fn main() {}")).toBeNull();
  });
});

describe("packParams", () => {
  const kernel = specialize(source);
  const pack = (values: Parameters<typeof packParams>[1]) => {
    const view = new DataView(new ArrayBuffer(64));
    packParams(kernel, values, view, 32);
    return view;
  };

  it("writes every field at its offset", () => {
    const view = pack({ n: 7, shift: -2, scale: 0.5, dims: [1, 2, 3] });
    expect([view.getUint32(32, true), view.getInt32(36, true), view.getFloat32(40, true)]).toEqual([
      7, -2, 0.5,
    ]);
    expect([0, 4, 8, 12].map((i) => view.getUint32(48 + i, true))).toEqual([1, 2, 3, 0]);
  });

  it("names a missing and an unknown parameter", () => {
    expect(() => pack({ n: 7, shift: 0, scale: 1 })).toThrow("toy: parameter dims is missing");
    expect(() => pack({ n: 7, shift: 0, scale: 1, dims: [1], size: 3 })).toThrow(
      "toy: unknown parameter size",
    );
  });
});

describe("shaderErrorText", () => {
  it("shows the source line and points at the column", () => {
    const text = shaderErrorText(specialize(source), [
      { message: "unresolved T", lineNum: 2, linePos: 7 },
    ]);
    expect(text).toContain(
      "toys/toy.wgsl:2: unresolved T\n    1 | alias T = f32;\n    2 | const TILE: u32 = 4u;\n              ^",
    );
  });

  it("names the file of functions and the line in it", () => {
    const text = shaderErrorText(specialize(source, { PART: "OPEN_BOX" }), [
      { message: "no such box", lineNum: 9, linePos: 19 },
    ]);
    expect(text).toContain(
      "lib/box.wgsl:4: no such box\n    2 | const BOX: u32 = 1u;\n    3 | const OPEN_BOX: u32 = 2u;\n    4 | const PART: u32 = OPEN_BOX;\n",
    );
  });
});
