import { describe, expect, it } from "vitest";
import { nn, type Tensor, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

/** Children as properties, in an array, nested; a tensor of its own; a shared layer. */
class Branches extends nn.Module {
  readonly stem = new nn.Conv2d(1, 2, 3, { bias: false });
  readonly blocks: nn.Module[] = [
    new nn.Sequential(new nn.BatchNorm2d(2), new nn.ReLU()),
    new nn.Linear(2, 2),
  ];
  scale = tensor([1], { requiresGrad: true });
  readonly notAModule = "text";
  readonly tied: nn.Module;
  constructor() {
    super();
    this.tied = this.blocks[1]!;
  }
  override forward(x: Tensor): Tensor {
    return x.mul(this.scale);
  }
}

const names = (entries: [string, unknown][]) => entries.map(([name]) => name);

describe("a module's parts", () => {
  it("are found by property, in arrays and below, in the order of definition", () => {
    const model = new Branches();
    expect(names(model.namedChildren())).toEqual(["stem", "blocks.0", "blocks.1", "tied"]);
    expect(names([...model.namedModules()])).toEqual([
      "",
      "stem",
      "blocks.0",
      "blocks.0.0",
      "blocks.0.1",
      "blocks.1",
      "tied",
    ]);
    expect(names(model.namedParameters())).toEqual([
      "scale",
      "stem.weight",
      "blocks.0.0.weight",
      "blocks.0.0.bias",
      "blocks.1.weight",
      "blocks.1.bias",
    ]);
  });

  it("count once when shared, but have every name in the state", () => {
    const model = new Branches();
    expect(model.parameters()).toHaveLength(6);
    expect(new Set(model.parameters()).size).toBe(6);
    expect(model.modules()).toHaveLength(6);
    const state = model.stateDict();
    expect(state["tied.weight"]).toBe(state["blocks.1.weight"]);
    expect(state["tied.weight"]).toBe((model.tied as nn.Linear).weight);
  });

  it("include buffers under PyTorch's names, which are no parameters", () => {
    const layer = new nn.BatchNorm2d(3);
    expect(names(layer.namedParameters())).toEqual(["weight", "bias"]);
    expect(names(layer.namedBuffers())).toEqual(["running_mean", "running_var"]);
    expect(Object.keys(layer.stateDict())).toEqual([
      "weight",
      "bias",
      "running_mean",
      "running_var",
    ]);
    expect(Object.keys(new Branches().stateDict())).toContain("blocks.0.0.running_var");
  });
});

describe("get and set", () => {
  it("find modules by path and say what there is instead", () => {
    const model = new Branches();
    expect(model.get("")).toBe(model);
    expect(model.get("blocks.0.1")).toBeInstanceOf(nn.ReLU);
    expect(() => model.get("blocks.0.7")).toThrow(/no module "blocks.0.7": at "7" there are 0, 1/);
    expect(() => model.get("head")).toThrow(/there are stem, blocks.0, blocks.1, tied/);
    expect(() => model.get("stem.0")).toThrow(/at "0" there are none/);
  });

  it("replace properties, elements of arrays and layers of a Sequential in one", () => {
    const model = new Branches();
    const [stem, element, inner] = [new nn.Identity(), new nn.Identity(), new nn.Identity()];
    model.set("stem", stem);
    model.set("blocks.1", element);
    model.set("blocks.0.1", inner);
    expect(model.stem).toBe(stem);
    expect(model.blocks[1]).toBe(element);
    expect([...(model.blocks[0] as nn.Sequential)][1]).toBe(inner);
    expect(model.get("blocks.0.1")).toBe(inner);
  });

  it("replace in named and nested Sequentials, in place", async () => {
    const model = new nn.Sequential({
      body: new nn.Sequential(new nn.Identity(), new nn.Identity()),
      end: new nn.Identity(),
    });
    const double = new (class extends nn.Module {
      override forward(x: Tensor): Tensor {
        return x.mul(2);
      }
    })();
    model.set("body.0", double);
    model.set("end", double);
    const body = model.get("body") as nn.Sequential;
    expect(names(body.namedChildren())).toEqual(["0", "1"]);
    expect(await (model.forward(tensor([3])) as Tensor).item()).toBe(12);
  });

  it("refuse unknown paths, the module itself and what is no module", () => {
    const model = new Branches();
    expect(() => model.set("head", new nn.ReLU())).toThrow(/no module "head"/);
    expect(() => model.set("", new nn.ReLU())).toThrow(/can't replace itself/);
    expect(() => model.set("stem", mistyped({}))).toThrow(/set "stem": not a module/);
  });
});

describe("state", () => {
  const source = () => new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3));

  it("is copied by name, with running statistics, from a dict or a Map", async () => {
    const [from, to] = [source(), source()];
    const state: nn.StateDict = { ...from.stateDict(), "1.running_mean": tensor([1, 2, 3]) };
    to.loadStateDict(state);
    expect(await to.stateDict()["0.weight"]!.data()).toEqual(await state["0.weight"]!.data());
    expect(await to.stateDict()["1.running_mean"]!.data()).toEqual(new Float32Array([1, 2, 3]));
    expect(to.stateDict()["0.weight"]).not.toBe(state["0.weight"]);
    const again = source();
    again.loadStateDict(new Map(Object.entries(state)));
    expect(await again.stateDict()["0.bias"]!.data()).toEqual(await state["0.bias"]!.data());
  });

  it("is loaded whole or not at all, with every problem listed", async () => {
    const model = source();
    const before = await model.stateDict()["0.bias"]!.data();
    const { "1.bias": _, ...rest } = source().stateDict();
    const wrong = { ...rest, "0.weight": tensor([[1, 2]]), extra: tensor([1]) };
    const load = () => model.loadStateDict(wrong);
    expect(load).toThrow(/nothing was loaded/);
    expect(load).toThrow(/0\.weight: shape \[1, 2\] in the state, \[3, 2\] in the model/);
    expect(load).toThrow(/1\.bias: missing from the state/);
    expect(load).toThrow(/extra: not in the model/);
    expect(await model.stateDict()["0.bias"]!.data()).toEqual(before);
  });

  it("is of tensors: those of a weight file come in by loadPretrained", () => {
    const file = new Map([
      ["0.bias", { shape: [3], dtype: "f32", data: () => new Float32Array(3) }],
    ]);
    expect(() => source().loadStateDict(mistyped(file), { strict: false })).toThrow(
      /loadStateDict: 0\.bias must be a tensor, not Object/,
    );
  });

  it("takes what fits when not strict, still refusing other shapes and dtypes", async () => {
    const model = source();
    model.loadStateDict(
      { "0.bias": tensor([4, 5, 6]), constructor: tensor([1]) },
      { strict: false },
    );
    expect(await model.stateDict()["0.bias"]!.data()).toEqual(new Float32Array([4, 5, 6]));
    const integers = { "0.bias": tensor(new Int32Array([1, 2, 3])) };
    expect(() => model.loadStateDict(integers, { strict: false })).toThrow(
      /0\.bias: dtype i32 in the state, f32 in the model/,
    );
  });

  it("ignores PyTorch's count of batches", () => {
    const state = { ...source().stateDict(), "1.num_batches_tracked": tensor([7]) };
    expect(() => source().loadStateDict(state)).not.toThrow();
  });
});

describe("modes", () => {
  it("train and eval reach every layer", () => {
    const model = new Branches();
    expect(model.eval()).toBe(model);
    expect(model.modules().some(({ training }) => training)).toBe(false);
    model.train();
    expect(model.modules().every(({ training }) => training)).toBe(true);
  });

  it("requiresGrad_ freezes and thaws every parameter", () => {
    const model = new Branches();
    model.requiresGrad_(false);
    expect(model.parameters().some(({ requiresGrad }) => requiresGrad)).toBe(false);
    expect((model.get("blocks.0.0") as nn.BatchNorm2d).frozen).toBe(true);
    expect(
      model
        .requiresGrad_()
        .parameters()
        .every((p) => p.requiresGrad),
    ).toBe(true);
    expect((model.get("blocks.0.0") as nn.BatchNorm2d).frozen).toBe(false);
  });
});
