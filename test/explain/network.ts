/** The network of test/golden/make_explain.py, with its weights, and what PyTorch and scikit-learn gave. */
import { readFileSync } from "node:fs";
import { nn, tensor } from "../../src/index.ts";
import { uniform } from "../golden/weights.ts";

interface Golden {
  readonly predicted: number[];
  readonly gradCam: { layer: string; classes: number[]; shape: number[]; maps: number[] }[];
  readonly nearest: Record<"cosine" | "euclidean", { indices: number[][]; distances: number[][] }>;
  readonly embeddings: number[];
}

const file = new URL("../golden/explain.json", import.meta.url);
export const golden: Golden = JSON.parse(readFileSync(file, "utf8")).cases;

export function network(): nn.Sequential {
  const model = new nn.Sequential(
    new nn.Conv2d(3, 5, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(5, 6, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.AdaptiveAvgPool2d(2),
    new nn.Flatten(),
    new nn.Linear(24, 4),
  );
  const state = model
    .namedParameters()
    .map(([name, { shape }]): [string, ReturnType<typeof tensor>] => [
      name,
      tensor(uniform(`explain/${name}`, [...shape], 0.5)).reshape(shape),
    ]);
  model.loadStateDict(Object.fromEntries(state));
  return model;
}
