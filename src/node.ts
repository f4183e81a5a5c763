/**
 * The entry `webgraft/node`: import it once, before anything else, to run in Node. It brings WebGPU
 * (Dawn, with a software adapter where there is no graphics driver), files and image decoding.
 *
 * @module webgraft/node
 */
import { setPlatform } from "./platform/index.ts";
import { nodePlatform } from "./platform/node/index.ts";

setPlatform(nodePlatform);
