import type { Shape } from "./network_graph.ts";

/** Layers that are given by whoever reads a file, in place of some of the file's own. */
export interface GivenLayers {
  /**
   * Asked of every layer. @returns what the layer that is given goes by; undefined where the file's own is to be taken.
   *
   * @param type as the file calls it.
   */
  readonly keyOf: (name: string, type: string) => string | undefined;
  /**
   * @returns the shape that a given layer makes of its inputs', without the batch.
   * @throws Error when it can't take them.
   */
  readonly shapeOf: (key: string, inputs: readonly Shape[]) => Shape;
}
