// What follows a normalisation on the way to memory: ReLU, ReLU6, or (SMOOTH) the function that FUNCTION chooses.
// Uses: activate, activation_functions, capped, nan.
const SMOOTH: bool = false;

fn after_norm(v: f32) -> f32 {
  if (SMOOTH) { return select(activation(v, 0.0), v, is_nan(v)); }
  return activate(capped(v));
}
