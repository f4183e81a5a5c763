import { count } from "../format.ts";
import { control } from "./actions.ts";
import type { TrainingNow } from "./now.ts";
import { text } from "./texts.ts";

/** How far a training is, and what holds it up or ends it. */
export function Progress({ now }: { now: TrainingNow }) {
  const said = text();
  const { done, total, imagesPerSecond, secondsLeft, isPaused, isStopping } = now;
  return (
    <div class="card stack" id="progress">
      <div class="row">
        {isPaused ? (
          <button type="button" id="go-on" class="primary" onClick={() => control("goOn")}>
            {said.goOn}
          </button>
        ) : (
          <button type="button" id="pause" disabled={isStopping} onClick={() => control("pause")}>
            {said.pause}
          </button>
        )}
        <button type="button" id="stop" disabled={isStopping} onClick={() => control("stop")}>
          {said.stop}
        </button>
        <span id="status" class="status">
          {statusText(now)}
        </span>
      </div>
      <progress aria-label={said.title} max={1} value={total > 0 ? done / total : undefined} />
      <dl class="figures">
        <div>
          <dt>{said.speed}</dt>
          <dd>{imagesPerSecond > 0 ? count(Math.round(imagesPerSecond)) : "–"}</dd>
        </div>
        <div>
          <dt>{said.left}</dt>
          <dd>{Number.isFinite(secondsLeft) ? said.seconds(Math.ceil(secondsLeft)) : "–"}</dd>
        </div>
      </dl>
    </div>
  );
}

function statusText({ phase, isPaused, isStopping, done, total }: TrainingNow): string {
  const said = text();
  if (isStopping) return said.stopping;
  if (isPaused) return said.paused;
  switch (phase) {
    case "training":
      return said.step(done, total);
    case "features":
    case "compiling":
    case "rate":
      return said[phase](done, total);
    default:
      return said[phase];
  }
}
