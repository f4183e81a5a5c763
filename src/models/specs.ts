import * as networks from "./networks.ts";
import type { ModelSpec, PretrainedEntry } from "./spec.ts";

/** All networks that go by a name. Made when asked for: a page with one network doesn't download the others. */
export function modelSpecs(): readonly ModelSpec[] {
  return Object.values(networks).flatMap((specsOf) => specsOf());
}

/** Case, "-" and "_" don't count, so that "vgg16Bn" is found too. */
const plain = (name: string) => name.toLowerCase().replace(/[-_ .]/g, "");

/** The network of this name, undefined where there is none. @param specs where to look. */
export function findSpec(
  name: string,
  specs: readonly ModelSpec[] = modelSpecs(),
): ModelSpec | undefined {
  return specs.find((spec) => plain(spec.name) === plain(name));
}

/** All weights that `transfer.pretrained` can download, with their licence and input convention. */
export function listPretrained(
  specs: readonly ModelSpec[] = modelSpecs(),
): readonly PretrainedEntry[] {
  return specs.flatMap((spec) =>
    (spec.weights ?? []).map((weights) => {
      const { name = spec.name, alpha, input = spec.input } = weights;
      const build: PretrainedEntry["build"] = (options) => spec.build({ ...options, alpha });
      return { ...weights, name, architecture: spec.name, build, input };
    }),
  );
}

/** The weights of this name ("-" and "_" and case don't count), undefined where there are none. */
export function findPretrained(
  name: string,
  specs?: readonly ModelSpec[],
): PretrainedEntry | undefined {
  return listPretrained(specs).find((entry) => plain(entry.name) === plain(name));
}
