// Walks over arrays of up to six dimensions. Sizes, strides and coordinates are listed from the innermost dimension
// on, with the outermost one always at place 5 (`innerFirst` in src/kernels/elementwise/broadcast.ts); a stride is 0
// along a dimension that is repeated. `inner` is the vec4 of places 0 to 3, `outer` that of 4 and 5. Written out,
// because dynamic indices into uniforms are slow on software adapters, and so are whole arrays as arguments.
const RANK: u32 = 0u; // 0: one dimension, read in order

struct Coordinates {
  inner: vec4<u32>, // places 0 to 3
  outer: vec2<u32>, // 4 and 5
}

// Where element i of an array of these sizes lies.
fn coordinates_of(i: u32, inner: vec4<u32>, outer: vec4<u32>) -> Coordinates {
  var rest = i;
  var at = Coordinates();
  if (RANK > 1u) {
    let next = rest / inner.x;
    at.inner.x = rest - next * inner.x;
    rest = next;
  }
  if (RANK > 2u) {
    let next = rest / inner.y;
    at.inner.y = rest - next * inner.y;
    rest = next;
  }
  if (RANK > 3u) {
    let next = rest / inner.z;
    at.inner.z = rest - next * inner.z;
    rest = next;
  }
  if (RANK > 4u) {
    let next = rest / inner.w;
    at.inner.w = rest - next * inner.w;
    rest = next;
  }
  if (RANK > 5u) {
    let next = rest / outer.x;
    at.outer.x = rest - next * outer.x;
    rest = next;
  }
  at.outer.y = rest;
  return at;
}

// How far from the start of an array with these strides that is.
fn offset_at(at: Coordinates, inner: vec4<u32>, outer: vec4<u32>) -> u32 {
  var offset = at.outer.y * outer.y;
  if (RANK > 1u) { offset += at.inner.x * inner.x; }
  if (RANK > 2u) { offset += at.inner.y * inner.y; }
  if (RANK > 3u) { offset += at.inner.z * inner.z; }
  if (RANK > 4u) { offset += at.inner.w * inner.w; }
  if (RANK > 5u) { offset += at.outer.x * outer.x; }
  return offset;
}

// Where two operands a and b hold what element i of a result is made of.
fn pair_at(
  i: u32, inner: vec4<u32>, outer: vec4<u32>,
  a_inner: vec4<u32>, a_outer: vec4<u32>, b_inner: vec4<u32>, b_outer: vec4<u32>,
) -> vec2<u32> {
  if (RANK == 0u) { return vec2(i); }
  let at = coordinates_of(i, inner, outer);
  return vec2(offset_at(at, a_inner, a_outer), offset_at(at, b_inner, b_outer));
}
