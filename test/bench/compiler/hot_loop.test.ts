/** Which loop of a listing is hot, and how often its loops run. */
import { describe, expect, it } from "vitest";
import { multiplyAddsOf, readListing } from "../../../bench/compiler/assembly.ts";
import { hotLoop, shareOf, wholeKernel } from "../../../bench/compiler/hot_loop.ts";

/** Mesa prints each instruction after a tab, with its bytes behind a semicolon. */
function listing(...lines: string[]) {
  const text = lines.map((line) => (line.startsWith("BB") ? line : `\t${line}   ; be800003`));
  return readListing(
    `disasm:\n${text.join("\n")}\n\n*** SHADER STATS ***\n\tv_fma_f32 v0, v0, v0, v0`,
  );
}

const PRODUCT = [
  "BB0:",
  "s_mov_b32 s4, 0",
  "BB1:", // the walk along K: its end is in a register
  "buffer_load_b128 v[0:3], v8, s[0:3], 0 offen",
  "s_waitcnt vmcnt(0)",
  "ds_store_b128 v9, v[0:3]",
  "s_mov_b32 s6, 0",
  "BB2:", // four times
  "ds_load_b128 v[4:7], v9",
  "s_delay_alu instid0(VALU_DEP_1)",
  "v_dual_fmac_f32 v10, v4, v0 :: v_dual_fmac_f32 v11, v5, v0",
  "v_fmac_f32_e32 v12, v6, v1",
  "s_add_i32 s6, s6, 4",
  "s_cmp_lt_u32 s6, 16",
  "s_cbranch_scc1 BB2",
  "BB3:",
  "s_add_i32 s4, s4, 16",
  "s_cmp_lt_u32 s4, s5",
  "s_cbranch_scc1 BB1",
  "BB4:",
  "buffer_store_b32 v10, v8, s[0:3], 0 offen",
  "s_endpgm",
];

describe("the hot loop", () => {
  it("is the one of unknown length, with loops of known length counted as often as they run", () => {
    expect(hotLoop(listing(...PRODUCT))).toEqual({
      // load, wait, store, move, then four times six (the hint is none), then add, compare and branch
      instructions: 4 + 4 * 6 + 3,
      multiplyAdd: 4 * 2,
      multiplyAdds: 4 * 3,
      vector: 0,
      workgroupMemory: 1 + 4,
      memory: 1,
      spill: 0,
      scalar: 1 + 4 * 3 + 3,
      wait: 1,
    });
  });

  it("is the whole kernel where every loop's length is written into it", () => {
    const fixed = PRODUCT.map((line) =>
      line.replace("s_cmp_lt_u32 s4, s5", "s_cmpk_lt_u32 s4, 0x40"),
    );
    const all = wholeKernel(listing(...fixed));
    expect(hotLoop(listing(...fixed))).toEqual(all);
    expect(all.multiplyAdds).toBe(4 * 4 * 3);
    expect(all.instructions).toBe(1 + 4 * (4 + 4 * 6 + 3) + 2);
  });

  it("counts a loop by what its exit looks at, also where the counter is kept in another register", () => {
    const counts = wholeKernel(
      listing(
        "BB0:",
        "BB1:",
        "s_add_u32 s29, s0, 1",
        "v_add_nc_u32_e32 v25, 3, v25",
        "v_cmp_gt_i32_e64 s[46:47], 33, v25",
        "v_fmac_f32_e32 v1, v2, v3",
        "s_cmpk_ge_i32 s29, 0x90",
        "s_cbranch_scc1 BB3",
        "BB2:",
        "s_mov_b32 s0, s29",
        "s_branch BB1",
        "BB3:",
        "s_endpgm",
      ),
    );
    expect(counts.multiplyAdds).toBe(0x90);
  });

  it("has the share of multiply-adds among what is issued", () => {
    const hot = hotLoop(listing(...PRODUCT));
    expect(shareOf(hot)).toBeCloseTo(8 / 31, 12);
    expect(hot.spill).toBe(0);
  });
});

it("two multiply-adds are done by an instruction that is two, or packed", () => {
  expect(multiplyAddsOf("v_fma_f32 v0, v1, v2, v3")).toBe(1);
  expect(multiplyAddsOf("v_pk_fma_f16 v0, v1, v2, v3")).toBe(2);
  expect(multiplyAddsOf("v_dual_fmac_f32 v0, v1, v2 :: v_dual_mov_b32 v3, v4")).toBe(1);
  expect(multiplyAddsOf("v_dual_fmac_f32 v0, v1, v2 :: v_dual_fmac_f32 v3, v4, v5")).toBe(2);
  expect(multiplyAddsOf("v_mul_f32_e32 v0, v1, v2")).toBe(0);
});
