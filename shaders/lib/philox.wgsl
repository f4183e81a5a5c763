// Random words by counter: Philox-4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011, https://doi.org/10.1145/2063384.2063405). Element i of a draw is word i % 4 at counter (i / 4, 0,
// draw), keyed by the seed: so any thread makes its own words, and they can be made again.
struct Draw {
  seed_low: u32,
  seed_high: u32,
  draw_low: u32,
  draw_high: u32,
}

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

// The words of elements 4 · quad to 4 · quad + 3.
fn random_words(quad: u32, draw: Draw) -> vec4<u32> {
  var counter = vec4(quad, 0u, draw.draw_low, draw.draw_high);
  var key = vec2(draw.seed_low, draw.seed_high);
  for (var round = 0u; round < 10u; round++) {
    let p = multiply(0xd2511f53u, counter.x);
    let q = multiply(0xcd9e8d57u, counter.z);
    counter = vec4(q.x ^ counter.y ^ key.x, q.y, p.x ^ counter.w ^ key.y, p.y);
    key += vec2(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}
