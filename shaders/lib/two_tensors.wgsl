// What an optimizer's step works on: two tensors a dispatch (one, unless TWO), each with its gradient and the optimizer's state, and
// the guard of half precision. T is f32, or vec4<f32> with all counts in fours.
alias T = f32;
const GUARDED: bool = false;
const TWO: bool = true;

@group(0) @binding(0) var<storage, read> grad0: array<T>;
@group(0) @binding(1) var<storage, read> grad1: array<T>;
@group(0) @binding(2) var<storage, read> guard: array<u32>;
@group(0) @binding(3) var<storage, read_write> param0: array<T>;
@group(0) @binding(4) var<storage, read_write> param1: array<T>;
@group(0) @binding(5) var<storage, read_write> state0: array<T>;
@group(0) @binding(6) var<storage, read_write> state1: array<T>;

// Whether gradients overflowed: then nothing is to be done.
fn is_skipped() -> bool {
  return GUARDED && guard[0] != 0u;
}

// How many of the steps counted were skipped.
fn skipped_steps() -> u32 {
  if (GUARDED) { return guard[1]; }
  return 0u;
}
