import type { OpAttrs } from "../../graph/network_graph.ts";
import type { KerasRole } from "../weights.ts";
import { expectRank, type LayerRule, layerTensors, unsupported, withWeights } from "./context.ts";
import { filled, isChannelAxis } from "./dense_norm.ts";

const ELSEWHERE = "it normalises along another axis than the channels";

/** LayerNormalization, of each place over its channels or features. */
export const layerNormalization: LayerRule = (use, context) => {
  const { fields } = use;
  if (!isChannelAxis(fields.value("axis") ?? -1, use, context)) {
    return unsupported(use, context, ELSEWHERE);
  }
  if (fields.flag(false, "rms_scaling")) {
    return unsupported(use, context, "it scales by the root mean square, but adds its bias");
  }
  return normalization("layerNorm", (numFeatures) => ({ numFeatures, eps: epsilonOf(use) }))(
    use,
    context,
  );
};

/** RMSNormalization (Keras 3.9): its one tensor is called scale. */
export const rmsNormalization: LayerRule = (use, context) => {
  if (!isChannelAxis(use.fields.value("axis") ?? -1, use, context)) {
    return unsupported(use, context, ELSEWHERE);
  }
  return withWeights(use, context, (earlier) => {
    const { scale } = layerTensors(use, context, ["scale"]);
    expectRank(use, context, scale, 1);
    const attrs = { numFeatures: scale.shape[0], eps: use.fields.number(1e-6, "epsilon") };
    return context.builder.add(
      "rmsNorm",
      use.name,
      use.inputs,
      attrs,
      earlier ?? { weight: scale },
    );
  });
};

/** GroupNormalization: −1 groups are as many as channels. */
export const groupNormalization: LayerRule = (use, context) =>
  grouped(use.fields.number(32, "groups"))(use, context);

/** InstanceNormalization, which was an addon: group norm of single channels. */
export const instanceNormalization: LayerRule = (use, context) => grouped(-1)(use, context);

const grouped =
  (groups: number): LayerRule =>
  (use, context) => {
    const [channels] = use.inputs[0]?.shape ?? [];
    if (!isChannelAxis(use.fields.value("axis") ?? -1, use, context)) {
      return unsupported(use, context, ELSEWHERE);
    }
    const numGroups = groups === -1 ? (channels ?? 1) : groups;
    return normalization("groupNorm", (numChannels) => ({
      numGroups,
      numChannels,
      eps: epsilonOf(use),
    }))(use, context);
  };

const epsilonOf = ({ fields }: Parameters<LayerRule>[0]) => fields.number(1e-3, "epsilon");

/** Where Keras leaves out one of gamma and beta, ones or zeros take its place. */
function normalization<K extends "layerNorm" | "groupNorm">(
  op: K,
  attrsFor: (length: number) => OpAttrs[K],
): LayerRule {
  return (use, context) => {
    const { fields, inputs, name } = use;
    const hasGamma = fields.flag(true, "scale");
    const hasBeta = fields.flag(true, "center");
    const roles: KerasRole[] = [
      ...(hasGamma ? ["gamma" as const] : []),
      ...(hasBeta ? ["beta" as const] : []),
    ];
    return withWeights(use, context, (earlier) => {
      const { gamma, beta }: Partial<ReturnType<typeof layerTensors>> = layerTensors(
        use,
        context,
        roles,
      );
      const known = gamma ?? beta;
      if (known) expectRank(use, context, known, 1);
      const length = known?.shape[0] ?? inputs[0]?.shape?.[0] ?? 1;
      const own = known && {
        weight: gamma ?? filled(known, 1),
        bias: beta ?? filled(known, 0),
      };
      return context.builder.add(op, name, inputs, attrsFor(length), earlier ?? own ?? {});
    });
  };
}
