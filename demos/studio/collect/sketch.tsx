import { useEffect, useRef } from "preact/hooks";
import { newId } from "../studio.ts";
import { text } from "./texts.ts";

/** Pixels of a drawing's side. */
const SIDE = 224;
const PEN = 14;

export interface SketchProps {
  take(file: File): unknown;
  /** Where it can be closed. */
  close?(): void;
}

/** A white sheet that is drawn on in black, with a mouse, a pen or a finger. */
export function Sketch({ take, close }: SketchProps) {
  const said = text();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => clear(canvas.current), []);
  const keep = () =>
    canvas.current?.toBlob((blob) => {
      if (blob)
        void take(new File([blob], `drawing-${newId().slice(0, 6)}.png`, { type: "image/png" }));
      clear(canvas.current);
    });
  return (
    <div class="sketch">
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label={said.drawHere}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          draw(event, true);
        }}
        onPointerMove={(event) => event.buttons > 0 && draw(event, false)}
      />
      <div class="row">
        <button type="button" class="primary" onClick={keep}>
          {said.keepDrawing}
        </button>
        <button type="button" onClick={() => clear(canvas.current)}>
          {said.clearDrawing}
        </button>
        {close && (
          <button type="button" class="plain" onClick={close}>
            {said.close}
          </button>
        )}
      </div>
    </div>
  );
}

function clear(canvas: HTMLCanvasElement | null): void {
  const context = canvas?.getContext("2d");
  if (!context) return;
  context.fillStyle = "white";
  context.fillRect(0, 0, SIDE, SIDE);
}

function draw(event: PointerEvent & { currentTarget: HTMLCanvasElement }, isFirst: boolean): void {
  const { currentTarget: canvas, offsetX, offsetY } = event;
  const context = canvas.getContext("2d");
  if (!context) return;
  const scale = SIDE / canvas.clientWidth;
  const [x, y] = [offsetX * scale, offsetY * scale];
  Object.assign(context, {
    lineWidth: PEN,
    lineCap: "round",
    lineJoin: "round",
    strokeStyle: "black",
  });
  if (isFirst) {
    context.beginPath();
    context.moveTo(x, y);
  }
  context.lineTo(x, y);
  context.stroke();
}
