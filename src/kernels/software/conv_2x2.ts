/** 3 × 3 convolutions of maps of 2 × 2 pixels, the last ones of a VGG at 32 × 32: no tap that lies outside is multiplied. */
import forwardSource from "../../../shaders/conv2d/conv_2x2_forward.wgsl";
import inputGradientSource from "../../../shaders/conv2d/conv_2x2_input_gradient.wgsl";
import weightGradientSource from "../../../shaders/conv2d/conv_2x2_weight_gradient.wgsl";
import type { Device, KernelSource, launch, linearGrid, specialize } from "../../gpu/index.ts";
import type { allocate, NDArray } from "../array.ts";
import type { ConvKernels, ConvShape } from "../conv2d/shape.ts";

export const conv2x2Sources = [forwardSource, inputGradientSource, weightGradientSource];

/** Lanes of a workgroup: whole quads, which exchange values. */
const LANES = 16;

export function conv2x2Covers(device: Device, shape: ConvShape): boolean {
  const { channels, height, width, groups, window } = shape;
  const { kernel, stride, dilation, pads } = window;
  const all = (values: readonly number[], n: number) => values.every((value) => value === n);
  return (
    device.features.has("subgroups") &&
    all([height, width], 2) &&
    all(kernel, 3) &&
    all([...stride, ...dilation, ...pads, groups], 1) &&
    channels % 4 === 0
  );
}

/** Handed in, since importing it would make bundlers cut what pages on a GPU load in two. */
export interface Engine {
  readonly allocate: typeof allocate;
  readonly launch: typeof launch;
  readonly linearGrid: typeof linearGrid;
  readonly specialize: typeof specialize;
}

/** Where `conv2x2Covers`. */
export function conv2x2(engine: Engine): ConvKernels {
  /** What a workgroup's lanes lie along, and how many such rows of workgroups there are. */
  const run = (
    source: KernelSource,
    constants: Readonly<Record<string, string | boolean>>,
    tensors: Readonly<Record<string, NDArray>>,
    { batch, channels, outChannels }: ConvShape,
    [along, rows]: readonly [along: number, rows: number],
  ) => {
    const tiles = Math.ceil(along / LANES);
    engine.launch(
      engine.specialize(source, { ...constants, LANES }),
      tensors,
      { batch, groups_c: channels / 4, out_channels: outChannels, tiles },
      engine.linearGrid(tiles * Math.ceil(rows), 1),
    );
  };
  return {
    forward(x, weight, shape, { bias = null, activation = "none" }) {
      const { batch, outChannels: O } = shape;
      const out = engine.allocate([batch, O, 2, 2], x.dtype);
      const constants = { T: x.dtype, BIAS: bias !== null, RELU: activation === "relu" };
      run(forwardSource, constants, { x, weight, bias: bias ?? x, out }, shape, [O, batch / 8]);
      return out;
    },

    inputGradient(dy, weight, shape) {
      const { batch, channels: C } = shape;
      const dx = engine.allocate([batch, C, 2, 2], dy.dtype);
      run(inputGradientSource, { T: dy.dtype }, { dy, weight, dx }, shape, [C / 4, batch / 4]);
      return dx;
    },

    weightGradient(x, dy, shape) {
      const { channels: C, outChannels: O } = shape;
      const dw = engine.allocate([O, C, 3, 3], x.dtype);
      run(weightGradientSource, { T: x.dtype }, { x, dy, dw }, shape, [C / 4, O / 4]);
      return dw;
    },
  };
}
