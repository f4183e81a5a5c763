// The activation of results on their way to memory. NaN stays NaN.
const RELU: bool = false;

fn activate(v: f32) -> f32 {
  if (RELU) { return select(v, 0.0, v < 0.0); }
  return v;
}

fn activate4(v: vec4<f32>) -> vec4<f32> {
  if (RELU) { return select(v, vec4<f32>(), v < vec4<f32>()); }
  return v;
}
