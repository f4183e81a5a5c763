// What cross-entropy and its gradient read: logits x [outer, classes, inner], and as targets class labels or
// (PROBABILITIES) the probabilities of classes, with a weight a class if WEIGHTED.
alias T = f32;
alias L = i32;
const PROBABILITIES: bool = false;
const WEIGHTED: bool = false;
const LOG_INPUT: bool = false; // x holds log-probabilities already

struct Targets {
  @align(16) classes: u32,
  inner: u32,
  ignore: i32, // the label of rows that don't count
  keep: f32, // 1 − ε and ε / classes, with label smoothing ε
  spread: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> labels: array<L>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;

fn class_weight(c: u32) -> f32 {
  if (WEIGHTED) { return weight[c]; }
  return 1.0;
}
