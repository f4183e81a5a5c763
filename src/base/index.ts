export { messageOf } from "./errors.ts";
export { fingerprint } from "./fingerprint.ts";
export {
  type HW,
  outputSize,
  resolveWindow,
  type Sides,
  type Window,
  type WindowOptions,
} from "./geometry.ts";
export { bfloatFromFloats, floatsFromBfloat, floatsFromHalf, halfFromFloats } from "./half.ts";
export { checkOptions } from "./options.ts";
export { pause } from "./pause.ts";
export { type Resizing, type Sampling, samplingOf, scaledSize } from "./resizing.ts";
export { type Shape, sameShape, shapeText, sizeOf, stridesOf } from "./shape.ts";
export { Task } from "./task.ts";
