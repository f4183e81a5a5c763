/** The network that server and clients share: it knows letters, and has a new head for digits. */
import { loadNetwork, manualSeed, transfer } from "webgraft";

export async function digitsNetwork() {
  const { model, transform } = await loadNetwork(
    import.meta.resolve("webgraft/assets/letters.safetensors"),
  );
  transfer.freeze(model, "features");
  manualSeed(1);
  transfer.replaceHead(model, 10);
  return { model, transform };
}
