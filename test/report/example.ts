/** A report of made-up numbers, with names that are code to whoever doesn't take care. */
import {
  heatPicture,
  type MistakePicture,
  pngUrl,
  type ReportData,
} from "../../src/report/index.ts";

export const NASTY = `<img src="x" onerror="alert('&')">`;

export const classes = [
  "cat",
  NASTY,
  "a dog with a very long name that no column is wide enough for",
  "ünïcödé",
];

export const example: ReportData = {
  title: `vgg16 for ${NASTY}`,
  made: "2026-01-02T03:04:05.000Z",
  facts: [{ name: "network", value: `vgg16 </style><script>alert(1)</script>` }],
  figures: [
    { name: "accuracy", value: 0.825, low: 0.78, high: 0.87 },
    { name: "macro F1", value: 0.8, low: 0.75, high: 0.86 },
  ],
  comparison: [
    { name: "before", accuracy: 0.2, loss: 2.3, seconds: null },
    { name: "fine-tuned", accuracy: 0.825, loss: 0.4, seconds: 12.34 },
  ],
  epochs: [1.5, 0.8, 0.41].map((loss, epoch) => ({
    ...{ epoch, loss, accuracy: 0.5 + 0.1 * epoch, learningRate: 1e-3 },
    validation: { loss: loss + 0.1, accuracy: 0.48 + 0.1 * epoch },
  })),
  classes,
  confusionMatrix: [
    [9, 1, 0, 0],
    [0, 10, 0, 0],
    [3, 0, 7, 0],
    [0, 0, 0, 0],
  ],
  perClass: classes.map((name, c) => ({
    ...{ name, support: c === 3 ? 0 : 10, precision: 0.75, recall: 0.9 },
    f1: { value: 0.8, low: 0.7, high: 0.9 },
    averagePrecision: c === 3 ? null : 0.85,
  })),
  calibration: {
    error: 0.12,
    bins: Array.from({ length: 10 }, (_, i) => ({
      ...{ from: i / 10, to: (i + 1) / 10, count: 4 * i },
      ...{ confidence: i / 10 + 0.05, accuracy: (i / 10) ** 1.3 },
    })),
    temperature: 1.6,
    errorAfter: 0.03,
  },
  mistakes: [0, 1, 2].map((i) => ({
    name: i === 0 ? NASTY : `pictures/with/a/name-that-has-no-place-to-break-${i}.jpg`,
    label: classes[i]!,
    probabilityOfLabel: 0.1,
    predicted: classes[i + 1]!,
    probability: 0.85,
  })),
  settings: { data: NASTY, epochs: 3, augment: ["flip", "crop"] },
  command: `npx webgraft --data '${NASTY}' --epochs 3`,
};

const gradient = (channels: 1 | 3) =>
  pngUrl({
    ...{ width: 16, height: 12, channels },
    data: Uint8Array.from({ length: 192 * channels }, (_, i) => (i * 7) % 256),
  });
const heatMap = heatPicture({ width: 3, height: 2, values: Float32Array.of(0, 0.2, 1, 0.5, 0, 0) });

export const pictures: MistakePicture[] = [
  { picture: gradient(3), heatMap },
  { picture: gradient(1), heatMap },
  { picture: gradient(3), heatMap: null },
];
