// Puts the lists of gather_lists.wgsl in ascending order, one thread per list, so that sums along them are always made in
// the same order. A list of m places is sorted by insertion, m² steps at most; where m² is more than the number of all
// places of the line, these are gone through from the last to the first instead. So p places cost √p · p steps at most.
// Uses: grid, indexing.
alias I = i32;

struct Params {
  shape: Indexing,
  n: u32, // lines · length
}

@group(0) @binding(0) var<storage, read> indices: array<I>;
@group(0) @binding(1) var<storage, read_write> first: array<u32>;
@group(0) @binding(2) var<storage, read_write> next: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

// Whether a list is longer than √count.
fn is_long(head: u32, places: u32) -> bool {
  var m = 0u;
  for (var j = head; j != 0u; j = next[places + j - 1u]) {
    m++;
    if (m * m > params.shape.count) { return true; }
  }
  return false;
}

// The head of the list, sorted by insertion.
fn insert_all(head: u32, places: u32) -> u32 {
  var sorted = 0u;
  var j = head;
  while (j != 0u) {
    let rest = next[places + j - 1u];
    if (sorted == 0u || j < sorted) {
      next[places + j - 1u] = sorted;
      sorted = j;
    } else {
      var before = sorted;
      var after = next[places + before - 1u];
      while (after != 0u && after < j) {
        before = after;
        after = next[places + before - 1u];
      }
      next[places + j - 1u] = after;
      next[places + before - 1u] = j;
    }
    j = rest;
  }
  return sorted;
}

// The head of a list of all places that name r.
fn collect(r: u32, line: u32, places: u32) -> u32 {
  let shape = params.shape;
  let at = first_index(line / shape.inner, line % shape.inner, shape);
  var head = 0u;
  for (var j = shape.count; j > 0u; j--) {
    if (u32(indices[at + (j - 1u) * shape.index_stride_j]) == r) {
      next[places + j - 1u] = head;
      head = j;
    }
  }
  return head;
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let n = linear_index(thread);
  if (n >= params.n) { return; }
  let line = n / params.shape.length;
  let places = line * params.shape.count;
  let head = first[n];
  if (is_long(head, places)) {
    first[n] = collect(n % params.shape.length, line, places);
  } else {
    first[n] = insert_all(head, places);
  }
}
