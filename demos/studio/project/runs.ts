import type { EpochFigures, Project, Run } from "./types.ts";

/** Edits of runs: each gives a new project. */

export function addRun(project: Project, run: Run): Project {
  return { ...project, runs: [...project.runs, run] };
}

export function changeRun(project: Project, id: string, changes: Partial<Run>): Project {
  const runs = project.runs.map((run) => (run.id === id ? { ...run, ...changes } : run));
  return { ...project, runs };
}

export function removeRun(project: Project, id: string): Project {
  return { ...project, runs: project.runs.filter((run) => run.id !== id) };
}

/** A project as it is found again: a run that ran when the page went away was interrupted. */
export function foundAgain(project: Project): Project {
  const runs = project.runs.map((run) =>
    run.state === "running" ? { ...run, state: "interrupted" as const } : run,
  );
  return { ...project, runs };
}

/** The run that can be gone on with: the last one, where it was interrupted, or failed after an epoch. */
export function interruptedRun({ runs }: Project): Run | null {
  const last = runs.at(-1);
  const isFailed = last?.state === "failed" && last.epochs.length > 0;
  return last && (last.state === "interrupted" || isFailed) ? last : null;
}

/** The run with a network that was trained last; null where there is none. */
export function lastResult({ runs }: Project): Run | null {
  return runs.findLast(({ result }) => result !== undefined) ?? null;
}

/** An epoch that is trained again, after an interruption, takes the place of what was there. */
export function withEpoch(
  epochs: readonly EpochFigures[],
  epoch: number,
  figures: EpochFigures,
): readonly EpochFigures[] {
  return [...epochs.slice(0, epoch), figures];
}
