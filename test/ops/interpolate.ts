import { type InterpolateOptions, interpolate, resize, zeros } from "../../src/autograd/index.ts";
import type { Resizing } from "../../src/base/index.ts";
import { mistyped } from "../mistyped.ts";
import { unravel } from "./compare.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";
import { valueAt } from "./reference/rearrange.ts";

/** Where element `at` of a side of `out` is taken from a side of `size`, for each kind of coordinates. */
const PLACES = {
  halfPixel: (at: number, size: number, out: number) => ((at + 0.5) * size) / out - 0.5,
  pytorchHalfPixel: (at: number, size: number, out: number) =>
    out === 1 ? 0 : ((at + 0.5) * size) / out - 0.5,
  alignCorners: (at: number, size: number, out: number) =>
    out === 1 ? 0 : (at * (size - 1)) / (out - 1),
  asymmetric: (at: number, size: number, out: number) => (at * size) / out,
};

const ROUNDINGS = {
  floor: Math.floor,
  ceil: Math.ceil,
  preferFloor: (at: number) => Math.ceil(at - 0.5),
  preferCeil: (at: number) => Math.floor(at + 0.5),
};

/** The pixels that an element is mixed of, with their shares. */
function mixed(place: number, size: number, { mode, rounding }: Resizing): [number, number][] {
  const inside = (at: number) => Math.min(Math.max(at, 0), size - 1);
  if (mode === "nearest") return [[inside(ROUNDINGS[rounding](place)), 1]];
  const low = Math.floor(inside(place));
  const share = inside(place) - low;
  return [
    [low, 1 - share],
    [inside(low + 1), share],
  ];
}

function resizeRef(x: Ref, out: readonly number[], how: Resizing): Ref {
  const [n, c, ...size] = x.shape as [number, number, number, number];
  return generate([n, c, ...out], (i) => {
    const [image, channel, ...at] = unravel(i, [n, c, ...out]) as [number, number, number, number];
    const [rows, columns] = at.map((o, axis) =>
      mixed(PLACES[how.coordinates](o, size[axis]!, out[axis]!), size[axis]!, how),
    );
    let sum = 0;
    for (const [y, vertical] of rows!)
      for (const [column, horizontal] of columns!)
        sum += vertical * horizontal * valueAt(x, [image, channel, y, column]);
    return sum;
  });
}

function sample(
  shape: number[],
  options: InterpolateOptions,
  out: readonly number[],
  how: Partial<Resizing> = {},
): Sample {
  const { mode = "nearest", alignCorners } = options;
  const found: Resizing =
    mode === "bilinear"
      ? { mode, coordinates: alignCorners ? "alignCorners" : "halfPixel", rounding: "floor" }
      : { mode: "nearest", coordinates: "asymmetric", rounding: "floor" };
  return {
    label: `interpolate [${shape}] ${JSON.stringify(options)}`,
    inputs: [{ shape }],
    run: (x) => interpolate(x, options),
    reference: (x) => resizeRef(x!, out, { ...found, ...how }),
  };
}

/** A way of other formats than PyTorch's. */
function other(shape: number[], size: readonly [number, number], how: Resizing): Sample {
  return {
    label: `resize [${shape}] to [${size}] ${Object.values(how).join(" ")}`,
    inputs: [{ shape }],
    run: (x) => resize(x, { size }, how),
    reference: (x) => resizeRef(x!, size, how),
  };
}

const nearestExact = { coordinates: "halfPixel", rounding: "preferCeil" } as const;
const bilinear = { mode: "bilinear" } as const;
const corners = { mode: "bilinear", alignCorners: true } as const;

function half(from: Sample): Sample {
  const inputs = from.inputs.map(({ shape }) => ({ shape, dtype: "f16" as const }));
  return { ...from, label: `${from.label}, f16`, inputs, tolerance: 2e-3 };
}

const doubled = sample([2, 3, 4, 5], { scaleFactor: 2, ...bilinear }, [8, 10]);

export const info: OpInfo = {
  ops: ["resize"],
  samples: [
    sample([2, 3, 4, 5], { scaleFactor: 2 }, [8, 10]),
    sample([1, 2, 5, 4], { scaleFactor: [3, 1] }, [15, 4]),
    sample([1, 2, 5, 7], { size: [7, 3] }, [7, 3]),
    sample([1, 2, 9, 8], { scaleFactor: 0.5 }, [4, 4], {}),
    sample([1, 1, 1, 1], { size: 3 }, [3, 3]),
    sample([1, 2, 5, 6], { size: [3, 8], mode: "nearest-exact" }, [3, 8], nearestExact),
    doubled,
    half(doubled),
    half(sample([1, 2, 3, 4], { scaleFactor: 2 }, [6, 8])),
    sample([1, 2, 4, 3], { scaleFactor: 4, ...corners }, [16, 12]),
    sample([2, 1, 5, 7], { size: [8, 9], ...bilinear }, [8, 9]),
    sample([2, 1, 5, 7], { size: [8, 9], ...corners }, [8, 9]),
    sample([1, 2, 12, 11], { size: [5, 3], ...bilinear }, [5, 3]),
    sample([1, 2, 12, 11], { size: [5, 3], ...corners }, [5, 3]),
    sample([1, 2, 6, 7], { size: 1, ...bilinear }, [1, 1]),
    sample([1, 2, 6, 7], { size: [1, 4], ...corners }, [1, 4]),
    sample([1, 2, 1, 3], { size: [4, 5], ...corners }, [4, 5]),
    other([1, 2, 4, 5], [8, 10], {
      mode: "bilinear",
      coordinates: "asymmetric",
      rounding: "floor",
    }),
    other([1, 2, 5, 4], [1, 7], {
      mode: "bilinear",
      coordinates: "pytorchHalfPixel",
      rounding: "floor",
    }),
    other([1, 2, 4, 5], [8, 9], {
      mode: "nearest",
      coordinates: "halfPixel",
      rounding: "preferFloor",
    }),
    other([1, 2, 6, 5], [4, 3], { mode: "nearest", coordinates: "asymmetric", rounding: "ceil" }),
    other([1, 2, 5, 7], [9, 4], {
      mode: "nearest",
      coordinates: "alignCorners",
      rounding: "preferCeil",
    }),
    {
      ...sample([1, 1100, 32, 32], { scaleFactor: 2 }, [64, 64]), // over 65,535 workgroups
      inputs: [{ shape: [1, 1100, 32, 32], grad: false }],
    },
  ],
  errors: [
    {
      label: "interpolate of another rank",
      run: () => interpolate(zeros([3, 4, 4]), { scaleFactor: 2 }),
      error: /interpolate: input has shape \[3, 4, 4\]; \[N, C, H, W\] is expected/,
    },
    {
      label: "interpolate with neither size nor scale",
      run: () => interpolate(zeros([1, 1, 4, 4]), {}),
      error: /interpolate: give either size or scaleFactor/,
    },
    {
      label: "interpolate with both",
      run: () => interpolate(zeros([1, 1, 4, 4]), { size: 8, scaleFactor: 2 }),
      error: /interpolate: give either size or scaleFactor/,
    },
    {
      label: "interpolate to half a pixel",
      run: () => interpolate(zeros([1, 1, 4, 4]), { size: [4, 3.5] }),
      error: /interpolate: size is \[4,3.5\]; give a whole number above 0, or two/,
    },
    {
      label: "interpolate by no scale",
      run: () => interpolate(zeros([1, 1, 4, 4]), { scaleFactor: 0 }),
      error: /interpolate: scaleFactor is 0; give a number above 0/,
    },
    {
      label: "interpolate to nothing",
      run: () => interpolate(zeros([1, 1, 4, 3]), { scaleFactor: 0.3 }),
      error: /interpolate: 4×3 scaled by 0.3, 0.3 leaves nothing/,
    },
    {
      label: "interpolate with another mode",
      run: () => interpolate(zeros([1, 1, 4, 4]), { size: 8, mode: mistyped("bicubic") }),
      error: /interpolate: mode is "bicubic"; it must be one of "nearest", "nearest-exact", "bil/,
    },
    {
      label: "interpolate with corners of pixels",
      run: () => interpolate(zeros([1, 1, 4, 4]), { size: 8, alignCorners: true }),
      error: /interpolate: alignCorners is for mode "bilinear", not "nearest"/,
    },
    {
      label: "interpolate with an unknown option",
      run: () => interpolate(zeros([1, 1, 4, 4]), mistyped({ scale: 2 })),
      error: /interpolate: unknown option "scale"/,
    },
  ],
};
