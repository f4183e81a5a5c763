import type { CardInput, ModelCardInfo } from "./info.ts";
import { type CardSection, loadingSections } from "./loading.ts";

/**
 * The text of a model card, to be saved as `README.md` or `model_card.md` beside the weights: what
 * the network is, where its weights and data come from, what it takes and gives, how good it is, and
 * how to load it in Graft and in other tools.
 *
 * @returns Markdown.
 */
export function modelCard(info: ModelCardInfo): string {
  const sections: CardSection[] = [
    ["Network", network(info)],
    ["Weights it began with", source(info.source)],
    ["Data", data(info.data)],
    ["Training", facts(info.training)],
    ["Results", [...facts(info.metrics, measured), ...byClass(info)]],
    ["Input", info.input ? input(info.input) : []],
    ["Classes", info.classes.map((name, i) => `${i}. ${escaped(name)}${from(info, i)}`)],
    ...loadingSections(info),
    ["Notes", (info.notes ?? []).map((note) => `- ${note}`)],
    ["Licence", info.licence ? [info.licence] : []],
  ];
  const body = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => `## ${heading}\n\n${lines.join("\n")}\n`);
  return `# ${escaped(info.title ?? info.architecture)}\n\n${body.join("\n")}`;
}

/** From how likely on one of several labels is given. */
function from({ thresholds }: ModelCardInfo, label: number): string {
  return thresholds ? `, from ${Number(thresholds[label]?.toPrecision(4))} on` : "";
}

function network({ architecture, parameters, classes, file, thresholds }: ModelCardInfo): string[] {
  const each = thresholds ? "label" : "class";
  const outputs = classes.length === 1 ? "1 output" : `${classes.length} outputs, one a ${each}`;
  const meaning = thresholds
    ? "sigmoid makes the probability of each label"
    : "softmax makes probabilities";
  return [
    `- architecture: ${escaped(architecture)}`,
    ...(parameters === undefined ? [] : [`- parameters: ${withSeparators(parameters)}`]),
    `- gives: ${outputs} (logits: ${meaning} of them)`,
    ...(file === undefined ? [] : [`- file: \`${file}\`; class names: \`labels.json\``]),
  ];
}

function source(given: ModelCardInfo["source"]): string[] {
  if (given === undefined) return [];
  if (typeof given === "string") return [given];
  const { name, url, sha256, licence } = given;
  return [
    `- ${url === undefined ? escaped(name) : `[${escaped(name)}](${url})`}`,
    ...(sha256 === undefined ? [] : [`- sha256: \`${sha256}\``]),
    ...(licence === undefined ? [] : [`- licence: ${licence}`]),
  ];
}

function data(given: ModelCardInfo["data"]): string[] {
  if (given === undefined) return [];
  if (typeof given === "string") return [given];
  const { name, url } = given;
  const counts = (["train", "validation", "test"] as const).flatMap((part) => {
    const count = given[part];
    return count === undefined ? [] : [`- ${part}: ${withSeparators(count)} images`];
  });
  return [`- ${url === undefined ? escaped(name) : `[${escaped(name)}](${url})`}`, ...counts];
}

function facts(
  record: Readonly<Record<string, string | number>> = {},
  text: (name: string, value: number) => string = (_, value) => String(value),
): string[] {
  return Object.entries(record).map(
    ([name, value]) =>
      `- ${escaped(name)}: ${typeof value === "number" ? text(name, value) : escaped(value)}`,
  );
}

/** Shares as per cent; a loss stays a number. */
function measured(name: string, value: number): string {
  const isShare = /accuracy|precision|recall|top-?\d|f1/i.test(name) && value >= 0 && value <= 1;
  return isShare ? perCent(value) : String(Number(value.toPrecision(4)));
}

function byClass({ classes, classAccuracy }: ModelCardInfo): string[] {
  if (!classAccuracy) return [];
  const rows = classes.map((name, i) => `| ${escaped(name)} | ${share(classAccuracy[i])} |`);
  return ["", "| class | accuracy |", "| --- | --- |", ...rows];
}

function share(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "–" : perCent(value);
}

function perCent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

function input(about: CardInput): string[] {
  const { shape, order = "rgb", scale = 1, mean, std, resize, shorterSide } = about;
  const from = shorterSide === undefined ? "" : `, the shorter side being ${shorterSide}`;
  const channels = shape[0] === 1 ? "grey" : order.toUpperCase();
  const numbers = [
    `pixels of 0..255 times ${Number(scale.toPrecision(8))}`,
    ...(mean?.some((value) => value !== 0) ? [`minus [${mean.join(", ")}]`] : []),
    ...(std?.some((value) => value !== 1) ? [`divided by [${std.join(", ")}]`] : []),
  ];
  return [
    `- shape of one image: ${shape.join(" × ")} (channels, height, width), ${channels}`,
    `- numbers: ${numbers.join(", ")}`,
    ...(resize === undefined ? [] : [`- other sizes: ${resize}${from}`]),
  ];
}

function withSeparators(count: number): string {
  return count.toLocaleString("en");
}

/** Names come from folders and files: none may become a heading, a table cell or HTML. */
function escaped(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|#]/g, "\\$&");
}
