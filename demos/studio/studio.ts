import { batch, signal } from "@preact/signals";
import { Client } from "./client.ts";
import { withoutLost } from "./project/edit.ts";
import { keysOf, newProject } from "./project/project.ts";
import { foundAgain } from "./project/runs.ts";
import type { Project } from "./project/types.ts";
import { type Database, openDatabase } from "./store/database.ts";
import { Files } from "./store/files.ts";
import { afterNews, type TrainingNow } from "./train/now.ts";
import type { NetworkFacts, News } from "./worker/messages.ts";

export const STEPS = ["collect", "choose", "train", "understand", "takeAway"] as const;
export type StepName = (typeof STEPS)[number];

/** Milliseconds between two looks at what a training tells. */
const NEWS_EVERY = 100;

/** Milliseconds from a change of the project until it is kept. */
const KEEP_AFTER = 150;

/** Milliseconds after which it is said that the page waits for the browser's storage. */
const SOON = 5000;

/** Something that has to be said, until it is put away. */
export interface Notice {
  readonly id: string;
  readonly text: string;
  readonly isBad: boolean;
}

/** An id that no other has; `crypto.randomUUID` is for secure pages only, and this one reads on others too. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The state of the page. Views read its signals; what people do is in `actions.ts` beside the views. */
export class Studio {
  readonly project = signal<Project>(newProject(newId, []));
  /** Whether the project that was kept has been looked for. */
  readonly isOpen = signal(false);
  /** Whether it is still being looked for, longer than it should take. */
  readonly isWaiting = signal(false);
  /** null where another tab has the project: nothing is kept then. */
  readonly isElsewhere = signal(false);
  readonly step = signal<StepName>("collect");
  readonly notices = signal<readonly Notice[]>([]);
  readonly adapter = signal<string | null>(null);
  /** Why nothing can be computed here. */
  readonly problem = signal<string | null>(null);
  readonly facts = signal<NetworkFacts | null>(null);
  readonly factsError = signal<string | null>(null);
  readonly training = signal<TrainingNow | null>(null);
  /** What else is heard of a training than what is shown while it runs. */
  onNews: (news: News) => void = () => {};
  files = new Files(null);
  #database: Database | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #client: Client | null = null;
  readonly #heard: News[] = [];
  #newsTimer: ReturnType<typeof setTimeout> | undefined;

  /** Made when it is first asked: its code is most of what the page downloads. */
  get client(): Client {
    this.#client ??= new Client(
      (news) => this.#hear(news),
      () => this.#takeNews(),
    );
    return this.#client;
  }

  /** A fast training has more to tell in a second than a page should be drawn. */
  #hear(news: News): void {
    this.#heard.push(news);
    this.#newsTimer ??= setTimeout(() => this.#takeNews(), NEWS_EVERY);
  }

  #takeNews(): void {
    clearTimeout(this.#newsTimer);
    this.#newsTimer = undefined;
    const heard = this.#heard.splice(0);
    batch(() => {
      const now = this.training.value;
      if (now) this.training.value = heard.reduce(afterNews, now);
      for (const news of heard) this.onNews(news);
    });
  }

  /** Finds the project that was kept. */
  async open(names: readonly string[]): Promise<void> {
    const late = setTimeout(() => {
      this.isWaiting.value = true;
    }, SOON);
    this.isElsewhere.value = !(await holdProject());
    this.#database = this.isElsewhere.value ? null : await openDatabase().catch(() => null);
    this.files = new Files(this.#database);
    const found = await this.#database?.readProject().catch(() => null);
    // Before anything is added that the project doesn't speak of yet.
    const project = found ? foundAgain(found) : newProject(newId, names);
    const files = await this.files.sweep(new Set(keysOf(project)));
    clearTimeout(late);
    this.isWaiting.value = false;
    this.project.value = files ? withoutLost(project, files) : project;
    this.isOpen.value = true;
    void navigator.storage?.persist?.().catch(() => false);
  }

  /** Shows a new state of the project, and keeps it: soon also while it changes all the time, as files that it doesn't speak of are swept away. */
  commit(project: Project): void {
    this.project.value = project;
    this.#timer ??= setTimeout(() => void this.flush(), KEEP_AFTER);
  }

  edit(change: (project: Project) => Project): void {
    this.commit(change(this.project.value));
  }

  /** Writes what isn't written yet. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#database?.writeProject(this.project.value).catch(() => {}); // files tell of full storage
  }

  say(text: string, isBad = false): void {
    const others = this.notices.value.filter((notice) => notice.text !== text);
    this.notices.value = [...others, { id: newId(), text, isBad }].slice(-4);
  }

  putAway(id: string): void {
    this.notices.value = this.notices.value.filter((notice) => notice.id !== id);
  }
}

/** Two tabs would write over each other. @returns whether this one is the first; its lock ends with it. */
function holdProject(): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((tell) => {
    void navigator.locks.request("graft-studio", { ifAvailable: true }, (lock) => {
      tell(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

export const studio = new Studio();
