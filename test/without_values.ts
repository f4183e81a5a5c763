import { Recorder } from "../src/gpu/replay/recorder.ts";

/** Builds a network whose tensors have shapes and no values: drawing those of a large one takes a software adapter seconds. */
export const withoutValues = <T>(build: () => T): T => new Recorder().record(build);
