// Which piece of the work a thread or a workgroup has. `linearGrid` (src/gpu/launch.ts) folds a grid that is too
// long for one dimension into two; these unfold it.
const WORKGROUP: u32 = 64u; // threads, unless specialised

// What a kernel whose threads work alone asks to know.
struct Thread {
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
}

// A thread's number.
fn linear_index(thread: Thread) -> u32 {
  return thread.id.x + thread.id.y * thread.groups.x * WORKGROUP;
}

// What a kernel whose workgroups work together asks to know, beside a thread's place in its own.
struct Group {
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
}

// A workgroup's number.
fn group_index(group: Group) -> u32 {
  return group.id.x + group.id.y * group.groups.x;
}
