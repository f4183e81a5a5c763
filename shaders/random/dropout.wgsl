// Dropout: out[i] = x[i] · scale where a random word reaches `threshold`, else 0. The same kernel gives
// the gradient from dy: the mask isn't kept but made again from the same counters.
// One thread takes four neighbouring elements: a read, a write and about 25 integer operations each. ~16 registers.
// Uses: grid, philox.
alias T = f32;

struct Params {
  draw: Draw,
  n: u32,
  threshold: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let quad = linear_index(thread);
  if (quad >= (params.n + 3u) / 4u) { return; }
  let bits = random_words(quad, params.draw);
  for (var k = 0u; k < 4u; k++) {
    let i = 4u * quad + k;
    if (i < params.n) {
      out[i] = T(select(0.0, f32(x[i]) * params.scale, bits[k] >= params.threshold));
    }
  }
}
