// out[r] = Σ x[0 … r] along each row of x [outer, length, inner]; a row's elements lie `inner` apart. LANES threads share a
// row: they take LANES neighbouring elements at a time, sum them up in a scan (Hillis & Steele 1986,
// https://doi.org/10.1145/7902.7903) and carry the total on. Long rows come in pieces (src/kernels/reduce/cumulative_sum.ts).
// The order of the sums is fixed. Bandwidth-bound: a read and a write an element. 256 bytes of workgroup memory.
// Uses: grid, lanes.
alias T = f32;
alias A = f32; // accumulator: f32, i32 or u32

struct Params {
  shape: Rows,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> sums: array<A, WORKGROUP>;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let own = lane_of(group_index(group), local);
  let length = params.shape.length;
  let inner = params.shape.inner;
  let base = row_start(own.row, length, inner);
  var carried = A();
  for (var start = 0u; start < length; start += LANES) {
    let c = start + own.lane;
    let inside = own.row < params.shape.rows && c < length;
    var sum = A();
    if (inside) {
      sum = A(x[base + c * inner]);
    }
    if (LANES > 1u) {
      for (var step = 1u; step < LANES; step *= 2u) {
        sums[local] = sum;
        workgroupBarrier();
        if (own.lane >= step) {
          sum += sums[local - step];
        }
        workgroupBarrier();
      }
      sums[local] = sum;
      workgroupBarrier();
    }
    if (inside) {
      out[base + c * inner] = T(carried + sum);
    }
    if (LANES > 1u) {
      carried += sums[local - own.lane + LANES - 1u];
      workgroupBarrier();
    } else {
      carried += sum;
    }
  }
}
