import { useEffect, useRef } from "preact/hooks";
import type { Explanation, Plane } from "../worker/messages.ts";
import { text } from "./texts.ts";

/** Pixels of the side of a picture under its heat map. */
const SIDE = 224;

/** Why the network answers as it does. */
export function Explained({ picture, answer }: { picture: Blob; answer: Explanation }) {
  const said = text();
  const { heat, filters, maps } = answer;
  return (
    <details class="explained">
      <summary>{said.explain}</summary>
      {heat ? (
        <figure>
          <HeatMap picture={picture} heat={heat} />
          <figcaption class="faint">{said.explainHint}</figcaption>
        </figure>
      ) : (
        <p class="faint">{said.noHeat}</p>
      )}
      <Planes title={said.maps} planes={maps} />
      <Planes title={said.filters} planes={filters} />
    </details>
  );
}

function Planes({ title, planes }: { title: string; planes: readonly Plane[] }) {
  if (planes.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <div class="planes">
        {planes.map((plane, i) => (
          <PlanePicture key={`${title} ${i}`} plane={plane} label={`${title} ${i + 1}`} />
        ))}
      </div>
    </>
  );
}

function PlanePicture({ plane, label }: { plane: Plane; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const grey = (value: number) => [255 * value, 255 * value, 255 * value, 255] as const;
    canvas.current?.getContext("2d")?.putImageData(imageOf(plane, grey), 0, 0);
  }, [plane]);
  return (
    <canvas ref={canvas} width={plane.width} height={plane.height} role="img" aria-label={label} />
  );
}

function HeatMap({ picture, heat }: { picture: Blob; heat: Plane }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    void paint(canvas.current, picture, heat);
  }, [picture, heat]);
  return (
    <canvas
      ref={canvas}
      class="heat"
      width={SIDE}
      height={SIDE}
      role="img"
      aria-label={text().explainHint}
    />
  );
}

async function paint(canvas: HTMLCanvasElement | null, picture: Blob, heat: Plane): Promise<void> {
  const context = canvas?.getContext("2d");
  if (!context) return;
  const warm = (value: number) => [255, 200 - 160 * value, 40, 210 * value] as const;
  const [shown, over] = await Promise.all([
    createImageBitmap(picture),
    createImageBitmap(imageOf(heat, warm)),
  ]);
  context.drawImage(shown, 0, 0, SIDE, SIDE);
  context.drawImage(over, 0, 0, SIDE, SIDE);
}

function imageOf(
  { width, height, values }: Plane,
  colour: (value: number) => readonly number[],
): ImageData {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (const [i, value] of values.entries()) pixels.set(colour(value), 4 * i);
  return new ImageData(pixels, width, height);
}
