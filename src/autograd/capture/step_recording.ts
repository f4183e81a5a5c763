import type { Tensor } from "../tensor.ts";
import { Dependencies } from "./dependencies.ts";
import { GradientLog } from "./gradient_log.ts";
import type { Read, Recording } from "./recording.ts";

/** What a captured step's function does beside launching kernels: which gradients it sets, and what it depends on. */
export class StepRecording implements Recording {
  readonly dependencies = new Dependencies();
  readonly gradients = new GradientLog();
  /** Made by the step itself, anew in each run. */
  readonly #own = new WeakSet<Tensor>();
  readonly #nodes: { free(byCapture: boolean): void }[] = [];

  onCreate(tensor: Tensor): void {
    this.#own.add(tensor);
  }

  onAccess(tensor: Tensor): void {
    if (!this.#own.has(tensor))
      this.dependsOn(tensor, () => [tensor.requiresGrad, tensor.identity]);
  }

  onSetGrad(tensor: Tensor): boolean {
    return this.#own.has(tensor) || this.gradients.set(tensor);
  }

  onUseGrad(leaf: Tensor): void {
    if (!this.#own.has(leaf)) this.gradients.use(leaf);
  }

  onAskGrad(leaf: Tensor): void {
    if (this.#own.has(leaf) || this.gradients.touches(leaf)) return;
    this.dependsOn(this.gradients.keyOf(leaf), () => [leaf.ownGrad === null]);
  }

  onNode(node: { free(byCapture: boolean): void }): void {
    this.#nodes.push(node);
  }

  dependsOn(key: object, read: Read): void {
    this.dependencies.add(key, read);
  }

  /** After the function: what it left behind is noted, and gradients are put back, since nothing has run yet. */
  finish(): void {
    for (const node of this.#nodes) node.free(true);
    this.#nodes.length = 0;
    this.gradients.finish();
  }
}
