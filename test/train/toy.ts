import {
  data,
  manualSeed,
  nn,
  optim,
  type TrainEvent,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";

export const CLASSES = ["left", "middle", "right"];

export interface ToyOptions {
  seed?: number;
  /** Brightness of noise beside the bar's 1. */
  noise?: number;
}

/** Pictures [1, 4, 6] with a bright bar at one of three places: what a tiny network learns at once. */
export function bars(count: number, { seed = 1, noise = 0.5 }: ToyOptions = {}): data.Dataset {
  const random = new data.Random(seed, 0);
  const labels = Int32Array.from({ length: count }, (_, i) => (i * 7 + seed) % 3);
  const images = new Float32Array(count * 24);
  for (let i = 0; i < images.length; i++) {
    const column = Math.floor((i % 6) / 2);
    images[i] = noise * random.float() + (column === labels[Math.floor(i / 24)] ? 1 : 0);
  }
  return data.fromArrays(images, [1, 4, 6], labels, { classes: CLASSES });
}

export interface NetOptions {
  seed?: number;
  dropout?: number;
  outputs?: number;
}

/** Convolution, batch norm, ReLU, pooling, dropout, linear: every kind of state there is. */
export function tinyNet({ seed = 3, dropout = 0.2, outputs = 3 }: NetOptions = {}): nn.Sequential {
  manualSeed(seed);
  return new nn.Sequential({
    conv: new nn.Conv2d(1, 4, 3, { padding: 1 }),
    bn: new nn.BatchNorm2d(4),
    relu: new nn.ReLU(),
    pool: new nn.MaxPool2d(2),
    flatten: new nn.Flatten(),
    drop: new nn.Dropout(dropout),
    head: new nn.Linear(24, outputs),
  });
}

/** Every parameter and buffer, on the host. */
export async function weights(model: nn.Module): Promise<Record<string, number[]>> {
  const entries = Object.entries(model.stateDict()).map(
    async ([name, tensor]): Promise<[string, number[]]> => [name, [...(await tensor.data())]],
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** A trainer of a tiny network with Adam, unless told otherwise. */
export const makeTrainer = (options: Partial<TrainerOptions> = {}) => {
  const model = options.model ?? tinyNet();
  const optimizer = options.optimizer ?? new optim.Adam(model.parameters(), { lr: 0.02 });
  return new Trainer({ model, optimizer, ...options });
};

/** All events of a run. */
export async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
type Kind<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;
/** The events of one type. */
export const only = <T extends TrainEvent["type"]>(events: TrainEvent[], type: T) =>
  events.filter((event): event is Kind<T> => event.type === type);

/** A checkpoint's place in memory. */
export function memoryStore() {
  const store = {
    bytes: new Uint8Array(),
    read: async () => store.bytes,
    write: async (bytes: Uint8Array) => {
      store.bytes = bytes.slice();
    },
  };
  return store;
}
