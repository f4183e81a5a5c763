// Gradient of row_norm.wgsl with respect to x. With x̂ = (x − mean) · scale and g = dy · weight, of a row of n values:
//   dx = scale · (g − Σ g / n − x̂ · Σ (g · x̂) / n),   RMS (CENTER = false): without Σ g / n
// Rows and LANES as there. Bandwidth-bound: two reads from memory and a write per element; 2 KiB of workgroup memory at most.
// Uses: channel_share, grid, lanes, normal_rows.
alias T = f32;
const CENTER: bool = true;
const WEIGHT: bool = true;

struct Params {
  shape: NormalRows,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> stats: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<T>;
@group(0) @binding(5) var<uniform> params: Params;

// (g, x − mean) of value k.
fn values(at: u32, k: u32, row: u32) -> vec2<f32> {
  var g = f32(dy[at]);
  if (WEIGHT) { g *= weight[channel_of(k, row, params.shape)]; }
  return vec2(g, f32(x[at]) - stats[row]);
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let thread = lane_of(group_index(group), local);
  let own = row_share(thread.row, thread.lane, params.shape);
  let shape = shares_of_rows(params.shape);
  var sum = vec2(0.0, 0.0);
  var place = value_place(own.start, shape);
  for (var k = own.start; k < own.end; k += LANES) {
    let v = values(value_at(place, own.channel, shape), k, own.index);
    sum += vec2(v.x, v.x * v.y);
    place = next_place(place, shape);
  }
  sum = lane_sum(local, sum) / f32(params.shape.length);
  if (own.index >= params.shape.rows) { return; }
  let scale = stats[params.shape.rows + own.index];
  let shift = select(0.0, sum.x, CENTER);
  let slope = sum.y * scale * scale;
  place = value_place(own.start, shape);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, own.channel, shape);
    let v = values(at, k, own.index);
    dx[at] = T((v.x - shift - v.y * slope) * scale);
    place = next_place(place, shape);
  }
}
