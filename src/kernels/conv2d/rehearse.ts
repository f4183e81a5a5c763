import { fill } from "../layout/fill.ts";
import { persistently } from "../scope.ts";
import type { Rehearsal } from "../variants/rehearsal.ts";
import type { Convolution, ConvVariant } from "./conv_variant.ts";
import { convText, inputShape, outputShape, weightShape } from "./shape.ts";

/** How the ways to compute a pass can be timed: on arrays filled with halves. */
export function rehearsalOf({ pass, shape, epilogue }: Convolution): Rehearsal<ConvVariant> {
  const halves = (dims: number[]) => persistently(() => fill(dims, 0.5));
  return {
    operation: `conv2d ${pass}`,
    shape: convText(shape),
    start() {
      const x = halves(inputShape(shape));
      const weight = halves(weightShape(shape));
      const dy = halves(outputShape(shape));
      const bias = epilogue.bias ? halves([shape.outChannels]) : null;
      const { activation } = epilogue;
      return {
        run({ variant }) {
          if (pass === "forward") return variant.forward(x, weight, shape, { bias, activation });
          if (pass === "input") return variant.inputGradient(dy, weight, shape, () => ({}));
          return variant.weightGradient(x, dy, shape);
        },
        stop() {
          for (const array of [x, weight, dy, bias]) array?.release();
        },
      };
    },
  };
}
