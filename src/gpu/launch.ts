import type { Kernel } from "./kernel.ts";
import { packParams } from "./params.ts";
import type { Profiler } from "./profiler.ts";
import { currentRecorder, type LaunchParams } from "./replay/recorder.ts";
import type { Storage } from "./storage.ts";
import type { Groups } from "./stream.ts";

/** Anything that stands on a storage: a kernel array, a tensor. */
export interface HasStorage {
  readonly storage: Storage;
}

/**
 * Runs (or, inside capture, records) one dispatch. Tensors and parameters are bound by the names
 * they have in the WGSL file.
 *
 * @param params a function is asked again at each replay of a captured step: what changes from
 *   step to step (a learning rate, a random counter) must be passed that way.
 * @throws Error naming a missing or unknown tensor or parameter, or a workgroup count over the limit.
 */
export function launch(
  kernel: Kernel,
  tensors: Readonly<Record<string, HasStorage>>,
  params: LaunchParams,
  groups: Groups,
): void {
  const storages = bindStorages(kernel, tensors);
  const { device } = storages[0]!;
  device.assertUsable();
  checkGroups(kernel, groups, device.limits.maxComputeWorkgroupsPerDimension);
  const recorder = currentRecorder();
  if (recorder) {
    recorder.onLaunch({ kernel, storages, params, groups });
    return;
  }
  noteWrites(kernel, storages);
  const pipeline = device.pipelines.get(kernel);
  const { stream } = device;
  const buffers = storages.map((storage) => storage.buffer);
  // Before room for parameters is reserved: making a bind group may submit what is pending.
  const bindGroup = device.bindGroups.get(pipeline, buffers);
  let offset: number | null = null;
  if (kernel.params) {
    const values = typeof params === "function" ? params() : params;
    offset = stream.reserve(kernel.params.size);
    packParams(kernel, values, stream.view, offset);
  }
  if (device.profiler) noteLaunch(device.profiler, kernel, storages);
  stream.dispatch(pipeline, bindGroup, offset, groups, buffers);
}

function noteLaunch(profiler: Profiler, kernel: Kernel, storages: readonly Storage[]): void {
  profiler.note(
    kernel,
    storages.reduce((sum, { bytes }) => sum + bytes, 0),
  );
}

/**
 * Host work that belongs to a step (counting it, drawing its random counter): runs now, or, while
 * a step is recorded, at the start of every replay.
 */
export function eachRun(work: () => void): void {
  const recorder = currentRecorder();
  if (recorder) recorder.hooks.push(work);
  else work();
}

function noteWrites({ bindings }: Kernel, storages: readonly Storage[]): void {
  let i = 0;
  for (const { access } of bindings) {
    if (access === "uniform") continue;
    if (access === "read_write") storages[i]!.version++;
    i++;
  }
}

function bindStorages(kernel: Kernel, tensors: Readonly<Record<string, HasStorage>>): Storage[] {
  const storages: Storage[] = [];
  for (const { name, access } of kernel.bindings) {
    if (access === "uniform") continue;
    const tensor = tensors[name];
    if (!tensor) throw new Error(`${kernel.name}: tensor ${name} is missing`);
    storages.push(tensor.storage);
  }
  const given = Object.keys(tensors);
  if (given.length !== storages.length) {
    const unknown = given.filter(
      (name) => !kernel.bindings.some((binding) => binding.name === name),
    );
    throw new Error(`${kernel.name}: unknown tensor ${unknown.join(", ")}`);
  }
  return storages;
}

function checkGroups(kernel: Kernel, groups: Groups, limit: number): void {
  if (groups.every((count) => count >= 1 && count <= limit && Number.isInteger(count))) return;
  throw new Error(
    `${kernel.name}: workgroup counts ${groups.join("×")} must be whole numbers from 1 to ${limit}; linearGrid makes such`,
  );
}

/**
 * A grid for `items` threads of a one-dimensional kernel, folded into two dimensions beyond
 * 65,535 workgroups. The kernel's index is
 * `gid.x + gid.y * (groupsInX * WORKGROUP)`, with `num_workgroups.x` as groupsInX.
 */
export function linearGrid(items: number, workgroup = 64, limit = 65535): Groups {
  const total = Math.max(1, Math.ceil(items / workgroup));
  if (total <= limit) return [total, 1, 1];
  const y = Math.ceil(total / limit);
  return [Math.ceil(total / y), y, 1];
}
