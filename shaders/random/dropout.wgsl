// Dropout: out[i] = x[i] · scale where a random word reaches `threshold`, else 0. The same kernel gives
// the gradient from dy: the mask isn't kept but made again from the same counters.
// Random words as in random.wgsl: word i % 4 of Philox-4x32-10 at counter (i / 4, 0, draw), keyed by the
// seed (Salmon et al., SC 2011, https://doi.org/10.1145/2063384.2063405).
// One thread takes four neighbouring elements: a read, a write and about 25 integer operations each. ~16 registers.
// Uses: grid.
alias T = f32;

struct Params {
  n: u32,
  threshold: u32,
  scale: f32,
  seed_low: u32,
  seed_high: u32,
  draw_low: u32,
  draw_high: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let quad = linear_index(gid, groups);
  if (quad >= (params.n + 3u) / 4u) { return; }
  let bits = philox(quad);
  for (var k = 0u; k < 4u; k++) {
    let i = 4u * quad + k;
    if (i < params.n) {
      out[i] = T(select(0.0, f32(x[i]) * params.scale, bits[k] >= params.threshold));
    }
  }
}
