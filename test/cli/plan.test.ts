import { describe, expect, it } from "vitest";
import { ARCHITECTURE_NAMES, architectureNamed } from "../../src/cli/architectures.ts";
import { chooseConvention, conventionNamed } from "../../src/cli/conventions.ts";
import { guessAlpha, guessArchitecture } from "../../src/cli/guess.ts";
import {
  type PlanOptions,
  type Pretrained,
  planArchitecture,
  planNetwork,
  planSize,
} from "../../src/cli/plan.ts";
import { describeNetwork } from "../../src/cli/saved_network.ts";
import { infoOf } from "../../src/cli/weights.ts";
import { findPretrained } from "../../src/models/index.ts";
import { fileOfShapes, VGG16, vggShapes } from "./files.ts";

const from = (shapes: Record<string, readonly number[]>): Pretrained => ({
  path: "w.safetensors",
  file: fileOfShapes(shapes),
  info: null,
});

const mobilenet = (width: number) => {
  const shapes: Record<string, number[]> = { conv1: [width, 3, 3, 3] };
  for (let i = 0; i < 13; i++) {
    shapes[`dw${i}`] = [width, 1, 3, 3];
    shapes[`pw${i}`] = [width, width, 1, 1];
  }
  return shapes;
};

describe("architectureNamed", () => {
  it("doesn't mind case and separators", () => {
    expect(architectureNamed("VGG16-BN").name).toBe("vgg16_bn");
    expect(architectureNamed("mobilenetV1").name).toBe("mobilenet_v1");
  });

  it("names what there is", () => {
    expect(() => architectureNamed("vgg17")).toThrow(
      `unknown architecture "vgg17": there are ${ARCHITECTURE_NAMES.join(", ")}`,
    );
  });
});

describe("guessArchitecture", () => {
  it("tells networks by their convolutions", () => {
    expect(guessArchitecture(fileOfShapes(vggShapes(VGG16)))).toBe("vgg16");
    const withNorm = { ...vggShapes(VGG16), "features.1.running_mean": [64] };
    expect(guessArchitecture(fileOfShapes(withNorm))).toBe("vgg16_bn");
    expect(guessArchitecture(fileOfShapes(mobilenet(8)))).toBe("mobilenet_v1");
    expect(guessAlpha(fileOfShapes(mobilenet(8)))).toBe(0.25);
  });

  it("doesn't guess what is ambiguous", () => {
    expect(guessArchitecture(fileOfShapes(vggShapes([64, 64, 128, 128])))).toBeNull();
    expect(() => planArchitecture({}, from(vggShapes([64, 64])))).toThrow(
      "w.safetensors: can't tell its architecture; pass --arch with one of vgg11",
    );
    expect(() => planArchitecture({}, null)).toThrow("no architecture; pass --arch");
  });
});

describe("planSize", () => {
  const vgg = architectureNamed("vgg16");
  it("takes what is asked for, the data's own size where that will do, or the usual", () => {
    expect(planSize(vgg, { size: 64 }, null, 32)).toBe(64);
    expect(planSize(vgg, {}, null, 32)).toBe(32);
    expect(planSize(vgg, {}, null, 28)).toBe(32);
    expect(planSize(vgg, {}, null, null)).toBe(224);
    expect(planSize(architectureNamed("simple_cnn"), {}, null, 16)).toBe(28);
    const small = { ...vggShapes(VGG16), "classifier.0.weight": [6, 512] };
    expect(planSize(vgg, {}, from(small), null)).toBe(32);
    const whole = { ...vggShapes(VGG16), "classifier.0.weight": [4096, 25088] };
    expect(planSize(vgg, {}, from(whole), null)).toBe(224);
    expect(() => planSize(vgg, { size: 16 }, null, null)).toThrow(
      "--size 16: the least that vgg16",
    );
  });
});

describe("weights by name", () => {
  const entry = findPretrained("vgg16_keras")!;
  const named: Pretrained = { ...from(vggShapes(VGG16)), info: infoOf(entry), entry };

  it("bring their input convention, but small images stay small", () => {
    const vgg = planArchitecture({}, named);
    expect([planSize(vgg, {}, named, null), planSize(vgg, {}, named, 32)]).toEqual([224, 32]);
    const { input, top } = planNetwork({}, named, { channels: 3 }, 32, ["a", "b"]);
    expect(top).toBe("linear");
    expect(input).toMatchObject({ resize: "stretch", antialias: true });
    expect(input.convention).toEqual(conventionNamed("caffe"));
  });

  it("of torchvision see the middle 224 of 256 pixels, at their own size", () => {
    const entry = findPretrained("resnet18")!;
    const resnet: Pretrained = { ...from({}), info: infoOf(entry), entry };
    const input = (options: PlanOptions, size: number, start: Pretrained | null = resnet) =>
      planNetwork({ arch: "resnet18", ...options }, start, { channels: 3 }, size, ["a"]).input;
    expect(input({}, 224)).toMatchObject({ resize: "crop", shorterSide: 256 });
    expect(input({}, 224, null)).toMatchObject({ resize: "crop", shorterSide: 256 });
    expect(input({}, 32).shorterSide).toBeUndefined();
    expect(input({ resize: "stretch" }, 224).shorterSide).toBeUndefined();
    expect(input({ shorterSide: 232 }, 224).shorterSide).toBe(232);
    const wrong = /--shorter-side 100: needs --resize crop, and at least the input's 224 pixels/;
    expect(() => input({ shorterSide: 100 }, 224)).toThrow(wrong);
    expect(() => input({ shorterSide: 256, resize: "pad" }, 224)).toThrow(/needs --resize crop/);
  });

  it("without a classifier can't be used as they are", () => {
    expect(() => describeNetwork({}, named)).toThrow(
      "w.safetensors: weights without a classifier; fine-tune a network with them",
    );
  });
});

describe("planNetwork", () => {
  const classes = ["a", "b"];
  const rgb = { channels: 3 } as const;

  it("keeps hidden layers of a classifier only where the file has them for this size", () => {
    const whole = {
      ...vggShapes(VGG16),
      "classifier.0.weight": [4096, 25088],
      "classifier.3.weight": [4096, 4096],
    };
    expect(planNetwork({}, from(whole), rgb, 224, classes).top).toBe("own");
    expect(planNetwork({}, from(whole), rgb, 32, classes).top).toBe("linear");
    const one = { ...vggShapes(VGG16), "classifier.0.weight": [6, 512] };
    expect(planNetwork({}, from(one), rgb, 32, classes).top).toBe("linear");
    expect(planNetwork({ arch: "simple_cnn" }, null, { channels: 1 }, 28, classes)).toMatchObject({
      top: "own",
      input: { size: 28, channels: 1 },
    });
  });

  it("takes over what the weights say", () => {
    const planned = planNetwork({}, from(mobilenet(16)), rgb, 224, classes);
    expect(planned).toMatchObject({ architecture: "mobilenet_v1", alpha: 0.5 });
    expect(planned.input.convention).toEqual(conventionNamed("signed"));
  });
});

describe("conventions", () => {
  it("can be named or given in numbers", () => {
    const usual = conventionNamed("imagenet");
    expect(chooseConvention({}, usual)).toBe(usual);
    expect(chooseConvention({ inputConvention: "caffe" }, usual).order).toBe("bgr");
    expect(chooseConvention({ mean: [0.5], std: [0.25] }, usual)).toEqual({
      order: "rgb",
      scale: 1 / 255,
      mean: [0.5],
      std: [0.25],
    });
  });

  it("refuses what can't be", () => {
    const usual = conventionNamed("unit");
    expect(() => chooseConvention({ std: [0] }, usual)).toThrow("--std must not be 0");
    expect(() => conventionNamed("torch")).toThrow(
      'unknown input convention "torch": there are unit, signed',
    );
  });
});
