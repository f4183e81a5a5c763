import { type Fail, layerNamed, messageOf, printable } from "../errors.ts";
import type { TensorToWrite } from "../types.ts";
import type { GraphNode, NetworkGraph, Shape, WeightRole } from "./network_graph.ts";
import { inferShapes } from "./shapes.ts";

/** A tensor to be written, in PyTorch's layout. Of type f16 and i8, it is floats that are to be rounded to that. */
export type SourceTensor = Pick<TensorToWrite, "shape" | "dtype" | "data">;

/** The tensors of a graph by the names that it gives. */
export type WeightsToWrite = ReadonlyMap<string, SourceTensor>;

/** Why a layer can't be written that was given in place of a file's. */
export const GIVEN = "it was given as a module, whose code no file can hold";

/** The tensor's elements as float32. */
export function floatsOf({ data }: SourceTensor): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from<number | bigint>(data, Number);
}

/**
 * A node's tensor, undefined where it has none of this role.
 *
 * @throws the error of `fail` when it is missing among the weights.
 */
export function weightOf(
  node: GraphNode,
  role: WeightRole,
  weights: WeightsToWrite,
  fail: Fail,
): SourceTensor | undefined {
  const name = node.weights[role];
  if (name === undefined) return undefined;
  const tensor = weights.get(name);
  if (tensor) return tensor;
  throw fail(
    layerNamed(node.name),
    `its tensor "${printable(name)}" is missing among the weights`,
    "Pass the state dict of the same model",
  );
}

/** @returns the shape of every value. @throws the error of `fail` when the layers don't fit each other. */
export function shapesOf(graph: NetworkGraph, fail: Fail): Map<string, Shape> {
  try {
    return inferShapes(graph);
  } catch (error) {
    throw fail("architecture", messageOf(error));
  }
}
