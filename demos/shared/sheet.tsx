import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

export interface SheetProps {
  canvas: RefObject<HTMLCanvasElement | null>;
  /** Pixels of its side, and the pen's width. */
  side: number;
  pen: number;
  label: string;
  /** After each stroke. */
  onStroke?(): void;
}

/** A white sheet that is drawn on in black, with a mouse, a pen or a finger. */
export function Sheet({ canvas, side, pen, label, onStroke }: SheetProps) {
  useEffect(() => clearSheet(canvas.current), [canvas]);
  return (
    <canvas
      ref={canvas}
      width={side}
      height={side}
      role="img"
      aria-label={label}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.getContext("2d")?.beginPath();
        draw(event, pen);
      }}
      onPointerMove={(event) => event.buttons > 0 && draw(event, pen)}
      onPointerUp={onStroke}
    />
  );
}

export function clearSheet(canvas: HTMLCanvasElement | null): void {
  const context = canvas?.getContext("2d");
  if (!context) return;
  context.fillStyle = "white";
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
}

/** On to where the pointer is. */
function draw(event: PointerEvent & { currentTarget: HTMLCanvasElement }, pen: number): void {
  const { currentTarget: canvas, offsetX, offsetY } = event;
  const context = canvas.getContext("2d");
  if (!context) return;
  const scale = canvas.width / canvas.clientWidth;
  Object.assign(context, {
    lineWidth: pen,
    lineCap: "round",
    lineJoin: "round",
    strokeStyle: "black",
  });
  context.lineTo(offsetX * scale, offsetY * scale);
  context.stroke();
}
