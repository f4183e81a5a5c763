import { useRef } from "preact/hooks";
import { clearSheet, Sheet } from "../shared/index.ts";
import { type Trained, WAYS } from "./messages.ts";
import * as state from "./state.ts";
import { text } from "./texts.ts";

/** Pixels of the sheet's side, and the pen's width on it. */
const SHEET = 280;
const PEN = 22;

/** A sheet to draw a digit on, and what every network takes it for. */
export function Drawing() {
  const texts = text();
  const sheet = useRef<HTMLCanvasElement>(null);
  const isReady = state.phase.value === "done";
  if (!isReady) return null;
  const ask = () => sheet.current && state.ask(greyOf(sheet.current, state.samples.value!.side));
  return (
    <section class="card stack" id="drawing">
      <h2>{texts.draw}</h2>
      <p class="faint">{texts.drawHint}</p>
      <div class="drawing">
        <div class="stack">
          <Sheet canvas={sheet} side={SHEET} pen={PEN} label={texts.draw} onStroke={ask} />
          <div class="row">
            <button type="button" id="ask" onClick={ask}>
              {texts.ask}
            </button>
            <button type="button" onClick={() => clearSheet(sheet.current)}>
              {texts.clear}
            </button>
          </div>
        </div>
        <Answers />
      </div>
    </section>
  );
}

function Answers() {
  const texts = text();
  const all: readonly Trained[] = ["before", ...WAYS];
  return (
    <dl id="answers" aria-live="polite">
      {all.map((of) => {
        const [first] = state.rankings.value.get(of) ?? [];
        return (
          <div key={of}>
            <dt>{texts[of]}</dt>
            <dd>{first ? texts.sure(first.name, Math.round(100 * first.probability)) : "–"}</dd>
          </div>
        );
      })}
    </dl>
  );
}

/** The sheet as small as the network's pictures: grey values, 255 is paper. */
function greyOf(sheet: HTMLCanvasElement, side: number): Uint8Array {
  const small = new OffscreenCanvas(side, side).getContext("2d")!;
  small.imageSmoothingQuality = "high";
  small.drawImage(sheet, 0, 0, side, side);
  const { data } = small.getImageData(0, 0, side, side);
  return Uint8Array.from({ length: side * side }, (_, i) => data[4 * i]!);
}
