import {
  type FinetuneEvent,
  type FinetuneResult,
  leftOut,
  type PhaseEvent,
  trainableText,
} from "../../finetune/index.ts";
import { commandName, quoted } from "../paths.ts";
import { colors as pc } from "../terminal/colors.ts";
import { curveLines } from "../terminal/curve.ts";
import { bytes, duration, padEnd, padStart, percent, plural } from "../terminal/format.ts";
import { labelLines } from "../terminal/labels.ts";
import { visibleIn } from "../terminal/visible.ts";
import { jsonOf } from "./json.ts";
import { reportRun } from "./report.ts";
import { Words } from "./words.ts";

type EventOf<Type extends FinetuneEvent["type"]> = Extract<FinetuneEvent, { type: Type }>;

/** Says what a run does. */
export class FinetuneWords extends Words {
  #data: EventOf<"data"> | null = null;
  #weights: EventOf<"weights"> | null = null;
  #files: EventOf<"saved"> | null = null;
  #reported: EventOf<"reported"> | null = null;
  #stopping = false;

  say(told: FinetuneEvent): void {
    for (const { type, ...fields } of jsonOf(told)) this.output.emit(type, fields);
    if (told.type === "evaluated") return;
    const event = visibleIn(told);
    if (event.type === "features") {
      this.showing("features").images(event.done, event.total);
    } else if (event.type === "findingRate") {
      this.showing("learning rate").problems(event.done, event.total);
    } else if ("phase" in event && event.type !== "training") {
      this.#step(event);
    } else this.sayAlike(event, () => this.#line(event));
  }

  /** Somebody asked it to stop. */
  stopping(): void {
    this.rest();
    this.#stopping = true;
    this.output.note("Stopping after this step … (again to stop at once, without saving)");
  }

  #step(event: PhaseEvent): void {
    if (this.#stopping) return; // nothing is drawn over what was said of it
    const shown = this.showing(event.phase);
    if (event.type === "compile") shown.compile(event);
    else if (event.type === "step") shown.step(event);
    else if (event.type === "epoch") shown.epoch(event);
    else if (event.type === "deviceLost") {
      this.output.warn(`the GPU went away (${event.reason}); going on from step ${event.step}`);
    }
  }

  #line(event: FinetuneEvent): void {
    const { output } = this;
    switch (event.type) {
      case "weights":
        this.#weights = event;
        output.line(weightsText(event));
        break;
      case "data":
        this.#data = event;
        output.line(dataText(event));
        for (const line of leftOut(event.skipped)) output.warn(line);
        break;
      case "trying":
        output.heading(
          `Trying what to train, ${plural(event.epochs, "epoch")} each, on a part of the images`,
        );
        break;
      case "tried":
        output.line(triedText(event));
        break;
      case "chosen":
        output.line(
          `  Chosen: ${pc.bold(wayOf(event))}, learning rate ${event.lr} (the least loss of those that can't be told from the best)`,
        );
        break;
      case "rateFound":
        for (const line of rateLines(event)) output.line(line);
        break;
      case "training":
        if (event.phase === "fine-tuning") {
          output.line(`Training ${trainableText(event)}, for ${plural(event.epochs, "epoch")}\n`);
        }
        break;
      case "labels":
        for (const line of labelLines(event)) output.line(line);
        break;
      case "augmented":
        output.line(
          `Judged by ${plural(event.times, "variation")} of each picture and itself: ${percent(event.accuracy)}`,
        );
        break;
      case "notKept":
        output.warn(`${event.why}; without it, this run can't be gone on with where it ends early`);
        break;
      case "waiting":
        output.warn(
          `${event.why}. The training is done, but there is no room for it anywhere: make some. It is tried again ` +
            `every ${event.seconds} s; Ctrl-C gives it up`,
        );
        break;
      case "saved":
        this.#files = event;
        break;
      case "reported":
        this.#reported = event;
        break;
      case "interrupted":
        this.#interrupted(event);
        break;
      case "failed":
        if (event.checkpoint !== null) this.#goOn("What it had learned is kept", event.checkpoint);
        break;
      case "result":
        this.#report(event.result);
    }
  }

  #interrupted({ step, checkpoint }: EventOf<"interrupted">): void {
    if (checkpoint === null) {
      this.output.line("\nStopped before the first step: nothing was trained, and nothing saved.");
      return;
    }
    this.#goOn(`Stopped after step ${step}; saved`, checkpoint);
  }

  #goOn(what: string, checkpoint: string): void {
    this.output.line(`\n${what} in ${checkpoint}. To go on:`);
    this.output.line(`  ${commandName()} --resume ${quoted(checkpoint)}`);
  }

  #report(result: FinetuneResult): void {
    const [data, weights, files, report] = [this.#data, this.#weights, this.#files, this.#reported];
    if (result.evaluation && data && files) {
      const { evaluation } = result;
      reportRun({ result, evaluation, data, weights, files, report }, this.output);
    }
  }
}

function weightsText({ name, builtin, format, tensors, elements }: EventOf<"weights">): string {
  if (builtin) return "Network: the built-in one, trained on printed letters";
  const size = bytes(4 * elements);
  return `Weights: ${name} (${format}, ${plural(tensors, "tensor")}, ${size} as float32)`;
}

function dataText({ name, kind, train, validation, classes }: EventOf<"data">): string {
  const from = kind === "glyphs" ? "drawn here" : `${kind} ${name}`;
  const of =
    kind === "label table"
      ? plural(classes.length, "label")
      : plural(classes.length, "class", "classes");
  return (
    `Data: ${plural(train, "image")} to train on, ${validation} to validate, ` + `${of} (${from})`
  );
}

/** The loss over the logarithm of the rate, and what it suggests. */
function rateLines({ rates, losses, suggestion, suggestions }: EventOf<"rateFound">): string[] {
  const curve = curveLines(losses, 60, 5).map((line) => `  ${line}`);
  const [first, last] = [shortRate(rates[0]!), shortRate(rates.at(-1)!)];
  const axis = first + padStart(last, Math.max(0, Math.min(60, losses.length) - first.length));
  const { steep, minimum } = suggestions;
  return [
    "Loss while the learning rate rises:",
    ...curve,
    `  ${axis}`,
    `  Learning rate ${pc.bold(shortRate(suggestion))} (the valley's; steepest at ${shortRate(steep)}, a tenth of the lowest ` +
      `point's ${shortRate(minimum)})`,
  ];
}

const shortRate = (rate: number) => String(Number(rate.toPrecision(2)));

/** What was tried, without the rate, which is said beside it. */
function wayOf({ name, lr }: { readonly name: string; readonly lr: number }): string {
  return name.replace(`, lr ${lr}`, "");
}

function triedText(event: EventOf<"tried">): string {
  const { lr, accuracy, loss, seconds } = event;
  const cells = [
    padEnd(wayOf(event), 22),
    padStart(percent(accuracy), 9),
    `loss ${padStart(loss.toFixed(3), 6)}`,
    `lr ${padEnd(String(lr), 7)}`,
    padStart(duration(seconds), 9),
  ];
  return `  ${cells.join("  ")}`;
}
