import { recordOps, Tensor, zeros } from "../autograd/index.ts";
import { evaluating, type Module } from "../nn/index.ts";

/** A module that a forward pass came by. */
export interface Visit {
  readonly path: string;
  readonly module: Module;
  /** Of what it gave. */
  readonly shape: readonly number[];
}

/** The modules that a forward pass comes by exactly once, in the order in which they end; nothing is computed. */
export function visitsOf(model: Module, inputShape: readonly number[]): Visit[] {
  const visits: Visit[] = [];
  const paths = new Map([...model.namedModules()].map(([path, module]) => [module, path]));
  paths.delete(model);
  const handles = [...paths].map(([module, path]) =>
    module.registerForwardHook((_, __, output) => {
      if (output instanceof Tensor) visits.push({ path, module, shape: output.shape });
    }),
  );
  try {
    evaluating(model, () => recordOps(() => model.forward(zeros([...inputShape]))));
  } finally {
    for (const handle of handles) handle.remove();
  }
  const times = (module: Module) => visits.filter((visit) => visit.module === module).length;
  return visits.filter(({ module }) => times(module) === 1);
}
