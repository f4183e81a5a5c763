// What becomes of a channel's moments (count, mean, Σ (x − mean)²).
const RUNNING_MEAN: bool = true;
const RUNNING_VAR: bool = true;

// 1 / sqrt(variance + eps), the variance over n.
fn spread_of(moments: vec3<f32>, eps: f32) -> f32 {
  return 1.0 / sqrt(moments.z / moments.x + eps);
}

// Running statistics move by a share towards the mean and the unbiased variance (over n − 1).
fn moved_mean(old: f32, moments: vec3<f32>, momentum: f32) -> f32 {
  return (1.0 - momentum) * old + momentum * moments.y;
}

fn moved_var(old: f32, moments: vec3<f32>, momentum: f32) -> f32 {
  return (1.0 - momentum) * old + momentum * (moments.z / (moments.x - 1.0));
}
