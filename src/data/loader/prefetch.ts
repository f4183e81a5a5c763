/**
 * Yields `make(0)`, `make(1)`, …, `make(count − 1)` in order, with up to `ahead` of them under way
 * before they are asked for. An error surfaces when its turn comes.
 */
export async function* prefetch<T>(
  count: number,
  ahead: number,
  make: (index: number) => Promise<T>,
): AsyncGenerator<T, void, undefined> {
  const queue: Promise<T>[] = [];
  let next = 0;
  const fill = (upTo: number) => {
    while (queue.length < upTo && next < count) {
      const item = make(next++);
      item.catch(() => {}); // it may fail before anybody waits for it, or after everybody left
      queue.push(item);
    }
  };
  for (let i = 0; i < count; i++) {
    fill(ahead + 1);
    const item = queue.shift();
    if (item) yield await item;
  }
}
