import { resolveWindow, type Sides } from "../../../base/index.ts";
import type { NodeOf, Shape } from "../../graph/network_graph.ts";
import { poolSides, type WindowAttrs } from "../../graph/windows.ts";
import { type Attributes, int, ints, type OnnxGraphWriter, string } from "./graph.ts";

/** ONNX lists the beginnings first, then the ends. */
function pads([top, bottom, left, right]: Sides) {
  return { pads: ints([top, left, bottom, right]) };
}

function basics({ kernelSize, stride }: WindowAttrs): Attributes {
  return { kernel_shape: ints(kernelSize), strides: ints(stride) };
}

/** Kernel, strides and padding. Where the size is known, "same" is spelled out: all readers agree on numbers. */
export function windowAttributes(window: WindowAttrs, [, height, width]: Shape): Attributes {
  if (window.padding !== "same") return { ...basics(window), ...pads(window.padding) };
  if (!height || !width) return { ...basics(window), auto_pad: string("SAME_UPPER") };
  return { ...basics(window), ...pads(resolveWindow("window", [height, width], window).pads) };
}

/**
 * A pool. PyTorch leaves out a last window that begins behind the input, and doesn't count what only the ceiling mode
 * adds; readers of ONNX differ on both. So the ceiling is spelled out as padding where the size is known.
 */
export function poolNode(
  node: NodeOf<"maxPool2d"> | NodeOf<"avgPool2d">,
  writer: OnnxGraphWriter,
): void {
  const { name, attrs, inputs } = node;
  const shape = writer.inputShape(node);
  const own = windowAttributes(attrs, shape);
  const kind: Attributes =
    "countIncludePad" in attrs
      ? { count_include_pad: int(attrs.countIncludePad ? 1 : 0) }
      : { dilations: ints(attrs.dilation) };
  const op = node.op === "maxPool2d" ? "MaxPool" : "AveragePool";
  const [, height, width] = shape;
  const ceiling = attrs.ceilMode && height && width ? poolSides(attrs, [height, width]) : undefined;
  if (!ceiling) {
    const ceil: Attributes = attrs.ceilMode ? { ceil_mode: int(1) } : {};
    writer.add(op, name, inputs, { ...own, ...kind, ...ceil });
    return;
  }
  const counts = "countIncludePad" in attrs && attrs.countIncludePad;
  if (!counts) {
    writer.add(op, name, inputs, { ...basics(attrs), ...pads(ceiling.all), ...kind });
    return;
  }
  // What counts is padded before, what doesn't by the pool.
  const [top, bottom, left, right] = ceiling.own;
  const zeros = writer.integers(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
  const padded = writer.add("Pad", `${name}/padded`, [inputs[0], zeros], {
    mode: string("constant"),
  });
  const added: Sides = [0, ceiling.all[1] - bottom, 0, ceiling.all[3] - right];
  writer.add(op, name, [padded], { ...basics(attrs), ...pads(added), count_include_pad: int(0) });
}
