// Downloads by name from a mirror on this machine; what only a publisher has is stood in for by
// files of the same kind.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { formats, manualSeed, models, transfer } from "../../src/index.ts";
import { serve, someBytes, startServer, type TestServer } from "../platform/hostile_server.ts";
import { sharedData } from "../shared_data.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-registry-"));
const files = new Map<string, Uint8Array>();
const asked: string[] = [];
let server: TestServer;

beforeAll(async () => {
  server = await startServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    asked.push(path);
    const bytes = files.get(path);
    if (bytes) serve(request, response, bytes);
    else response.writeHead(404).end();
  });
  vi.stubEnv("GRAFT_CACHE", folder);
  vi.stubEnv("GRAFT_MIRROR", `${server.url}/`);
  manualSeed(1);
  const model = models.mobilenetV1({ alpha: 0.25 });
  for (const [name, bytes] of Object.entries(await formats.saveTfjs(model))) {
    files.set(`mobilenet_v1_0.25/${name}`, bytes);
  }
});
afterEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  rmSync(folder, { recursive: true });
});

const NAME = "mobilenet_v1_0.25";

describe("pretrained", () => {
  it("downloads a model with its shards once and gives network, report and input", async () => {
    const seen: number[] = [];
    const onProgress = (bytes: number) => seen.push(bytes);
    const { model, report, input, entry, file } = await transfer.pretrained(NAME, { onProgress });
    expect(file.format).toBe("tfjs-layers");
    expect(entry.licence).toMatch(/Apache/);
    expect(input).toMatchObject({ size: 224, order: "rgb", scale: 1 / 127.5, antialias: false });
    expect(report.missing).toEqual([]);
    expect(model).toBeInstanceOf(models.MobileNetV1);
    expect(seen.at(-1)).toBe([...files.values()].reduce((sum, bytes) => sum + bytes.length, 0));
    const folderNow = join(folder, "pretrained", NAME);
    expect(readdirSync(folderNow).sort()).toEqual(
      [...files.keys()].map((path) => path.slice(NAME.length + 1)).sort(),
    );
    const before = asked.length;
    await transfer.pretrained(NAME, { numClasses: 3, inputSize: 96 });
    expect(asked).toHaveLength(before);
  });

  it("gives a new head where other classes are asked for, and features without one", async () => {
    const { model } = await transfer.pretrained(NAME, { numClasses: 3 });
    expect(model.parameters().at(-1)?.shape).toEqual([3]);
    const trunk = await transfer.pretrained(NAME, { includeTop: false });
    const names = Object.keys(trunk.model.stateDict());
    expect(names.some((name) => name.startsWith("classifier"))).toBe(false);
  });

  it("keeps nothing when asked not to", async () => {
    await transfer.pretrainedFile(NAME, { cache: false });
    expect(asked.length).toBeGreaterThanOrEqual(2);
  });

  it("deletes what can't be read where no hash can tell", async () => {
    const whole = [...files];
    rmSync(join(folder, "pretrained"), { recursive: true });
    files.set(`${NAME}/model.json`, new TextEncoder().encode("<html>Log in</html>"));
    await expect(transfer.pretrained(NAME)).rejects.toThrow(/no TensorFlow\.js model.*was deleted/);
    const outside = { weightsManifest: [{ paths: ["../../evil"], weights: [] }] };
    files.set(`${NAME}/model.json`, new TextEncoder().encode(JSON.stringify(outside)));
    await expect(transfer.pretrained(NAME)).rejects.toThrow(/strange file names/);
    for (const [path, bytes] of whole) files.set(path, bytes.slice(0, bytes.length / 2));
    files.set(`${NAME}/model.json`, whole.find(([path]) => path.endsWith(".json"))![1]);
    await expect(transfer.pretrained(NAME)).rejects.toThrow(
      /mobilenet_v1_0\.25: what was downloaded can't be read and was deleted: try again/,
    );
    expect(readdirSync(join(folder, "pretrained", NAME))).toEqual([]);
    for (const [path, bytes] of whole) files.set(path, bytes);
    expect((await transfer.pretrained(NAME)).report.missing).toEqual([]);
  });

  it("refuses a file of the right size with another hash", async () => {
    const { size } = models.findPretrained("resnet20")!;
    files.set("resnet20/resnet20-12fca82f.th", someBytes(size));
    await expect(transfer.pretrained("resnet20")).rejects.toThrow(/SHA-256 is .* not 12fca82f/);
    expect(existsSync(join(folder, "pretrained/resnet20/resnet20-12fca82f.th"))).toBe(false);
  });

  it("names what there is, and what a mirror lacks", async () => {
    await expect(transfer.pretrained("vgg17")).rejects.toThrow(
      /no "vgg17"; there are alexnet, .*vgg11, vgg13/,
    );
    await expect(transfer.pretrained("resnet18")).rejects.toThrow(
      /resnet18\/resnet18-f37072fd\.pth: the server answered 404/,
    );
    await expect(
      transfer.pretrained("resnet18", { mirror: "x" } as transfer.PretrainedOptions),
    ).rejects.toThrow(/unknown option "mirror"/);
  });

  const real = sharedData("weights/cifar10_resnet20/resnet20-12fca82f.th");
  it.skipIf(!real)("takes the publisher's real file", async () => {
    files.set("resnet20/resnet20-12fca82f.th", new Uint8Array(readFileSync(real!)));
    const { report, entry } = await transfer.pretrained("resnet20");
    expect(report.missing).toEqual([]);
    expect(entry.classes).toHaveLength(10);
  });
});
