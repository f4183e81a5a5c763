// Rows of an array [outer, length, inner], whose elements lie `inner` apart, each for LANES neighbouring threads:
// one for short rows and for rows that lie side by side in memory (no barriers), up to the workgroup for long ones.
// Uses: grid.
const LANES: u32 = 1u; // a power of two

var<workgroup> lane_sums: array<vec2<f32>, WORKGROUP>;

struct Rows {
  @align(16) rows: u32,
  length: u32,
  inner: u32,
}

struct Lane {
  row: u32,
  lane: u32, // of the row's
}

fn lane_of(group: u32, local: u32) -> Lane {
  return Lane(group * (WORKGROUP / LANES) + local / LANES, local % LANES);
}

// Where a row's first element lies.
fn row_start(row: u32, length: u32, inner: u32) -> u32 {
  return row / inner * length * inner + row % inner;
}

// Σ of the values of a row's lanes, in a tree and two sums at once; each lane gets it.
fn lane_sum(local: u32, value: vec2<f32>) -> vec2<f32> {
  if (LANES == 1u) { return value; }
  let lane = local % LANES;
  lane_sums[local] = value;
  for (var step = LANES / 2u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (lane < step) {
      lane_sums[local] += lane_sums[local + step];
    }
  }
  workgroupBarrier();
  return lane_sums[local - lane];
}
