// out[i] = scale · r + shift, r uniform in 0 <= r < 1 or (NORMAL) of mean 0 and variance 1.
// Uniform: the upper 24 bits. Normal: Box & Muller 1958 on pairs of words.
// One thread makes four elements: about 100 integer operations for the four, so compute-bound on slow
// adapters, write-bound on GPUs. ~16 registers.
// Uses: grid, philox.
alias T = f32;
const NORMAL: bool = false;

struct Params {
  draw: Draw,
  n: u32,
  scale: f32,
  shift: f32,
}

@group(0) @binding(0) var<storage, read_write> out: array<T>;
@group(0) @binding(1) var<uniform> params: Params;

fn uniform4(bits: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(bits >> vec4(8u)) * 0x1p-24f;
}

// Two independent normal numbers from two words.
fn normal2(bits: vec2<u32>) -> vec2<f32> {
  let u = f32(bits.x) * 0x1p-32f + 0x1p-33f; // in (0, 1]
  let angle = 6.283185307 * (f32(bits.y >> 8u) * 0x1p-24f - 0.5); // where cos and sin are most precise
  return sqrt(-2.0 * log(u)) * vec2(cos(angle), sin(angle));
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let quad = linear_index(thread);
  if (quad >= (params.n + 3u) / 4u) { return; }
  let bits = random_words(quad, params.draw);
  var values = uniform4(bits);
  if (NORMAL) {
    values = vec4(normal2(bits.xy), normal2(bits.zw));
  }
  for (var k = 0u; k < 4u; k++) {
    let i = 4u * quad + k;
    if (i < params.n) {
      out[i] = T(params.scale * values[k] + params.shift);
    }
  }
}
