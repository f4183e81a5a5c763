// out[i] = sin(x[i] + turns · π/2): the sine, the cosine, and minus the sine. NaN propagates. Bandwidth-bound.
// Uses: grid, nan.
alias T = f32;

struct Params {
  n: u32,
  turns: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

// sin(v + turns · π/2). WGSL promises sin and cos to eleven bits, and within −π … π only. So the nearest multiple of π/2 is
// taken off, in three parts whose products with whole numbers below 2^12 are exact (Cody & Waite 1980), and the rest goes
// through the series of Cephes' sinf and cosf: an error below 1e-7 for |v| up to some thousands, that of v's last bit beyond.
fn sine(v: f32, turns: u32) -> f32 {
  let quarters = round(v * 0.63661977237);
  let r = ((v - quarters * 1.5703125) - quarters * 4.8375129699707e-4) - quarters * 7.5497899549e-8;
  let w = r * r;
  let s = r + r * w * (-1.6666654611e-1 + w * (8.3321608736e-3 - w * 1.9515295891e-4));
  let c = 1.0 - 0.5 * w + w * w * (4.166664568298827e-2 + w * (-1.388731625493765e-3 + w * 2.443315711809948e-5));
  let quarter = u32(i32(clamp(quarters, -1e9, 1e9))) + turns;
  let value = select(s, c, (quarter & 1u) == 1u);
  return select(value, -value, (quarter & 2u) == 2u);
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let v = f32(x[i]);
  out[i] = T(select(sine(v, params.turns), v, is_nan(v))); // adapters differ in clamp of NaN
}
