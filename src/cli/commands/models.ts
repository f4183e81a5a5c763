import {
  conventionName,
  listPretrained,
  type ModelSpec,
  modelSpecs,
  type PretrainedEntry,
} from "../../models/index.ts";
import { EXIT } from "../errors.ts";
import { commandName } from "../paths.ts";
import { bytes, percent } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import { table } from "../terminal/table.ts";

/** `graft models`: the zoo, and the weights that can be had for it. */
export async function listModels(_: object, output: Output): Promise<number> {
  const entries = listPretrained();
  output.heading("Networks (--arch)");
  output.line(table(["name", "input", "pixels", "weights"], modelSpecs().map(networkRow)));
  output.heading("Pretrained weights (--weights)");
  output.line(
    table(["name", "size", "top-1", "trained on", "hash", "licence"], entries.map(entryRow)),
  );
  output.line(`\nDownloaded once, then kept: ${commandName()} --weights squeezenet1_1 --data DIR`);
  output.emit("models", {
    networks: modelSpecs().map(({ name, minSize, input }) => {
      const { size, channels, antialias, order, scale, mean, std } = input;
      const convention = { order, scale, mean, std };
      return { name, size, minSize, channels, convention, antialias };
    }),
    pretrained: entries.map(({ build: _build, ...entry }) => entry),
  });
  return EXIT.ok;
}

function networkRow(spec: ModelSpec): string[] {
  const { name, input } = spec;
  const { size, channels } = input;
  const weights = listPretrained([spec]);
  return [
    name,
    `${channels ?? "any"}×${size}×${size}`,
    conventionName(input) ?? "its own",
    weights.map((entry) => entry.name).join(", ") || "–",
  ];
}

function entryRow(entry: PretrainedEntry): string[] {
  const { name, size, top1, trainedOn, sha256, md5, licence } = entry;
  const whole = md5 === undefined ? "none known" : "MD5";
  const hash = sha256 === undefined ? whole : sha256.length === 64 ? "SHA-256" : "SHA-256, start";
  return [name, bytes(size), top1 === undefined ? "–" : percent(top1), trainedOn, hash, licence];
}
