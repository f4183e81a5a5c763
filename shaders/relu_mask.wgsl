// dx[i] = 0 where the ReLU's output saved[i] is not above 0, in place: the gradient of ReLU where
// nobody else needs dy. NaNs pass, as through ReLU itself. Bandwidth-bound: one read an element and
// at most one write, coalesced.
alias T = f32;
const WORKGROUP: u32 = 64u;

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> saved: array<T>;
@group(0) @binding(1) var<storage, read_write> dx: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = gid.x + gid.y * groups.x * WORKGROUP;
  if (i < params.n && saved[i] <= T(0.0)) {
    dx[i] = T(0.0);
  }
}
