import { type ColourMap, composeColour, identityColour, perChannel } from "./colour.ts";
import { LUMA } from "./colours.ts";

/** Changes of colour as affine maps, for images of 1 or 3 channels. Nothing is clamped: values may leave their range. */

/** Everything times a factor: 1 changes nothing. */
export function brightness(channels: number, factor: number): ColourMap {
  return perChannel(
    channels,
    () => factor,
    () => 0,
  );
}

/** Away from a grey, or towards it. */
export function contrast(channels: number, factor: number, grey: number): ColourMap {
  return perChannel(
    channels,
    () => factor,
    () => (1 - factor) * grey,
  );
}

/** Away from a pixel's own grey, or towards it: 0 leaves no colour. */
export function saturation(channels: number, factor: number): ColourMap {
  if (channels !== 3) return identityColour(channels);
  const matrix = [0, 1, 2].map((row) =>
    LUMA.map((share, column) => (1 - factor) * share + (row === column ? factor : 0)),
  );
  return { matrix, bias: [0, 0, 0] };
}

/** From RGB to brightness and the two axes of colour of NTSC television, and back. */
const YIQ = [
  [0.299, 0.587, 0.114],
  [0.5959, -0.2746, -0.3213],
  [0.2115, -0.5227, 0.3112],
];
const RGB = [
  [1, 0.956, 0.619],
  [1, -0.272, -0.647],
  [1, -1.106, 1.703],
];

const linear = (matrix: readonly (readonly number[])[]): ColourMap => ({ matrix, bias: [0, 0, 0] });

/** Turns colours on their circle by so many turns. */
export function hue(channels: number, turns: number): ColourMap {
  if (channels !== 3) return identityColour(channels);
  const [cos, sin] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
  const turn = linear([
    [1, 0, 0],
    [0, cos, -sin],
    [0, sin, cos],
  ]);
  return composeColour(composeColour(linear(YIQ), turn), linear(RGB));
}
