// Pairs (key, place) in the order of their keys, equal ones in that of their places: all pairs differ, so that any way to
// sort them gives the same result, and a stable one.
struct Step {
  @align(16) size: u32, // pairs in a row, a power of two
  stage: u32, // pairs in a run of the bitonic sort that is being merged
}

fn is_after(p: vec2<u32>, q: vec2<u32>) -> bool {
  return p.x > q.x || (p.x == q.x && p.y > q.y);
}

// The lower of the two places of comparison number i, which are `distance` apart (a power of two).
fn lower_place(i: u32, distance: u32) -> u32 {
  return 2u * i - (i & (distance - 1u));
}

// Whether the pairs around a place are to be exchanged: runs go up and down by turns, the last one of a row up.
fn is_wrong(low: vec2<u32>, high: vec2<u32>, place: u32, step: Step) -> bool {
  let descends = (place & (step.size - 1u) & step.stage) != 0u;
  return is_after(low, high) != descends;
}
