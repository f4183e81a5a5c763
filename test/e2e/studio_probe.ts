/** What goes on in the studio while it trains: in its worker, on the page's thread, in memory. */
import type { Page, WebWorker } from "puppeteer";
import { pause } from "./studio_page.ts";

/** What is noted within the worker, where no other thread's delay changes the order. */
interface Noted {
  /** Kinds of news that it told and controls that it got, in order. */
  readonly log: string[];
  /** Times that work was handed to the GPU. */
  submits: number;
  /** Bytes of buffers that were made and not destroyed since. */
  bytes: number;
}

declare global {
  var noted: Noted;
}

/** The worker that trains, which starts when the page stands; the other makes thumbnails. */
async function trainer(page: Page): Promise<WebWorker> {
  for (;;) {
    const found = page.workers().find((worker) => /\/worker-[^/]*$/.test(worker.url()));
    if (found) return found;
    await pause(100);
  }
}

/** Begins to note what the worker does. */
export async function watchTrainer(page: Page): Promise<void> {
  await (await trainer(page)).evaluate(() => {
    const noted: Noted = { log: [], submits: 0, bytes: 0 };
    globalThis.noted = noted;
    const post = self.postMessage.bind(self) as (message: unknown, options: object) => void;
    Object.assign(self, {
      postMessage(message: { news?: { kind: string } }, options: object) {
        if (message.news) noted.log.push(message.news.kind);
        post(message, options);
      },
    });
    self.addEventListener("message", ({ data }) => {
      if ("control" in data) noted.log.push(data.control);
    });
    const { submit } = GPUQueue.prototype;
    GPUQueue.prototype.submit = function (buffers) {
      noted.submits++;
      return submit.call(this, buffers);
    };
    const sizes = new WeakMap<GPUBuffer, number>();
    const { createBuffer } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      sizes.set(buffer, descriptor.size);
      noted.bytes += descriptor.size;
      return buffer;
    };
    const { destroy } = GPUBuffer.prototype;
    GPUBuffer.prototype.destroy = function () {
      noted.bytes -= sizes.get(this) ?? 0;
      sizes.delete(this);
      return destroy.call(this);
    };
  });
}

export const notedOf = async (page: Page): Promise<Noted> =>
  (await trainer(page)).evaluate(() => noted);

/** Steps that were told after the last control of this name arrived. */
export async function stepsAfter(page: Page, control: string): Promise<number> {
  const { log } = await notedOf(page);
  const since = log.slice(log.lastIndexOf(control));
  if (since[0] !== control) throw new Error(`no ${control} has arrived`);
  return since.filter((kind) => kind === "step").length;
}

export interface Memory {
  readonly page: number;
  readonly worker: number;
  readonly gpu: number;
}

/** Bytes that are in use once the garbage is collected. */
export async function memoryOf(page: Page): Promise<Memory> {
  const session = await page.createCDPSession();
  const used = async (client: Pick<typeof session, "send">) => {
    await client.send("HeapProfiler.collectGarbage");
    return (await client.send("Runtime.getHeapUsage")).usedSize;
  };
  const sizes = {
    page: await used(session),
    worker: await used((await trainer(page)).client),
    gpu: (await notedOf(page)).bytes,
  };
  await session.detach();
  return sizes;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds that the thread computed: others on the machine don't count. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Milliseconds of computing that the page's longest task takes during some work. */
export async function longestTask(page: Page, work: () => Promise<unknown>): Promise<number> {
  await page.tracing.start({
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  await work();
  const trace = (await page.tracing.stop()) ?? new Uint8Array();
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace));
  const events: readonly TraceEvent[] = traceEvents;
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isMain = (event: TraceEvent) =>
    event.name === "thread_name" && event.args.name === "CrRendererMain";
  const mains = new Set(events.filter(isMain).map(threadOf));
  const tasks = events.filter(
    (event) => /(^|::)RunTask$/.test(event.name) && mains.has(threadOf(event)),
  );
  const times = tasks.flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]));
  if (times.length < 10) throw new Error(`the trace has ${times.length} tasks of the page`);
  return times.reduce((longest, time) => Math.max(longest, time));
}
