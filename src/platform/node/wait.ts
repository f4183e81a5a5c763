/**
 * Dawn in Node learns what the GPU has done by asking in every turn of the event loop, and so keeps a core busy
 * while a program waits. A software adapter needs that core: without it a training step on two cores
 * takes half as long again. So turns in which nothing else happens are stretched by a short sleep.
 */
const SHORTEST = 0.05; // milliseconds: what a small step takes must not grow noticeably
const LONGEST = 1;
const GROWTH = 1.25;
/** A turn that took longer had other work to do, which may have more to follow. */
const IDLE_TURN = 0.3;

const cell = new Int32Array(new SharedArrayBuffer(4));

class Rest {
  #waiting = 0;
  #isLooping = false;
  #pause = SHORTEST;
  #lastEnd = 0;

  while(pending: Promise<unknown>): void {
    this.#waiting++;
    this.#pause = SHORTEST;
    const end = () => {
      this.#waiting--;
    };
    pending.then(end, end);
    if (this.#isLooping) return;
    this.#isLooping = true;
    this.#nextTurn();
  }

  #nextTurn(): void {
    this.#lastEnd = performance.now();
    setImmediate(() => this.#turn()).unref(); // resting alone is no reason for a process to live on
  }

  #turn(): void {
    if (this.#waiting === 0) {
      this.#isLooping = false;
      return;
    }
    if (performance.now() - this.#lastEnd < IDLE_TURN) {
      Atomics.wait(cell, 0, 0, this.#pause);
      this.#pause = Math.min(LONGEST, this.#pause * GROWTH);
    }
    this.#nextTurn();
  }
}

const rest = new Rest();

/** Lets the thread rest between turns of the event loop until `pending` is settled. */
export function restWhile(pending: Promise<unknown>): void {
  rest.while(pending);
}
