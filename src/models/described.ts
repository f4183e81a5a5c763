import type { NetworkGraph } from "../formats/index.ts";
import { CONVENTIONS, type InputConvention } from "./conventions.ts";
import { fromArchitecture } from "./graph/from_architecture.ts";
import type { ModelSpec } from "./spec.ts";

/** What a network is called that its own file describes. */
export const FROM_FILE = "from file";

/**
 * The network that a file describes, for square images of the size it says.
 *
 * @param like how pictures are prepared for a network that it resembles, since files tell only of layers that rescale.
 *   Default: stretched to the size, and scaled to 0..1 unless the network does so itself.
 * @throws Error when it takes something else than square images.
 */
export function describedSpec(graph: NetworkGraph, like?: InputConvention): ModelSpec {
  const [channels, height, width] = graph.inputShape;
  if (!channels || graph.inputShape.length !== 3) {
    throw new Error(
      `the file describes a network for inputs [${graph.inputShape}], not for images`,
    );
  }
  if (height !== width) {
    throw new Error(
      `the file's network takes images of ${width}×${height}; only square ones can be fed`,
    );
  }
  return {
    name: FROM_FILE,
    build: () => fromArchitecture(graph),
    input: {
      ...(like ?? { resize: "stretch", antialias: true }),
      ...(takesBytes(graph) ? CONVENTIONS.bytes : (like ?? CONVENTIONS.unit)),
      size: height ?? 224,
      channels,
    },
    minSize: height ?? 1,
    maxSize: height ?? undefined,
    hidden: [],
  };
}

/**
 * Whether its first layer scales pixels of 0..255, as Keras' Rescaling and Normalization do; a first layer may also
 * scale what is in 0..1 already.
 */
function takesBytes({ nodes }: NetworkGraph): boolean {
  const input = nodes.find(({ op }) => op === "input");
  return nodes.some(({ op, attrs, inputs }) => {
    if (op !== "rescale" || inputs[0] !== input?.name) return false;
    return attrs.scale.every((s) => Math.abs(s) < 0.1) || attrs.offset.every((o) => o < -10);
  });
}
