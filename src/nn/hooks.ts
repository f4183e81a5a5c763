import { reshape, Tensor } from "../autograd/index.ts";

/**
 * Is called behind a module's forward pass with what went in and what came out. What it returns, unless undefined, goes on
 * in place of the output.
 */
export type ForwardHook<Hooked = object> = (
  module: Hooked,
  inputs: readonly Tensor[],
  output: unknown,
) => unknown;

/** What takes a hook off again. */
export interface HookHandle {
  remove(): void;
}

type Forward = (...inputs: Tensor[]) => unknown;

/** A module with hooks. A plain object, whose contents recordings compare: they are made anew when hooks change. */
interface Hooked {
  hooks: readonly object[];
  readonly forward: Forward;
  /** Whether the module had a forward of its own, rather than its class's. */
  readonly isOwn: boolean;
}

interface Hookable {
  forward: Forward;
  hooked?: Hooked;
}

/** Has `hook` called behind each forward pass of `module`, after those that were there before. */
export function addForwardHook<Module extends Hookable>(
  module: Module,
  hook: ForwardHook<Module>,
): HookHandle {
  const entry = { hook };
  module.hooked ??= wrap(module);
  const { hooked } = module;
  hooked.hooks = [...hooked.hooks, entry];
  const remove = () => {
    hooked.hooks = hooked.hooks.filter((one) => one !== entry);
    if (hooked.hooks.length === 0 && module.hooked === hooked) unwrap(module, hooked);
  };
  return { remove };
}

function wrap<Module extends Hookable>(module: Module): Hooked {
  const hooked: Hooked = {
    hooks: [],
    forward: module.forward,
    isOwn: Object.hasOwn(module, "forward"),
  };
  const value: Forward = (...inputs) => {
    let output = hooked.forward.apply(module, inputs);
    for (const { hook } of hooked.hooks as readonly { hook: ForwardHook<Module> }[])
      output = hook(module, inputs, output) ?? output;
    if (!(output instanceof Tensor)) return output;
    // The hook's tensor lasts as long as somebody holds it; what goes on is another one on the same memory, which a chain of
    // layers may free.
    output.array.keep();
    return reshape(output, output.shape);
  };
  Object.defineProperty(module, "forward", { value, configurable: true, writable: true });
  return hooked;
}

function unwrap(module: Hookable, { forward, isOwn }: Hooked): void {
  delete module.hooked;
  if (isOwn) module.forward = forward;
  else Reflect.deleteProperty(module, "forward");
}
