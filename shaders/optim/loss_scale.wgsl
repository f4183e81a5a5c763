// The scale of the next step, as torch.cuda.amp.GradScaler chooses it: backed off after an overflow,
// grown after `interval` steps without one. guard = [overflow found, steps skipped, good steps].
// One thread.

struct Params {
  growth: f32,
  backoff: f32,
  interval: u32,
}

@group(0) @binding(0) var<storage, read_write> guard: array<u32>;
@group(0) @binding(1) var<storage, read_write> scale: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(1)
fn main() {
  if (guard[0] != 0u) {
    scale[0] = scale[0] * params.backoff;
    guard[0] = 0u;
    guard[1] = guard[1] + 1u;
    guard[2] = 0u;
  } else if (guard[2] + 1u >= params.interval) {
    // Not beyond what a float holds, or the scale itself would be the overflow.
    scale[0] = min(scale[0] * params.growth, 1.7e38);
    guard[2] = 0u;
  } else {
    guard[2] = guard[2] + 1u;
  }
}
