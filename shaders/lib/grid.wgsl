// Which piece of the work a thread or a workgroup has. `linearGrid` (src/gpu/launch.ts) folds a grid that is too long for one
// dimension into two; these unfold it.
const WORKGROUP: u32 = 64u; // threads, unless specialised

// A thread's number, in a grid of single threads.
fn linear_index(gid: vec3<u32>, groups: vec3<u32>) -> u32 {
  return gid.x + gid.y * groups.x * WORKGROUP;
}

// A workgroup's number, in a grid of workgroups.
fn group_index(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
