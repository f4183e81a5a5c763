import type { Project } from "./types.ts";

/** Below this many usable pictures a class can't be both learned and judged. */
export const FEWEST = 4;

export interface ClassCount {
  readonly id: string;
  readonly name: string;
  /** Pictures that can be used. */
  readonly count: number;
  readonly broken: number;
  /** Of the pictures that can be used, from 0 to 1. */
  readonly share: number;
}

export function countsOf({ classes, pictures }: Project): ClassCount[] {
  const usable = new Map<string, number>();
  const broken = new Map<string, number>();
  for (const { classId, broken: why } of pictures) {
    const counts = why === undefined ? usable : broken;
    counts.set(classId, (counts.get(classId) ?? 0) + 1);
  }
  const all = [...usable.values()].reduce((sum, count) => sum + count, 0);
  return classes.map(({ id, name }) => {
    const count = usable.get(id) ?? 0;
    return { id, name, count, broken: broken.get(id) ?? 0, share: count / Math.max(1, all) };
  });
}

/** What stands in the way of training, or makes it less good than it could be. */
export type Obstacle =
  | { readonly kind: "fewClasses" }
  | { readonly kind: "fewPictures"; readonly classes: readonly string[] }
  | { readonly kind: "unbalanced"; readonly most: string; readonly least: string };

/** Times as many pictures as another class, from which on it is said. */
const UNBALANCED = 4;

/** What stands in the way; empty where training can begin. */
export function obstaclesOf(project: Project): Obstacle[] {
  const counts = countsOf(project);
  if (counts.filter(({ count }) => count > 0).length < 2) return [{ kind: "fewClasses" }];
  const few = counts.filter(({ count }) => count < FEWEST).map(({ name }) => name);
  return few.length > 0 ? [{ kind: "fewPictures", classes: few }] : [];
}

/** What training can begin with all the same. */
export function remarksOn(project: Project): Obstacle[] {
  const sorted = countsOf(project).sort((a, b) => a.count - b.count);
  const [least, most] = [sorted.at(0), sorted.at(-1)];
  if (!least || !most || least.count < FEWEST || most.count < UNBALANCED * least.count) return [];
  return [{ kind: "unbalanced", most: most.name, least: least.name }];
}
