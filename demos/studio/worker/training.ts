import { finetune, predict } from "webgraft";
import { type EvaluatedEvent, type FinetuneResult, networkFiles } from "webgraft/finetune";
import { finetuneSettings } from "../project/settings.ts";
import type { RunResult, Verdict } from "../project/types.ts";
import { builtin } from "./builtin.ts";
import type { Control, News, TrainAnswer, TrainAsk } from "./messages.ts";
import { newsOf } from "./news.ts";
import { stateStore } from "./state_store.ts";

/** The one training that runs, and what holds it up or ends it. */
export class Training {
  #stop: AbortController | null = null;
  /** Resolves when it is gone on with; null while nothing holds it up. */
  #pause: { readonly over: Promise<void>; readonly end: () => void } | null = null;

  constructor(private readonly tell: (news: News) => void) {}

  control(what: Control): void {
    if (what === "pause" && !this.#pause) {
      const { promise: over, resolve: end } = withResolvers();
      this.#pause = { over, end };
    } else if (what !== "pause") {
      this.#pause?.end();
      this.#pause = null;
    }
    if (what === "stop") this.#stop?.abort();
  }

  /** No event is given before the last one was taken: while one isn't, the training waits within a step. */
  async #held(): Promise<void> {
    await this.#pause?.over;
  }

  /** Fine-tunes, or goes on where the state of this run is kept. */
  async train({ run, pictures, weights, start, settings }: TrainAsk): Promise<TrainAnswer> {
    const stop = new AbortController();
    this.#stop = stop;
    this.#pause = null;
    const data = { data: pictures, skipDamaged: true, checkpointEvery: 3 };
    const task = finetune(
      { ...finetuneSettings(settings, start), ...data, ...(weights && { weights: [...weights] }) },
      { signal: stop.signal, builtin, store: stateStore(run) },
    );
    let before: EvaluatedEvent | null = null;
    for await (const event of task) {
      await this.#held();
      if (event.type === "evaluated" && event.phase === "before") before = event;
      for (const news of newsOf(event)) this.tell(news);
    }
    const result = await task;
    this.#stop = null;
    return this.#answer(result, before, stop.signal.aborted);
  }

  async #answer(
    result: FinetuneResult,
    before: EvaluatedEvent | null,
    stopped: boolean,
  ): Promise<TrainAnswer> {
    const { model, network: info, comparison } = result;
    if (!model || !before) return { result: null, network: null, stopped };
    this.tell({ kind: "phase", phase: "judging", done: 0, total: 0 });
    const verdicts = await verdictsOf(before, model);
    const right = verdicts.filter(({ label, predicted }) => label === predicted).length;
    const found: RunResult = {
      info,
      verdicts,
      accuracy: right / Math.max(1, verdicts.length),
      before: before.evaluation.accuracy,
      scratch: comparison.find(({ name }) => name === "from scratch")?.evaluation.accuracy,
    };
    const name = "network.safetensors";
    const bytes = (await networkFiles(model, name, info)).get(name);
    return { result: found, network: bytes ? new Blob([new Uint8Array(bytes)]) : null, stopped };
  }
}

/** What the trained network says about every validation picture. */
async function verdictsOf(
  { validation, transform }: EvaluatedEvent,
  model: EvaluatedEvent["model"],
): Promise<Verdict[]> {
  const predictions = await predict(model, validation, { transform });
  const { labels = [] } = validation;
  return predictions.map(({ label: predicted, probability, probabilities }, i) => ({
    picture: fileName(validation.nameOf?.(i) ?? ""),
    ...{ label: labels[i], predicted, probability },
    own: probabilities[labels[i]],
  }));
}

const fileName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** `Promise.withResolvers`, which browsers of 2023 lack. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
