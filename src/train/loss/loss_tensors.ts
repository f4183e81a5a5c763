import { Tensor } from "../../autograd/index.ts";
import { Module } from "../../nn/index.ts";

/** Class weights and other tensors that a loss holds: they are lost with the device, as a model's are. */
export function lossTensors(loss: Module): Tensor[] {
  const options = "options" in loss && loss.options ? Object.values(loss.options) : [];
  const inner = Object.values(loss).filter((value) => value instanceof Module);
  const state = [loss, ...inner].flatMap((module) => [
    ...Object.values(module.stateDict()),
    ...Object.values(module),
  ]);
  const found = [...options, ...state].filter((value): value is Tensor => value instanceof Tensor);
  return [...new Set(found)];
}
