/** The script of a page that predicts: bundled whole, with the network beside it in the same file. */
import { init, type LoadedNetwork, loadNetwork } from "webgraft/core";

const element = (id: string) => document.getElementById(id) as HTMLElement;
const say = (text: string) => {
  element("status").textContent = text;
};

/** The network's file, which stands in the page as base64. */
function networkFile(): Uint8Array {
  const text = element("network").textContent ?? "";
  return Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
}

async function ask(network: LoadedNetwork, file: File): Promise<void> {
  const picture = element("picture") as HTMLImageElement;
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(file);
  picture.hidden = false;
  try {
    const [{ probabilities }] = await network.predict(file);
    show(probabilities, network.classes);
    say("");
  } catch (error) {
    say(`${file.name}: ${error instanceof Error ? error.message : error}`);
  }
}

function show(probabilities: ArrayLike<number>, classes: readonly string[]): void {
  const ranked = Array.from(probabilities, (share, i) => ({
    share,
    name: classes[i] ?? String(i),
  }));
  ranked.sort((a, b) => b.share - a.share);
  const rows = ranked.slice(0, 8).map(({ name, share }) => {
    const row = document.createElement("li");
    const bar = document.createElement("meter");
    bar.value = share;
    bar.ariaLabel = name;
    row.append(name, bar, `${(100 * share).toFixed(1)} %`);
    return row;
  });
  element("ranking").replaceChildren(...rows);
}

async function start(): Promise<void> {
  await init();
  const network = await loadNetwork(networkFile());
  const input = element("file") as HTMLInputElement;
  const take = (file: File | undefined) => {
    if (file) void ask(network, file);
  };
  input.addEventListener("change", () => take(input.files?.[0]));
  input.disabled = false;
  document.addEventListener("paste", ({ clipboardData }) => take(clipboardData?.files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer?.files[0]);
  });
  say("");
}

start().catch((error) => say(error instanceof Error ? error.message : String(error)));
