import { type Fail, WeightFileError } from "../../errors.ts";
import { type BuiltNetwork, NetworkBuilder } from "../builder.ts";
import type { GivenLayers } from "../given_layers.ts";

/** Whether values are read as maps, or with the axes that the file gives them. */
export type AxesAre = "of maps" | "any";

export interface ReadNetwork extends BuiltNetwork {
  readonly builder: NetworkBuilder;
}

/**
 * Reads a graph's values as maps [channels, height, width] and vectors, which is what most networks have and what all formats
 * can hold; where that fails, with any axes, as transformers have them.
 *
 * @returns the first that succeeds, else the one that lacks less. @throws what the first throws where the other fails, too.
 */
export function mapsOrAny(
  fail: Fail,
  given: GivenLayers | undefined,
  convert: (axes: AxesAre, builder: NetworkBuilder) => BuiltNetwork,
): ReadNetwork {
  const attempt = (axes: AxesAre): ReadNetwork | WeightFileError => {
    const builder = new NetworkBuilder(fail, given);
    try {
      return { ...convert(axes, builder), builder };
    } catch (error) {
      if (error instanceof WeightFileError) return error;
      throw error;
    }
  };
  const maps = attempt("of maps");
  if ("builder" in maps && maps.graph) return maps;
  const any = attempt("any");
  const lacksLess =
    "builder" in any && "builder" in maps && any.builder.lacking < maps.builder.lacking;
  const isBetter = "builder" in any && (any.graph !== undefined || lacksLess);
  const best = isBetter ? any : maps;
  if ("builder" in best) return best;
  throw best;
}
