import { epilogueText } from "../epilogue.ts";
import { VariantList } from "../variants/list.ts";
import type { Convolution, ConvVariant } from "./conv_variant.ts";
import { depthwise } from "./depthwise.ts";
import { implicit } from "./implicit/implicit.ts";
import { convText } from "./shape.ts";

function keyOf({ pass, shape, isFrozen, epilogue }: Convolution): string {
  return `${pass} ${isFrozen ? "frozen " : ""}${convText(shape)} ${epilogueText(epilogue)}`;
}

/** Ways to compute convolutions. */
export const convolutions = new VariantList<Convolution, ConvVariant>({
  name: "conv2d",
  key: keyOf,
  variants: [depthwise, implicit],
});
