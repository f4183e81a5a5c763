import { describe, expect, it } from "vitest";
import { chooseConvention, conventionNamed } from "../../src/finetune/network/input.ts";
import {
  type Pretrained,
  planArchitecture,
  planNetwork,
  planSize,
  specNamed,
} from "../../src/finetune/network/plan.ts";
import { describeNetwork } from "../../src/finetune/network/saved.ts";
import { infoOf } from "../../src/finetune/network/weights.ts";
import type { NetworkSettings } from "../../src/finetune/settings/index.ts";
import type { NetworkGraph } from "../../src/formats/index.ts";
import { CONVENTIONS, findPretrained, modelSpecs } from "../../src/models/index.ts";
import { fileOfShapes, trunkShapes } from "../models/files.ts";

const vggShapes = () => trunkShapes("vgg16");
const head = (n: number, outputs: number, inputs: number) => ({
  [`classifier.${n}.weight`]: [outputs, inputs],
  [`classifier.${n}.bias`]: [outputs],
});

const from = (shapes: Record<string, readonly number[]>): Pretrained => ({
  name: "w.safetensors",
  file: fileOfShapes(shapes),
  info: null,
});

describe("planArchitecture", () => {
  const graph: NetworkGraph = {
    inputShape: [1, 28, 28],
    fileLayout: "NCHW",
    nodes: [{ name: "x", op: "input", inputs: [], attrs: {}, weights: {} }],
    outputs: ["x"],
  };

  it("names what there is where the name is unknown or none is given", () => {
    const names = modelSpecs().map(({ name }) => name);
    expect(() => specNamed("vgg17")).toThrow(
      `unknown architecture "vgg17" (did you mean "vgg11"?): there are ${names.join(", ")}`,
    );
    expect(() => planArchitecture({}, from({ x: [64, 3, 3, 3] }))).toThrow(
      `w.safetensors: can't tell its architecture; give arch one of ${names[0]}`,
    );
    expect(() => planArchitecture({}, null)).toThrow("no architecture; give arch");
  });

  it("takes what is asked for, else what the file describes, else what its tensors are", () => {
    const bare = from(vggShapes());
    const described = { ...bare, file: { ...bare.file, graph } };
    expect(planArchitecture({ arch: "lenet" }, described).name).toBe("lenet");
    expect(planArchitecture({}, described)).toMatchObject({
      name: "from file",
      input: { size: 28, channels: 1 },
    });
    expect(planArchitecture({}, bare).name).toBe("vgg16");
  });
});

describe("planSize", () => {
  const vgg = specNamed("vgg16");
  it("takes what is asked for, the data's own size where that will do, or the usual", () => {
    expect(planSize(vgg, { size: 64 }, null, 32)).toBe(64);
    expect(planSize(vgg, {}, null, 32)).toBe(32);
    expect(planSize(vgg, {}, null, 28)).toBe(32);
    expect(planSize(vgg, {}, null, null)).toBe(224);
    expect(planSize(specNamed("simple_cnn"), {}, null, 16)).toBe(28);
    const small = { ...vggShapes(), ...head(0, 6, 512) };
    expect(planSize(vgg, {}, from(small), null)).toBe(32);
    const whole = {
      ...vggShapes(),
      ...head(0, 4096, 25088),
      ...head(3, 4096, 4096),
      ...head(6, 10, 4096),
    };
    expect(planSize(vgg, {}, from(whole), null)).toBe(224);
    expect(() => planSize(vgg, { size: 16 }, null, null)).toThrow("size 16: the least that vgg16");
  });
});

describe("weights by name", () => {
  const entry = findPretrained("vgg16_keras")!;
  const named: Pretrained = { ...from(vggShapes()), info: infoOf(entry), entry };

  it("bring their input convention, but small images stay small", () => {
    const vgg = planArchitecture({}, named);
    expect([planSize(vgg, {}, named, null), planSize(vgg, {}, named, 32)]).toEqual([224, 32]);
    const { input, top } = planNetwork({}, named, { channels: 3 }, 32, ["a", "b"]);
    expect(top).toBe("linear");
    expect(input).toMatchObject({ resize: "stretch", antialias: true });
    expect(input).toMatchObject(CONVENTIONS.caffe);
  });

  it("of torchvision see the middle 224 of 256 pixels, at their own size", () => {
    const entry = findPretrained("resnet18")!;
    const resnet: Pretrained = { ...from({}), info: infoOf(entry), entry };
    const input = (options: NetworkSettings, size: number, start: Pretrained | null = resnet) =>
      planNetwork({ arch: "resnet18", ...options }, start, { channels: 3 }, size, ["a"]).input;
    expect(input({}, 224)).toMatchObject({ resize: "crop", shorterSide: 256 });
    expect(input({}, 224, null)).toMatchObject({ resize: "crop", shorterSide: 256 });
    expect(input({}, 32).shorterSide).toBeUndefined();
    expect(input({ resize: "stretch" }, 224).shorterSide).toBeUndefined();
    expect(input({ shorterSide: 232 }, 224).shorterSide).toBe(232);
    const wrong = /shorterSide 100: needs resize crop, and at least the input's 224 pixels/;
    expect(() => input({ shorterSide: 100 }, 224)).toThrow(wrong);
    expect(() => input({ shorterSide: 256, resize: "pad" }, 224)).toThrow(/needs resize crop/);
  });

  it("without a classifier can't be used as they are", async () => {
    await expect(describeNetwork({}, named)).rejects.toThrow(
      "w.safetensors: weights without a classifier; fine-tune a network with them",
    );
  });
});

describe("planNetwork", () => {
  const classes = ["a", "b"];
  const rgb = { channels: 3 } as const;

  it("keeps hidden layers of a classifier only where the file has them for this size", () => {
    const whole = { ...vggShapes(), ...head(0, 4096, 25088), ...head(3, 4096, 4096) };
    expect(planNetwork({}, from(whole), rgb, 224, classes).top).toBe("own");
    expect(planNetwork({}, from(whole), rgb, 32, classes).top).toBe("linear");
    const one = { ...vggShapes(), ...head(0, 6, 512) };
    expect(planNetwork({}, from(one), rgb, 32, classes).top).toBe("linear");
    expect(planNetwork({ arch: "simple_cnn" }, null, { channels: 1 }, 28, classes)).toMatchObject({
      top: "own",
      input: { size: 28, channels: 1 },
    });
  });

  it("takes over what the weights say", () => {
    const planned = planNetwork({}, from(trunkShapes("mobilenet_v1", 0.5)), rgb, 224, classes);
    expect(planned).toMatchObject({ architecture: "mobilenet_v1", alpha: 0.5 });
    expect(planned.input).toMatchObject(CONVENTIONS.signed);
  });
});

describe("conventions", () => {
  it("can be named or given in numbers", () => {
    const usual = CONVENTIONS.imagenet;
    expect(chooseConvention({}, usual)).toEqual(usual);
    expect(chooseConvention({ inputConvention: "caffe" }, usual).order).toBe("bgr");
    expect(chooseConvention({ mean: [0.5], std: [0.25] }, usual)).toEqual({
      order: "rgb",
      scale: 1 / 255,
      mean: [0.5],
      std: [0.25],
    });
  });

  it("refuses what can't be", () => {
    const usual = CONVENTIONS.unit;
    expect(() => chooseConvention({ std: [0] }, usual)).toThrow("std must not be 0");
    expect(() => conventionNamed("torch")).toThrow(
      'unknown input convention "torch": there are unit, signed',
    );
  });
});
