// What gradients of max pools work on: the output's gradient and the position of each maximum in its plane.
alias T = f32;

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> indices: array<i32>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;

// What window o gives to a position of its plane.
fn gradient_for(position: u32, o: u32) -> f32 {
  return select(0.0, f32(dy[o]), indices[o] == i32(position));
}
