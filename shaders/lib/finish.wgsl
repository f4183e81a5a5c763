// What is done to a convolution's result, or to a gradient, on its way to memory, and where it goes.
// A gradient may be added ONTO what is in out, and RECTIFIED by the ReLU that made the input.
// Uses: activate.
alias T = f32;
alias TOUT = T; // f32 for parts that are still to be summed
const BIAS: bool = false;
const ONTO: bool = false;
const RECTIFIED: bool = false;
const SIX: bool = false; // by a ReLU6

@group(0) @binding(2) var<storage, read> bias: array<T>; // one value per channel
@group(0) @binding(3) var<storage, read> rectifier: array<T>; // what that ReLU gave
@group(0) @binding(4) var<storage, read_write> out: array<TOUT>;

fn finish(sum: f32, channel: u32, i: u32) {
  var value = sum;
  if (BIAS) { value += f32(bias[channel]); }
  if (ONTO) { value += f32(out[i]); }
  if (RECTIFIED) {
    let given = f32(rectifier[i]);
    value = select(value, 0.0, given <= 0.0 || (SIX && given >= 6.0));
  }
  out[i] = TOUT(activate(value));
}
