import { useRef } from "preact/hooks";
import { clearSheet, Sheet } from "../../shared/index.ts";
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
  const keep = () =>
    canvas.current?.toBlob((blob) => {
      if (blob)
        void take(new File([blob], `drawing-${newId().slice(0, 6)}.png`, { type: "image/png" }));
      clearSheet(canvas.current);
    });
  return (
    <div class="sketch">
      <Sheet canvas={canvas} side={SIDE} pen={PEN} label={said.drawHere} />
      <div class="row">
        <button type="button" class="primary" onClick={keep}>
          {said.keepDrawing}
        </button>
        <button type="button" onClick={() => clearSheet(canvas.current)}>
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
