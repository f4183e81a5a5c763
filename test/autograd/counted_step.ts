import { capture, type Tensor, tensor } from "../../src/autograd/index.ts";
import { nn } from "../../src/index.ts";

/** Numbers from −1 to 1 that all differ. */
export const ramp = (shape: number[], seed = 0) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(1.3 * i + seed),
    ),
    { shape },
  );

/** A step, captured, and how often it was recorded. */
export function counted<Result>(fn: (x: Tensor) => Result) {
  const count = { recordings: 0 };
  const step = capture((x: Tensor) => {
    count.recordings++;
    return fn(x);
  });
  return { step, count };
}

export const small = () =>
  new nn.Sequential(new nn.Linear(4, 5), new nn.ReLU(), new nn.Linear(5, 2));
