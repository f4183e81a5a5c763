import type { ThumbnailAnswer } from "./thumbnail_worker.ts";

/** Makes small copies of pictures, a few at a time, in a worker of its own: training doesn't hold it up. */
class Thumbnails {
  #worker: Worker | null = null;
  readonly #waiting = new Map<string, (thumbnail: Blob | null) => void>();

  /** @returns null where the picture can't be decoded. */
  of(id: string, file: Blob): Promise<Blob | null> {
    this.#worker ??= this.#start();
    return new Promise((done) => {
      this.#waiting.set(id, done);
      this.#worker?.postMessage({ id, file });
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./thumbnail_worker.ts", import.meta.url), {
      type: "module",
    });
    worker.onmessage = ({ data }: MessageEvent<ThumbnailAnswer>) => {
      this.#waiting.get(data.id)?.(data.thumbnail);
      this.#waiting.delete(data.id);
    };
    return worker;
  }
}

export const thumbnails = new Thumbnails();
