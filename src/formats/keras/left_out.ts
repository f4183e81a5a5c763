/** What files hold beside weights, and what is said of it: one sentence for each kind. */

export function optimizerNote(count: number): string {
  return `The optimizer's state (${count} tensors) was left out.`;
}

export function metricsNote(count: number): string {
  return `What metrics and the like have counted (${count} tensors) was left out.`;
}

export function generatorsNote(count: number): string {
  return `The state of ${count} random number generators (of dropout and the like) was left out.`;
}
