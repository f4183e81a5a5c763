// Gradient of max pooling whose windows tile the input: no padding, stride = kernel, nothing left over. Each window
// then owns its inputs, and a thread per output element writes all of them: dy where the maximum was, 0 elsewhere
// (max_pool2d_grad.wgsl does any other pooling). Bandwidth-bound: two reads and KERNEL_H · KERNEL_W writes per thread,
// against two reads for every input there.
// Uses: grid, max_pool_gradient, planes.
const KERNEL_H: u32 = 2u;
const KERNEL_W: u32 = 2u;

struct Params {
  n: u32, // outputs
  out_h: u32,
  out_w: u32,
}

@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let in_w = params.out_w * KERNEL_W;
  let o = pixel_of(i, params.out_h, params.out_w);
  let corner = o.y * KERNEL_H * in_w + o.x * KERNEL_W;
  let base = o.plane * params.out_h * KERNEL_H * in_w;
  for (var h = 0u; h < KERNEL_H; h++) {
    for (var w = 0u; w < KERNEL_W; w++) {
      let position = corner + h * in_w + w;
      dx[base + position] = T(gradient_for(position, i));
    }
  }
}
