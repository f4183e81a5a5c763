import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { writePytorch } from "../../../src/formats/index.ts";
import { readPytorch } from "../../../src/formats/pytorch/read.ts";
import { fuzz } from "../fuzz.ts";
import { APPEND, dict, EMPTY_LIST, tensor, text } from "../pickle.ts";
import { sampleTensors } from "../samples.ts";
import { checkpoint, count, floats, good, legacy, repeatedZeros } from "./checkpoints.ts";

it("answers 12,000 damaged checkpoints with a typed error or a sound result", {
  timeout: 180_000,
}, async () => {
  const golden = (name: string) =>
    new Uint8Array(readFileSync(new URL(`./golden/${name}`, import.meta.url)));
  const seeds = [
    golden("tensors.pt"),
    golden("tensors_legacy.pt"),
    golden("checkpoint_legacy.pt"),
    writePytorch(sampleTensors(["f32", "i64"])),
    checkpoint(dict(["a", good], ["b", tensor(floats, 1, [2, 2], [1, 4])])),
    legacy(dict(["a", good]), [EMPTY_LIST, text("0"), APPEND], [count(12), repeatedZeros(48)]),
  ];
  const report = await fuzz({ seeds, read: readPytorch, readParts: readPytorch, runs: 12_000 });
  expect(report.accepted).toBeGreaterThan(100);
  expect(report.refused).toBeGreaterThan(1000);
});
