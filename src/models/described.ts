import { type NetworkGraph, TEACHABLE_MACHINE, type WeightFile } from "../formats/index.ts";
import { assumedText, CONVENTIONS, type InputConvention } from "./conventions.ts";
import { fromArchitecture } from "./graph/from_architecture.ts";
import type { Replacements } from "./graph/given_layers.ts";
import { specOf } from "./recognise.ts";
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
export function describedSpec(
  graph: NetworkGraph,
  like?: InputConvention,
  replace?: Replacements,
): ModelSpec {
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
    build: () => fromArchitecture(graph, { replace }),
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

/** What is assumed of the pixels of a network that a file describes, as a sentence; null where the file tells. */
export function assumptionOf(graph: NetworkGraph, like: Likeness | null): string | null {
  if (like?.isSaid || takesBytes(graph)) return null;
  const { input } = describedSpec(graph, like?.input);
  return assumedText(input, like ? `as in ${like.name}` : "as most have it");
}

/** A network whose pictures are prepared in the same way. */
export interface Likeness {
  /** Such as "mobilenet_v1". */
  readonly name: string;
  readonly input: InputConvention;
  /** Whether the file says so itself. */
  readonly isSaid: boolean;
}

/**
 * What a file that describes its network is like: made by Teachable Machine, or with the tensors of a known network, as
 * Keras' own MobileNet. Null where nothing tells.
 */
export function likenessOf(file: WeightFile, specs?: readonly ModelSpec[]): Likeness | null {
  if (file.metadata.packageName === TEACHABLE_MACHINE) {
    return { name: "Teachable Machine", input: teachableMachineInput(), isSaid: true };
  }
  const { spec } = specOf(file, specs) ?? {};
  return spec ? { name: spec.name, input: spec.input, isSaid: false } : null;
}

/** The picture's centre, over 127 and less 1, as its `capture` has it. */
const teachableMachineInput = (): InputConvention => ({
  ...{ order: "rgb", scale: 1 / 127, mean: [1], std: [1] },
  ...{ size: 224, channels: 3, resize: "crop", antialias: true },
});

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
