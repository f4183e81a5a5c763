/** The network that is chosen where there are no weights of one's own. */
export const builtin = new URL("../../../assets/letters.safetensors", import.meta.url);
