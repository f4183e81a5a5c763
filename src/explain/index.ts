export type { BatchesOptions } from "./batches.ts";
export { type GradCamOptions, gradCam } from "./grad_cam.ts";
export type { HeatMap } from "./heat_map.ts";
export { type Mistake, worstMistakes } from "./mistakes.ts";
export { embeddings, type NearestOptions, type Neighbour, nearest } from "./nearest.ts";
export { type OcclusionOptions, occlusion } from "./occlusion.ts";
