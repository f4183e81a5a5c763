import type {
  Asked,
  Control,
  FromWorker,
  News,
  TaskName,
  Tasks,
  ToWorker,
} from "./worker/messages.ts";

/** The worker couldn't be had a GPU for: there is none that a page may use. */
export class NoGpuError extends Error {}

interface Waiting {
  done(answer: never): void;
  fail(error: Error): void;
}

/** The page's end of the worker: asks it, and hears from a training that runs. */
export class Client {
  readonly #worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  /** @param settle takes what was heard, before an answer is given. */
  constructor(
    private readonly hear: (news: News) => void,
    private readonly settle: () => void,
  ) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    this.#worker.onerror = ({ message }) => {
      for (const { fail } of this.#waiting.values()) fail(new Error(message));
      this.#waiting.clear();
    };
  }

  /** @throws Error with what the library says, NoGpuError where there is no WebGPU. */
  ask<T extends TaskName>(task: T, ask: Tasks[T]["ask"]): Promise<Tasks[T]["answer"]> {
    const id = ++this.#asked;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      this.#send({ id, task, ask } as Asked);
    });
  }

  control(what: Control): void {
    this.#send({ control: what });
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromWorker): void {
    if ("news" in message) {
      this.hear(message.news);
      return;
    }
    this.settle();
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("answer" in message) waiting?.done(message.answer as never);
    else
      waiting?.fail(message.isNoWebGpu ? new NoGpuError(message.error) : new Error(message.error));
  }
}
