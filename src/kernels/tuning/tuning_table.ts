import { fingerprint } from "../../base/index.ts";
import { platform, readSource } from "../../platform/index.ts";

/** What was measured for one operation on one problem size. */
export interface TuningRow {
  /** "matmul", "conv2d forward", … */
  readonly operation: string;
  readonly shape: string;
  /** The fastest of the candidates, which is used from then on. */
  readonly variant: string;
  readonly milliseconds: number;
  /** All that were timed, fastest first. */
  readonly candidates: readonly { readonly variant: string; readonly milliseconds: number }[];
}

/** Measured choices for one adapter, kept in the platform's cache of files. */
export class TuningTable {
  readonly #key: string;
  #rows = new Map<string, TuningRow>();
  /** Grows with each change: steps captured before it chose their kernels by other rows. */
  version = 0;

  /** @param shaders identifies the shaders that were timed: what was measured with others isn't read. */
  constructor({ vendor, architecture, device, description }: GPUAdapterInfo, shaders: string) {
    const agent = globalThis.navigator?.userAgent ?? platform().name;
    const names = [vendor, architecture, device, description, agent, shaders];
    const readable = `${vendor} ${description || device}`.replace(/[^a-zA-Z0-9]+/g, "_");
    this.#key = `tuning/${readable}.${fingerprint([names.join("|")])}.json`;
  }

  /** Reads what earlier runs measured. A cache that is missing or damaged counts as empty. */
  async load(): Promise<void> {
    const bytes = await this.#read().catch(() => null);
    this.#rows = bytes ? parse(new TextDecoder().decode(bytes)) : new Map();
  }

  /** Losing it costs another measurement, so a cache that can't be written is no error. */
  async save(): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify([...this.#rows]));
    await this.#write(bytes).catch(() => {});
  }

  async clear(): Promise<void> {
    this.version++;
    this.#rows.clear();
    await platform()
      .files()
      .then((files) => files.delete(this.#key))
      .catch(() => {});
  }

  async #read(): Promise<Uint8Array | null> {
    const file = await (await platform().files()).find(this.#key);
    return file === null ? null : readSource(file);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const file = await (await platform().files()).open(this.#key);
    try {
      await file.restart(null);
      await file.append(bytes);
      await file.keep();
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  get(key: string): TuningRow | undefined {
    return this.#rows.get(key);
  }

  set(key: string, row: TuningRow): void {
    this.version++;
    this.#rows.set(key, row);
  }

  rows(): TuningRow[] {
    return [...this.#rows.values()];
  }
}

function parse(text: string): Map<string, TuningRow> {
  try {
    const entries: unknown = JSON.parse(text);
    return new Map(Array.isArray(entries) ? entries.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is [string, TuningRow] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") return false;
  const row: unknown = entry[1];
  return isTimed(row) && "candidates" in row && isList(row.candidates) && "shape" in row;
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isTimed);
}

function isTimed(value: unknown): value is { variant: string; milliseconds: number } {
  return (
    typeof value === "object" &&
    value !== null &&
    "variant" in value &&
    typeof value.variant === "string" &&
    "milliseconds" in value &&
    typeof value.milliseconds === "number"
  );
}
