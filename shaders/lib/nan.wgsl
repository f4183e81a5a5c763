// NaN: compilers may take `v != v` for false, and WGSL has no literal for it.

// Whether v is NaN, by its bits.
fn is_nan(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u;
}

fn nan() -> f32 {
  var bits = 0x7fc00000u; // a variable: bitcasts of constants must not give NaN
  return bitcast<f32>(bits);
}
