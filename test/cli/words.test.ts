import { beforeEach, describe, expect, it } from "vitest";
import { Output } from "../../src/cli/terminal/output.ts";
import { noProgress, type Progress } from "../../src/cli/terminal/progress.ts";
import { FinetuneWords } from "../../src/cli/words/finetune.ts";
import type { DataEvent, FinetuneEvent, FinetuneResult } from "../../src/finetune/index.ts";
import type { Evaluation, History } from "../../src/train/index.ts";

/** Keeps what would be printed, and what would be drawn. */
class Noted extends Output {
  readonly said: string[] = [];
  readonly drawn: string[] = [];

  override line(text = ""): void {
    this.said.push(text);
  }

  override note(text: string): void {
    this.said.push(text);
  }

  override progress(name: string): Progress {
    const { drawn } = this;
    return {
      ...noProgress,
      step: ({ step }) => void drawn.push(`${name} ${step}`),
      stop: () => void drawn.push(`${name} rests`),
    };
  }
}

const step = (n: number): FinetuneEvent => ({
  ...{ type: "step", phase: "fine-tuning", step: n, epoch: 0, epochs: 1, batch: n, batches: 9 },
  ...{ loss: 1, metrics: {}, learningRate: 1e-3, imagesPerSecond: 10, secondsLeft: 1 },
});

const evaluation = (accuracy: number): Evaluation => ({
  ...{
    loss: 1,
    accuracy,
    count: 20,
    confusionMatrix: [
      [8, 2],
      [1, 9],
    ],
    classes: ["a", "b"],
  },
  ...{ balancedAccuracy: accuracy, metrics: {} },
  perClass: [1, 2].map(() => ({ precision: 1, recall: 1, f1: 1, count: 10 })),
});

const dataEvent = (more: Partial<DataEvent> = {}): DataEvent => ({
  ...{ type: "data", name: "photos", kind: "image folder", train: 80, validation: 20 },
  ...{ classes: ["a", "b"], skipped: [], ...more },
});
const files = {
  ...{ weights: "out/m.pt", labels: "out/m.pt.labels.json", card: "out/m.pt.card.md" },
  history: "out/m.pt.history.json",
};

/** Of a run with these validation losses. */
function historyOf(losses: readonly number[], best: History["best"] = null): History {
  const epochs = losses.map((loss, epoch) => ({
    ...{ epoch, loss, metrics: {}, learningRate: 1e-3, seconds: 1 },
    validation: { loss, accuracy: 0.9, metrics: {} },
  }));
  return { epochs, steps: 9, stopped: false, best };
}

function result(tuned: number, scratch: number, history: History | null = null): FinetuneEvent {
  const comparison: FinetuneResult["comparison"] = [
    { name: "before", evaluation: evaluation(0.5), seconds: null },
    { name: "from scratch", evaluation: evaluation(scratch), seconds: 3 },
    { name: "fine-tuned", evaluation: evaluation(tuned), seconds: 3 },
  ];
  const input = {
    ...{ size: 32, channels: 3, scale: 1, mean: [0], std: [1], antialias: true },
    ...({ order: "rgb", resize: "crop" } as const),
  };
  const network = { architecture: "small_vgg", top: "linear", input, classes: ["a", "b"] } as const;
  const known = { complete: true, step: 9, history, model: null, checkpoint: null };
  return {
    type: "result",
    result: {
      ...{ ...known, network, classes: network.classes, input },
      ...{ evaluation: evaluation(tuned), labels: null, comparison, files },
    },
  };
}

let output: Noted;
let words: FinetuneWords;
beforeEach(() => {
  output = new Noted();
  words = new FinetuneWords(output);
});
const tell = (...events: readonly FinetuneEvent[]) => {
  for (const event of events) words.say(event);
};

describe("the words of a run", () => {
  it("draw nothing over what is said when it is stopped", () => {
    tell(step(1), step(2));
    words.stopping();
    tell(step(3), { type: "interrupted", step: 3, checkpoint: "out/m.checkpoint.safetensors" });
    expect(output.drawn).toEqual(["fine-tuning 1", "fine-tuning 2", "fine-tuning rests"]);
    expect(output.said[0]).toMatch(/^Stopping after this step/);
    expect(output.said[1]).toMatch(/Stopped after step 3; saved in out\/m\.checkpoint/);
    expect(output.said[2]).toMatch(/^ {2}\S.* --resume out\/m\.checkpoint\.safetensors$/);
  });

  it("say where training from scratch did better, and only there", () => {
    const better = /Training from scratch did better here/;
    tell(dataEvent(), { type: "saved", ...files }, result(0.8, 0.9));
    expect(output.said.join("\n")).toMatch(better);
    output.said.length = 0;
    tell(result(0.9, 0.8));
    expect(output.said.join("\n")).not.toMatch(better);
    expect(output.said.join("\n")).toMatch(
      /out\/m\.pt\.history\.json {2}loss and accuracy by epoch/,
    );
  });

  it("say which epoch was best, where its weights were kept or passed by", () => {
    const said = (history: History) => {
      output.said.length = 0;
      tell(dataEvent(), { type: "saved", ...files }, result(0.9, 0.8, history));
      return output.said.filter((line) => /epoch was|Epoch/.test(line));
    };
    const best = { epoch: 1, watched: "loss", value: 0.4 };
    expect(said(historyOf([0.9, 0.4, 0.6], best))).toEqual([
      "  The best epoch was 2 of 3: the network has its weights.",
    ]);
    expect(said(historyOf([0.9, 0.4, 0.6]))).toEqual([
      "  Epoch 2 of 3 had the lowest validation loss: --keep-best ends with its weights.",
    ]);
    expect(said(historyOf([0.9, 0.6, 0.4]))).toEqual([]);
  });

  it("say where a failed run can be gone on with", () => {
    tell({ type: "failed", why: "the loss is NaN", checkpoint: "out/m.checkpoint.safetensors" });
    expect(output.said[0]).toMatch(/What it had learned is kept in out\/m\.checkpoint/);
    output.said.length = 0;
    tell({ type: "failed", why: "the loss is NaN", checkpoint: null });
    expect(output.said).toEqual([]);
  });

  it("name what was left out, and how many", () => {
    const skipped = Array.from({ length: 7 }, (_, i) => ({
      ...{ what: "image" as const, name: `${i}\x1b[2J.jpg`, why: "not an image" },
    }));
    tell(dataEvent({ skipped }));
    const warned = output.said.filter((line) => line.includes("warning:"));
    expect(warned).toHaveLength(6);
    expect(warned[0]).toMatch(/left out: 0\\x1b\[2J\.jpg: not an image/);
    expect(warned[5]).toMatch(/and 2 more, 7 in all/);
  });
});
