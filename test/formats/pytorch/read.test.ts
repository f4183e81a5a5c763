import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { loadWeights, type WeightFile, writeSafetensors } from "../../../src/formats/index.ts";
import { readPytorch } from "../../../src/formats/pytorch/read.ts";
import { sharedData } from "../../shared_data.ts";
import { memorySource } from "../fuzz.ts";
import {
  bytes,
  call,
  dict,
  global,
  int,
  type Piece,
  PROTO,
  STOP,
  storage,
  tensor,
  text,
  tuple,
} from "../pickle.ts";
import { pythonWith, runPython } from "../python.ts";

const GOLDEN = new URL("./golden/", import.meta.url);
const golden = (name: string) => new Uint8Array(readFileSync(new URL(name, GOLDEN)));
const read = (file: Uint8Array, name = "m.pt") => readPytorch(file, memorySource(file, name));

/** A checkpoint around a pickle, with one storage of the floats 0, 1, 2, … 11. */
function checkpoint(pickle: Piece, more: Record<string, Uint8Array> = {}): Uint8Array {
  const floats = Float32Array.from({ length: 12 }, (_, i) => i);
  return zipSync({
    "m/data.pkl": bytes(PROTO, pickle, STOP),
    "m/data/0": new Uint8Array(floats.buffer),
    "m/version": bytes(0x33, 0x0a),
    ...more,
  });
}

const floats = storage("FloatStorage", "0", 12);
const values = (file: WeightFile, name: string) => [...(file.tensors.get(name)?.data() ?? [])];

interface Expected {
  [name: string]: { shape: number[]; values: string[] };
}

describe("readPytorch", () => {
  const expected: Expected = JSON.parse(new TextDecoder().decode(golden("expected.json")));

  it.each(["tensors.pt", "tensors_legacy.pt", "tensors_protocol4.pt"])(
    "reads %s as PyTorch does: every dtype, view and stride",
    async (name) => {
      const { tensors, format, notes } = await read(golden(name));
      expect(format).toBe("pytorch");
      expect(notes).toEqual([]);
      expect([...tensors.keys()]).toEqual(Object.keys(expected));
      for (const [key, { shape, values: wanted }] of Object.entries(expected)) {
        expect(tensors.get(key)?.shape, key).toEqual(shape);
        const numbers = [...(tensors.get(key)?.data() ?? [])].map(pythonText);
        expect(numbers, key).toEqual(wanted.map(pythonText));
      }
    },
  );

  /** Python writes 1.0 and 1e-05, JavaScript 1 and 0.00001. */
  function pythonText(value: number | bigint | string): string {
    if (value === "True" || value === "False") return value === "True" ? "1" : "0";
    return typeof value === "string" && !/[.e]/.test(value)
      ? value
      : String(typeof value === "bigint" ? value : Number(value));
  }

  it.each(["checkpoint.pt", "checkpoint_legacy.pt"])(
    "takes the state dict of %s and lists the rest",
    async (name) => {
      const { tensors, metadata, notes } = await read(golden(name));
      expect([...tensors.keys()]).toContain("module.0.weight");
      expect(tensors.size).toBe(9);
      expect(tensors.get("module.1.num_batches_tracked")).toMatchObject({
        shape: [],
        dtype: "i64",
      });
      expect({ ...metadata }).toEqual({ epoch: "12", arch: "tiny" });
      expect(notes).toContain('"optimizer" (2 entries) was not taken');
      expect(notes).toContain('"best_acc" (a value) was not taken');
    },
  );

  it("reads big-endian archives", async () => {
    const swapped = new Uint8Array(Float32Array.of(1, 2).buffer).reverse();
    const file = checkpoint(dict(["a", tensor(storage("FloatStorage", "1", 2), 0, [2], [1])]), {
      "m/byteorder": new TextEncoder().encode("big"),
      "m/data/1": swapped,
    });
    expect(values(await read(file), "a")).toEqual([2, 1]);
  });

  it("views stored little-endian storages without copying", async () => {
    const file = golden("tensors.pt");
    const { tensors } = await read(file);
    expect(tensors.get("f64")?.data().buffer).toBe(file.buffer);
    expect(tensors.get("row")?.data().buffer).toBe(file.buffer);
  });

  it("names tensors in nested containers by their path", async () => {
    const file = await read(
      checkpoint(
        dict(
          ["encoder", dict(["w", tensor(floats, 1, [2], [1])])],
          ["heads", tuple(tensor(floats, 0, [], []), dict(["w", tensor(floats, 4, [1], [1])]))],
          ["optimizer", dict(["m", tensor(floats, 0, [1], [1])])],
          ["epoch", int(3)],
        ),
      ),
    );
    expect([...file.tensors.keys()]).toEqual(["encoder.w", "heads.0", "heads.1.w"]);
    expect(values(file, "encoder.w")).toEqual([1, 2]);
    expect(file.notes).toEqual(['"optimizer" (1 entries) was not taken']);
    expect({ ...file.metadata }).toEqual({ epoch: "3" });
  });

  it("prefers the model among wrapped dictionaries, and goes down two levels", async () => {
    const inner = dict(["state_dict", dict(["w", tensor(floats, 0, [2], [1])])]);
    const file = await read(
      checkpoint(dict(["ema", dict(["w", tensor(floats, 2, [2], [1])])], ["model", inner])),
    );
    expect(values(file, "w")).toEqual([0, 1]);
    expect(file.notes).toEqual(['"ema" (1 entries) was not taken']);
  });

  it("takes the state dict although a number lies beside it as a tensor", async () => {
    const file = await read(
      checkpoint(
        dict(
          ["state_dict", dict(["w", tensor(floats, 0, [2], [1])])],
          ["best_acc1", tensor(floats, 5, [], [])],
        ),
      ),
    );
    expect([...file.tensors.keys()]).toEqual(["w"]);
    expect(file.notes).toEqual(['"best_acc1" (a tensor) was not taken']);
  });

  it("lists quantised tensors and leaves out sparse ones", async () => {
    const params = tuple(global("torch", "per_tensor_affine"), int(1), int(0));
    const strided = [int(0), tuple(int(2)), tuple(int(1))];
    const packed = storage("QInt8Storage", "0", 2);
    const quantised = call("torch._utils", "_rebuild_qtensor", packed, ...strided, params);
    const layout = call("torch.serialization", "_get_layout", text("torch.sparse_coo"));
    const sparse = call(
      "torch._utils",
      "_rebuild_sparse_tensor",
      layout,
      tuple(tensor(floats, 0, [2], [1])),
    );
    const file = await read(
      checkpoint(dict(["q", quantised], ["s", sparse], ["w", tensor(floats, 0, [2], [1])])),
    );
    expect([...file.tensors.keys()]).toEqual(["q", "w"]);
    expect(() => file.tensors.get("q")!.data()).toThrow('tensor "q": elements of type qint8');
    expect(file.notes).toEqual(['"s" (a value) was not taken']);
  });

  it("reads a single tensor, and a list of tensors", async () => {
    const one = await read(checkpoint(tensor(floats, 3, [2], [1])));
    expect(values(one, "tensor")).toEqual([3, 4]);
    const list = await read(
      checkpoint(tuple(tensor(floats, 3, [1], [1]), tensor(floats, 5, [1], [1]))),
    );
    expect(values(list, "1")).toEqual([5]);
  });

  it("lists tensors of types that can't be decoded", async () => {
    const complex = tensor(storage("ComplexFloatStorage", "0", 2), 0, [2], [1]);
    const { tensors } = await read(checkpoint(dict(["c", complex])));
    expect(tensors.get("c")).toMatchObject({ dtype: "other", shape: [2] });
    expect(() => tensors.get("c")?.data()).toThrow('tensor "c": elements of type complex64');
  });

  it("keeps names that JavaScript treats specially", async () => {
    const file = await read(
      checkpoint(
        dict(
          ["state_dict", dict(["__proto__", tensor(floats, 1, [1], [1])])],
          ["__proto__", text("x")],
        ),
      ),
    );
    expect(values(file, "__proto__")).toEqual([1]);
    expect(Object.keys(file.metadata)).toEqual(["__proto__"]);
  });

  it.skipIf(!pythonWith("torch"))(
    "names TorchScript of every kind",
    { timeout: 60_000 },
    async () => {
      const script = `
import torch
net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU()).eval()
scripted = torch.jit.script(net)
scripted.save('script.pt')
torch.jit.trace(net, torch.zeros(1, 3, 8, 8)).save('trace.pt')
torch.jit.freeze(scripted).save('frozen.pt')
scripted._save_for_lite_interpreter('lite.ptl')`;
      const outputs = ["script.pt", "trace.pt", "frozen.pt", "lite.ptl"];
      for (const file of runPython({ module: "torch", script, outputs }).outputs) {
        await expect(loadWeights(file)).rejects.toThrow(
          "it is a TorchScript program, not a checkpoint. In Python: torch.save(torch.jit.load(path).state_dict(), new_path)",
        );
      }
    },
  );

  it("says which file is no checkpoint", async () => {
    await expect(read(golden("whole_model.pt"), "net.pt")).rejects.toThrow(
      'net.pt (pytorch): pickle: it asks for the Python object "torch.nn.modules.container.Sequential". ' +
        "For safety Graft builds tensors and plain containers only. In Python: torch.save(model.state_dict(), path)",
    );
    await expect(read(checkpoint(dict(["a", int(1)])))).rejects.toThrow("it holds no tensors");
    await expect(read(checkpoint(dict(), { "m/constants.pkl": bytes(STOP) }))).rejects.toThrow(
      "it is a TorchScript program, not a checkpoint",
    );
    await expect(read(zipSync({ "a.txt": bytes(1) }))).rejects.toThrow("it holds 0 files data.pkl");
    await expect(read(bytes(PROTO, int(1), STOP))).rejects.toThrow(
      "it isn't one that torch.save wrote",
    );
    await expect(read(writeSafetensors([]))).rejects.toThrow("(pytorch): pickle at byte");
  });
});

const legacy = sharedData("weights/cifar10_resnet20/resnet20-12fca82f.th");
it.skipIf(!legacy)("reads a real legacy checkpoint of ResNet-20", async () => {
  const { tensors, metadata } = await read(new Uint8Array(readFileSync(legacy ?? "")));
  expect(Number(metadata.best_prec1)).toBeCloseTo(91.78, 4);
  expect(tensors.get("module.linear.weight")?.shape).toEqual([10, 64]);
  const parameters = [...tensors.values()].filter(({ name }) => !/running|num_batches/.test(name));
  const count = parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(count).toBe(269_722);
});

const tiny = sharedData("weights/tinyvgg_mrdbourke/05_going_modular_script_mode_tinyvgg_model.pth");
it.skipIf(!tiny)("reads a real state dict that was saved on CUDA", async () => {
  const { tensors, notes } = await read(new Uint8Array(readFileSync(tiny ?? "")));
  expect(tensors.size).toBe(10);
  expect(tensors.get("classifier.1.weight")?.shape).toEqual([3, 1690]);
  expect(notes).toEqual([]);
});
