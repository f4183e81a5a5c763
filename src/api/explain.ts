/**
 * Why a network answers as it does: heat maps, mistakes, neighbours: the entry `webgraft/explain` and the namespace `explain`.
 *
 * @module webgraft/explain
 */
export {
  type BatchesOptions,
  embeddings,
  type GradCamOptions,
  gradCam,
  type HeatMap,
  type Mistake,
  type NearestOptions,
  type Neighbour,
  nearest,
  type OcclusionOptions,
  occlusion,
  worstMistakes,
} from "../explain/index.ts";
