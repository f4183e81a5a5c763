import type { Project, StudioSettings } from "./types.ts";

export const usualSettings: StudioSettings = {
  train: { kind: "head" },
  cut: null,
  epochs: 10,
  batchSize: 16,
  lr: null,
  findLr: false,
  augment: false,
  compare: false,
  valSplit: 0.25,
};

/** An id that no other has. */
export type NewId = () => string;

/** @param names of the classes that it begins with. */
export function newProject(newId: NewId, names: readonly string[]): Project {
  return {
    version: 1,
    id: newId(),
    name: "",
    classes: names.map((name) => ({ id: newId(), name })),
    pictures: [],
    network: { kind: "builtin" },
    settings: usualSettings,
    runs: [],
  };
}

/** Keys under which a project's files are kept. */
export const keys = {
  picture: (id: string) => `picture:${id}`,
  thumbnail: (id: string) => `thumbnail:${id}`,
  weights: (id: string) => `weights:${id}`,
  /** The state of a run that isn't finished. */
  state: (run: string) => `state:${run}`,
  network: (run: string) => `network:${run}`,
};

/** The keys of all files that a project has; some of them may not be there yet, or any more. */
export function keysOf({ pictures, network, runs }: Project): string[] {
  const choices = [network, ...runs.map(({ choice }) => choice)];
  const weights = choices.flatMap((choice) =>
    choice.kind === "files" ? choice.files.map(({ id }) => keys.weights(id)) : [],
  );
  return [
    ...pictures.flatMap(({ id }) => [keys.picture(id), keys.thumbnail(id)]),
    ...new Set(weights),
    ...runs.flatMap(({ id }) => [keys.state(id), keys.network(id)]),
  ];
}
