import { samplingOf, scaledSize } from "../../src/base/index.ts";
import type { NodeOf } from "../../src/formats/index.ts";
import type { Plane } from "./interpret.ts";

// Ops that resize a map or put its elements in other places, by their definitions.

type Sides = readonly [number, number, number];

/** A map whose elements are told by channel, row and column. */
function plane(shape: Sides, at: (c: number, y: number, x: number) => number): Plane {
  const [channels, height, width] = shape;
  const data = Float64Array.from({ length: channels * height * width }, (_, i) =>
    at(Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width),
  );
  return { shape, data };
}

const reader =
  ({ shape: [, height, width], data }: Plane) =>
  (c: number, y: number, x: number) =>
    data[(c * height + y) * width + x];

/** Each pixel stamps the kernel onto the result. */
export function convTranspose2d(
  { attrs }: NodeOf<"convTranspose2d">,
  x: Plane,
  weight: Float64Array,
  bias?: Float64Array,
): Plane {
  const { stride, dilation, kernelSize, outputPadding, padding, groups, outChannels } = attrs;
  const sides = [0, 1].map((axis) => {
    const reach = dilation[axis] * (kernelSize[axis] - 1) + 1;
    const pads = padding[2 * axis] + padding[2 * axis + 1];
    return (x.shape[axis + 1] - 1) * stride[axis] + reach + outputPadding[axis] - pads;
  });
  const out = plane([outChannels, sides[0], sides[1]], (c) => bias?.[c] ?? 0);
  const [perGroup, [kh, kw]] = [outChannels / groups, kernelSize];
  const [, height, width] = x.shape;
  x.data.forEach((value, i) => {
    const channel = Math.floor(i / (height * width));
    const group = Math.floor(channel / (attrs.inChannels / groups));
    for (let k = 0; k < perGroup * kh * kw; k++) {
      const row = Math.floor(k / kw) % kh;
      const y = (Math.floor(i / width) % height) * stride[0] - padding[0] + row * dilation[0];
      const at = (i % width) * stride[1] - padding[2] + (k % kw) * dilation[1];
      if (y < 0 || y >= sides[0] || at < 0 || at >= sides[1]) continue;
      const o = group * perGroup + Math.floor(k / (kh * kw));
      out.data[(o * sides[0] + y) * sides[1] + at] +=
        value * weight[channel * perGroup * kh * kw + k];
    }
  });
  return out;
}

const ROUNDINGS = {
  floor: Math.floor,
  ceil: Math.ceil,
  preferFloor: (at: number) => Math.ceil(at - 0.5),
  preferCeil: (at: number) => Math.floor(at + 0.5),
};

export function resize({ attrs }: NodeOf<"resize">, x: Plane): Plane {
  const [channels, ...sides] = x.shape;
  const out = attrs.size ?? sides.map((side, axis) => scaledSize(side, attrs.scale?.[axis] ?? 1));
  const pixels = (axis: 0 | 1, o: number): [number, number][] => {
    const side = sides[axis];
    const scale = attrs.scale?.[axis];
    const { step, before, after } = samplingOf(attrs.coordinates, side, out[axis], scale);
    const inside = (at: number) => Math.min(Math.max(at, 0), side - 1);
    const place = (o + before) * step + after;
    if (attrs.mode === "nearest") return [[inside(ROUNDINGS[attrs.rounding](place)), 1]];
    const low = Math.floor(inside(place));
    const share = inside(place) - low;
    return [
      [low, 1 - share],
      [inside(low + 1), share],
    ];
  };
  const read = reader(x);
  return plane([channels, out[0], out[1]], (c, y, column) => {
    let sum = 0;
    for (const [row, vertical] of pixels(0, y))
      for (const [at, horizontal] of pixels(1, column))
        sum += vertical * horizontal * read(c, row, at);
    return sum;
  });
}

export function depthToSpace({ attrs: { block: b, order } }: NodeOf<"depthToSpace">, x: Plane) {
  const [all, height, width] = x.shape;
  const channels = all / b ** 2;
  const read = reader(x);
  return plane([channels, height * b, width * b], (c, y, column) => {
    const square = (y % b) * b + (column % b);
    const from = order === "CRD" ? c * b ** 2 + square : square * channels + c;
    return read(from, Math.floor(y / b), Math.floor(column / b));
  });
}

export function spaceToDepth({ attrs: { block: b, order } }: NodeOf<"spaceToDepth">, x: Plane) {
  const [channels, height, width] = x.shape;
  const read = reader(x);
  return plane([channels * b ** 2, height / b, width / b], (c, y, column) => {
    const [channel, square] =
      order === "CRD"
        ? [Math.floor(c / b ** 2), c % b ** 2]
        : [c % channels, Math.floor(c / channels)];
    return read(channel, y * b + Math.floor(square / b), column * b + (square % b));
  });
}

export function channelShuffle({ attrs: { groups } }: NodeOf<"channelShuffle">, x: Plane): Plane {
  const read = reader(x);
  const each = x.shape[0] / groups;
  return plane(x.shape, (c, y, column) =>
    read((c % groups) * each + Math.floor(c / groups), y, column),
  );
}

export function narrow({ attrs: { dim, start, end } }: NodeOf<"narrow">, x: Plane): Plane {
  const length = (end > 0 ? end : x.shape[dim] + end) - start;
  const [c, h, w] = x.shape.with(dim, length);
  const moved = [0, 0, 0].with(dim, start);
  const read = reader(x);
  return plane([c, h, w], (channel, y, column) =>
    read(channel + moved[0], y + moved[1], column + moved[2]),
  );
}
