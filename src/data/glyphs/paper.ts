import type { Draw } from "./draw.ts";
import type { Look } from "./look.ts";

/**
 * What is added to the brightness of each pixel of a `size`×`size` picture, row by row: uneven
 * light, texture and noise.
 */
export function paperBrightness(look: Look, draw: Draw, size: number): Float32Array {
  const light = unevenLight(look, draw, size);
  const texture = textureOf(look, draw, size);
  const values = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const noise = look.noise > 0 ? look.noise * draw.normal() : 0;
      values[y * size + x] = light(x, y) + look.textureStrength * texture(x, y) + noise;
    }
  }
  return values;
}

type Field = (x: number, y: number) => number;

function unevenLight({ gradient }: Look, draw: Draw, size: number): Field {
  const angle = draw.between(0, 2 * Math.PI);
  const [gx, gy] = [Math.cos(angle), Math.sin(angle)].map((part) => (part * gradient) / size);
  return (x, y) => gx * (x - size / 2) + gy * (y - size / 2);
}

/** A pattern between about −1 and 1. */
function textureOf({ texture }: Look, draw: Draw, size: number): Field {
  switch (texture) {
    case "plain":
      return () => 0;
    case "lines":
      return ruled(draw, size);
    case "squares": {
      const period = size * draw.between(0.16, 0.3);
      const [across, down] = [ruled(draw, size, period, 0), ruled(draw, size, period, Math.PI / 2)];
      return (x, y) => Math.min(across(x, y), down(x, y));
    }
    case "blotches":
      return blotches(draw, size);
  }
}

/** Thin dark lines on bright ground. */
function ruled(
  draw: Draw,
  size: number,
  period = size * draw.between(0.1, 0.3),
  angle = draw.between(0, Math.PI),
): Field {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const offset = draw.between(0, period);
  return (x, y) => {
    const position = (cos * x + sin * y + offset) / period;
    const distance = Math.abs(position - Math.round(position)) * period;
    return distance < 0.7 ? -1 : 0.2;
  };
}

/** The product of two slow waves. */
function blotches(draw: Draw, size: number): Field {
  const wave = () => {
    const [u, v, phase] = [draw.around(2.5), draw.around(2.5), draw.between(0, 1)];
    return (x: number, y: number) => Math.sin(2 * Math.PI * ((u * x + v * y) / size + phase));
  };
  const [first, second] = [wave(), wave()];
  return (x, y) => first(x, y) * second(x, y);
}
