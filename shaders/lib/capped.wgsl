// ReLU6, where ReLU follows.
const CEILING: bool = false;

fn capped(v: f32) -> f32 {
  return select(v, 6.0, CEILING && v > 6.0);
}
