export { conv2dForward, type ForwardOptions } from "./forward.ts";
export { conv2dInputGradient } from "./input_gradient.ts";
export {
  type Conv2dOptions,
  type ConvShape,
  convShape,
  inputShape,
  outputShape,
  weightShape,
} from "./shape.ts";
export { conv2dWeightGradient } from "./weight_gradient.ts";
