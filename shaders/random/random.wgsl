// out[i] = scale · r + shift, r uniform in 0 <= r < 1 or (NORMAL) of mean 0 and variance 1.
// Counter-based: element i is word i % 4 of Philox-4x32-10 at counter (i / 4, 0, draw) with the seed
// as key, so any thread makes its own numbers and they can be made again (Salmon, Moraes, Dror, Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", SC 2011, https://doi.org/10.1145/2063384.2063405).
// Uniform: the upper 24 bits. Normal: Box & Muller 1958 on pairs of words.
// RAW writes the words' bits themselves, for tests against the paper's vectors.
// One thread makes four elements: about 100 integer operations each four, so compute-bound on slow
// adapters, write-bound on GPUs. ~16 registers.
// Uses: grid.
alias T = f32;
const NORMAL: bool = false;
const RAW: bool = false;

struct Params {
  n: u32,
  seed_low: u32,
  seed_high: u32,
  draw_low: u32,
  draw_high: u32,
  scale: f32,
  shift: f32,
}

@group(0) @binding(0) var<storage, read_write> out: array<T>;
@group(0) @binding(1) var<uniform> params: Params;

// (high, low) words of a · b; WGSL has no 64-bit product.
fn multiply(a: u32, b: u32) -> vec2<u32> {
  let a_low = a & 0xffffu;
  let a_high = a >> 16u;
  let b_low = b & 0xffffu;
  let b_high = b >> 16u;
  let cross = a_high * b_low + ((a_low * b_low) >> 16u);
  let carry = a_low * b_high + (cross & 0xffffu);
  return vec2(a_high * b_high + (cross >> 16u) + (carry >> 16u), a * b);
}

fn philox(quad: u32) -> vec4<u32> {
  var counter = vec4(quad, 0u, params.draw_low, params.draw_high);
  var key = vec2(params.seed_low, params.seed_high);
  for (var round = 0u; round < 10u; round++) {
    let p = multiply(0xd2511f53u, counter.x);
    let q = multiply(0xcd9e8d57u, counter.z);
    counter = vec4(q.x ^ counter.y ^ key.x, q.y, p.x ^ counter.w ^ key.y, p.y);
    key += vec2(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}

fn uniform4(bits: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(bits >> vec4(8u)) * 0x1p-24f;
}

// Two independent normal numbers from two words.
fn normal2(bits: vec2<u32>) -> vec2<f32> {
  let u = f32(bits.x) * 0x1p-32f + 0x1p-33f; // in (0, 1]
  let angle = 6.283185307 * (f32(bits.y >> 8u) * 0x1p-24f - 0.5); // where cos and sin are most precise
  return sqrt(-2.0 * log(u)) * vec2(cos(angle), sin(angle));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let quad = linear_index(gid, groups);
  if (quad >= (params.n + 3u) / 4u) { return; }
  let bits = philox(quad);
  var values = uniform4(bits);
  if (NORMAL) {
    values = vec4(normal2(bits.xy), normal2(bits.zw));
  }
  for (var k = 0u; k < 4u; k++) {
    let i = 4u * quad + k;
    if (i < params.n) {
      if (RAW) {
        out[i] = T(bits[k]);
      } else {
        out[i] = T(params.scale * values[k] + params.shift);
      }
    }
  }
}
