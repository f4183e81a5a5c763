import {
  type Attributes,
  type FileNode,
  listInput,
  type NodeCall,
  type NodeContext,
  type NodeRule,
} from "../../graph/nodes/context.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "../schema.ts";

/** A node of an ONNX graph. */
export interface OperatorNode extends FileNode {
  readonly domain: string;
  readonly attributes: OnnxAttributes;
}

export type OnnxCall = NodeCall<OperatorNode>;
export type OnnxContext = NodeContext<OperatorNode>;
export type OnnxRule = NodeRule<OperatorNode>;

export function operatorNode({
  name,
  op,
  domain,
  inputs,
  outputs,
  attributes,
}: OnnxNode): OperatorNode {
  return {
    name: name || (outputs[0] ?? ""),
    op,
    domain,
    inputs,
    outputs,
    attributes: new OnnxAttributes(attributes),
  };
}

export class OnnxAttributes implements Attributes {
  readonly #byName: ReadonlyMap<string, OnnxAttribute>;

  constructor(attributes: readonly OnnxAttribute[]) {
    this.#byName = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  number(name: string, fallback: number): number {
    const attribute = this.#byName.get(name);
    if (!attribute) return fallback;
    // A float and an integer lie in different fields, and only one of them is set.
    return attribute.f !== 0 ? attribute.f : attribute.i;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.number(name, fallback ? 1 : 0) === 1;
  }

  text(name: string, fallback: string): string {
    return this.#byName.get(name)?.s ?? fallback;
  }

  integers(name: string): readonly number[] | undefined {
    return this.#byName.get(name)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#byName.get(name)?.floats;
  }

  tensor(name: string): OnnxTensor | undefined {
    return this.#byName.get(name)?.tensor;
  }
}

/** A setting that is an attribute in older versions of an operator and an input in newer ones. */
export function integersOf(
  call: OnnxCall,
  attribute: string,
  index: number,
): readonly number[] | undefined {
  return call.node.attributes.integers(attribute) ?? listInput(call, index);
}

/** The order that a Transpose gives its axes; PyTorch counts some from the last (`movedim`). Undefined where it reverses them. */
export function orderOf({ attributes }: OperatorNode): number[] | undefined {
  const axes = attributes.integers("perm");
  return axes?.map((axis) => (axis < 0 ? axis + axes.length : axis));
}
