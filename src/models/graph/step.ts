import type { Tensor } from "../../autograd/index.ts";
import type { Module } from "../../nn/index.ts";

/** What a node computes from its inputs. Layers with parameters are modules, the rest functions. */
export type Step = Module | ((...inputs: Tensor[]) => Tensor);
