/** The model of a step's time. */
import { expect, it } from "vitest";
import type { NamedGpu } from "../../../bench/compiler/gpus.ts";
import {
  type CompiledStep,
  KERNEL,
  type Launch,
  readLog,
  STEP,
} from "../../../bench/compiler/log.ts";
import {
  bytesOf,
  countedMultiplyAdds,
  leastSeconds,
  stepSeconds,
  weightedShare,
} from "../../../bench/compiler/time.ts";
import { turnsReader } from "../../../bench/compiler/turns.ts";

const GPU: NamedGpu = {
  family: "none",
  label: "A GPU of round numbers",
  wavesPerSecond: 1e9,
  waveSize: 32,
  bytesPerSecond: 1e9,
};

const STATS = [
  "*** SHADER STATS ***",
  "Spilled SGPRs: 1",
  "Spilled VGPRs: 2",
  "VGPRs: 24",
  "LDS size: 512",
  "Scratch size: 64",
  "Subgroups per SIMD: 16",
];

function kernel(name: string, ...instructions: string[]): string {
  const code = instructions.map((text) => (text.startsWith("BB") ? text : `\t${text}`));
  return [KERNEL + name, "Compute Shader", "disasm:", "BB0:", ...code, "", ...STATS].join("\n");
}

const product = kernel(
  "product",
  "BB1:",
  "v_fmac_f32_e32 v0, v1, v2",
  "v_fmac_f32_e32 v3, v1, v2",
  "s_cmp_lt_u32 s4, s5",
  "s_cbranch_scc1 BB1",
);
const copy = kernel("copy", "buffer_load_b32 v0", "buffer_store_b32 v0", "s_endpgm");

function step(launches: readonly Launch[]): CompiledStep {
  return readLog(
    ["Mesa's greeting", product, copy, STEP + JSON.stringify(launches), ""].join("\n"),
  );
}

const COMPUTES: Launch = {
  kernel: "product",
  workgroups: 1,
  threads: 64,
  bytes: 8,
  multiplyAdds: 6400,
};
const MOVES: Launch = { kernel: "copy", workgroups: 10, threads: 48, bytes: 5000, multiplyAdds: 0 };

it("reads registers, waves, workgroup memory and what found no room", () => {
  const { registers, waves, workgroupBytes, spilled, scratchBytes } = step([]).kernels.get("copy")!;
  expect({ registers, waves, workgroupBytes, spilled, scratchBytes }).toEqual({
    registers: 24,
    waves: 16,
    workgroupBytes: 512,
    spilled: 3,
    scratchBytes: 64,
  });
});

it("a launch takes as long as its instructions or its memory, whichever is longer", () => {
  // 6,400 multiply-adds, two a run of 32 threads: 100 runs of four instructions.
  expect(stepSeconds(step([COMPUTES]), GPU)).toBeCloseTo(400e-9, 15);
  // Ten workgroups of two waves issue three instructions each; 5,000 bytes take longer.
  expect(stepSeconds(step([MOVES]), GPU)).toBeCloseTo(5000e-9, 15);
  expect(stepSeconds(step([{ ...MOVES, bytes: 10 }]), GPU)).toBeCloseTo(60e-9, 15);
  expect(stepSeconds(step([COMPUTES, MOVES]), GPU)).toBeCloseTo(5400e-9, 15);
});

it("a launch whose loop's turns are known issues the loop as often", () => {
  const launch = { ...COMPUTES, workgroups: 3, multiplyAdds: 0 };
  expect(stepSeconds(step([launch]), GPU)).toBeCloseTo(3 * 2 * 4e-9, 15);
  expect(stepSeconds(step([{ ...launch, turns: 5 }]), GPU)).toBeCloseTo(3 * 2 * 20e-9, 15);
});

it("the turns of a tiled product are read from its uniforms", () => {
  const source = `
    struct Uniforms { NAN: f32, shape: vec4<i32>, dimInner: i32, }
    @group(0) @binding(0) var<uniform> uniforms: Uniforms;
    @compute @workgroup_size(1) fn main() { let tiles = (uniforms.dimInner - 1) / 32 + 1; }`;
  const uniforms = new DataView(new ArrayBuffer(48));
  uniforms.setInt32(32, 100, true);
  expect(turnsReader(source)?.(uniforms)).toBe(4);
  expect(turnsReader("fn main() {}")).toBeNull();
});

it("a step takes at least what its parts take in their best kernels", () => {
  const parts = [{ multiplyAdds: 6400, kernels: /product/ }];
  expect(leastSeconds(step([COMPUTES]), parts, GPU)).toBeCloseTo(400e-9, 15);
  expect(leastSeconds(step([COMPUTES, MOVES]), parts, GPU)).toBeCloseTo(5008e-9, 15);
  expect(countedMultiplyAdds(step([COMPUTES, MOVES]))).toBe(64 * 2);
});

it("the share is weighted by work", () => {
  expect(weightedShare(step([COMPUTES, MOVES]))).toBe(0.5);
  expect(weightedShare(step([MOVES]))).toBeNull();
  expect(bytesOf(step([COMPUTES, MOVES]))).toBe(5008);
});

it("a log without launches, or of another form, is an error that shows it", () => {
  expect(() => readLog("Segmentation fault")).toThrow(
    /no list of launches.*\n.*Segmentation fault/,
  );
  const other = [`${KERNEL}fill`, "nothing here", `${STEP}[]`].join("\n");
  expect(() => readLog(`\n${other}`)).toThrow(/no instructions of fill/);
});
