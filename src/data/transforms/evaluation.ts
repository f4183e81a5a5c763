import type { Transform } from "./types.ts";

/** One transform or several. */
export type TransformOption = Transform | readonly Transform[];

function isList(option: TransformOption): option is readonly Transform[] {
  return Array.isArray(option);
}

/** @throws TypeError for something that is no transform, such as a function that makes one. */
export function transformList(option: TransformOption = []): readonly Transform[] {
  const list = isList(option) ? option : [option];
  list.forEach((transform, i) => {
    if (typeof transform === "function") {
      if (transform.length !== 0) return;
      throw new TypeError(
        `transform ${i}: the function ${transform.name} takes no images; did you mean ${transform.name}()?`,
      );
    }
    if (transform?.kind === "colour" || transform?.kind === "geometry") return;
    throw new TypeError(
      `transform ${i}: expected one of data.transforms or a function of a tensor`,
    );
  });
  return list;
}

/**
 * The same pipeline for evaluation: random flips and rotations left out, random crops in the middle,
 * so that shapes stay the same. Functions are kept.
 */
export function withoutRandomness(option: TransformOption): Transform[] {
  return transformList(option).flatMap((transform): Transform[] => {
    if (typeof transform === "function" || transform.kind === "colour") return [transform];
    if (transform.evaluation === undefined) return [transform];
    return transform.evaluation === null ? [] : [transform.evaluation];
  });
}
