// ImageNet's class names come with the weights that need them: from a server on this machine, in the form of Keras' list.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { convert, evaluate, inspect, predict } from "../../src/finetune/index.ts";
import { data, formats, loadNetwork, manualSeed, models, transfer } from "../../src/index.ts";
import { predict as predictPixels } from "../../src/train/index.ts";
import { fetchClasses } from "../../src/transfer/fetch_classes.ts";
import { serve, startServer, type TestServer } from "../platform/hostile_server.ts";
import { sharedData } from "../shared_data.ts";

const NAME = "mobilenet_v1_0.25";
const LIST = `${NAME}/imagenet_class_index.json`;
/** WordNet's number and a name of two words for each class, as Keras has them. */
const NAMES = Array.from({ length: 1000 }, (_, i) => `some thing ${i}`);
const INDEX = Object.fromEntries(
  NAMES.map((name, i) => [i, [`n${10_000_000 + i}`, name.replaceAll(" ", "_")]]),
);
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const folder = mkdtempSync(join(tmpdir(), "graft-names-"));
const files = new Map<string, Uint8Array>();
let asked: string[] = [];
let server: TestServer;
const listAsked = () => asked.filter((path) => path === LIST).length;
const listKept = join(folder, "pretrained", LIST);
const forget = () => rmSync(join(folder, "pretrained"), { recursive: true, force: true });

beforeAll(async () => {
  server = await startServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    asked.push(path);
    const bytes = files.get(path);
    if (path === "slow/imagenet_class_index.json") return; // never answers
    if (bytes) serve(request, response, bytes);
    else response.writeHead(404).end();
  });
  vi.stubEnv("GRAFT_CACHE", folder);
  vi.stubEnv("GRAFT_MIRROR", server.url);
  manualSeed(1);
  const model = models.mobilenetV1({ alpha: 0.25 });
  for (const [name, bytes] of Object.entries(await formats.saveTfjs(model))) {
    files.set(`${NAME}/${name}`, bytes);
  }
});
afterEach(() => {
  asked = [];
  files.delete(LIST);
  forget();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A task's warnings and its result. */
async function heard<E extends { type: string }, R>(task: AsyncIterable<E> & PromiseLike<R>) {
  const warnings: unknown[] = [];
  for await (const event of task) if (event.type === "warning") warnings.push(event);
  return { warnings, result: await task };
}

describe("the names of ImageNet's classes", () => {
  it("come with the weights, are kept beside them and are asked for once", async () => {
    files.set(LIST, bytesOf(INDEX));
    const { model, classes, notes, transform } = await transfer.pretrained(NAME);
    expect(classes).toEqual(NAMES);
    expect(notes).toEqual([]);
    expect(readdirSync(join(folder, "pretrained", NAME))).toContain("imagenet_class_index.json");
    const again = await transfer.pretrained(NAME);
    expect(again.classes).toEqual(NAMES);
    expect(listAsked()).toBe(1);
    const pixels = data.fromArrays(new Uint8Array(3 * 224 * 224), [3, 224, 224], [0]);
    const [{ label, name }] = await predictPixels(model, pixels, { transform, classes });
    expect(name).toBe(NAMES[label]);
  });

  it("aren't asked for where the last layer is another one or there is none", async () => {
    files.set(LIST, bytesOf(INDEX));
    expect((await transfer.pretrained(NAME, { numClasses: 3 })).classes).toEqual([]);
    expect((await transfer.pretrained(NAME, { includeTop: false })).classes).toEqual([]);
    expect(listAsked()).toBe(0);
    expect((await transfer.pretrained(NAME, { numClasses: 1000 })).classes).toEqual(NAMES);
  });

  it("are missed once, with the reason, and the network works without them", async () => {
    const { classes, notes, report } = await transfer.pretrained(NAME);
    expect(classes).toEqual([]);
    expect(report.missing).toEqual([]);
    expect(notes).toEqual([
      `${NAME}: its classes have no names, because ${server.url}/${LIST}: the server answered 404 Not Found. ` +
        "Check the address or mirror",
    ]);
    // Later, when there is a connection, they are asked for again.
    files.set(LIST, bytesOf(INDEX));
    expect((await transfer.pretrained(NAME)).classes).toEqual(NAMES);
  });

  it("are not taken from another file, which isn't kept", async () => {
    const wrong: [unknown, RegExp][] = [
      [["cat", "dog"], /it has 2 names, not 1000/],
      ["log in", /neither a list of class names nor an object/],
    ];
    for (const [value, why] of wrong) {
      files.set(LIST, bytesOf(value));
      const { classes, notes } = await transfer.pretrained(NAME);
      expect(classes).toEqual([]);
      expect(notes[0]).toMatch(why);
      expect(existsSync(listKept)).toBe(false);
    }
  });

  it("don't hold a network up, and can be given up by the signal", async () => {
    const { entry, file } = await transfer.pretrainedFile(NAME);
    const slow = { ...entry, name: "slow" };
    const { notes } = await fetchClasses(slow, file, {}, 200);
    expect(notes[0]).toMatch(
      /slow: its classes have no names, because .* didn't come within 0\.2 s/,
    );
    const stop = new AbortController();
    const asking = fetchClasses(slow, file, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await expect(asking).rejects.toThrow("enough");
  });

  it("come after those that the file itself holds", async () => {
    files.set(LIST, bytesOf(INDEX));
    const own = NAMES.map((name) => `my ${name}`);
    const { entry, file } = await transfer.pretrainedFile(NAME);
    const { input, architecture, alpha } = entry;
    const about = { architecture, alpha, input, classes: own };
    const saying = { ...file, metadata: transfer.networkMetadata(about) };
    expect((await transfer.pretrainedClasses(entry, saying)).classes).toEqual(own);
    const described = { ...file, graph: file.graph && { ...file.graph, classes: own } };
    expect((await transfer.pretrainedClasses(entry, described)).classes).toEqual(own);
    expect(listAsked()).toBe(0);
  });
});

describe("the command's tasks", () => {
  const picture = join(folder, "picture.png");
  beforeAll(async () => {
    const create = { width: 32, height: 32, channels: 3, background: "#c21" } as const;
    await sharp({ create }).png().toFile(picture);
  });

  it("name what they see, keep the names in what they write, and say once what they lack", async () => {
    const seen = () => heard(predict({ weights: NAME, pictures: [picture] }));
    const without = await seen();
    expect(without.warnings).toHaveLength(1);
    expect(without.warnings[0]).toMatchObject({ message: expect.stringMatching(/have no names/) });
    expect(without.result.found[0].classes[0].name).toMatch(/^class \d+$/);
    files.set(LIST, bytesOf(INDEX));
    const named = await seen();
    expect(named.warnings).toEqual([]);
    const [{ name, probability }] = named.result.found[0].classes;
    expect(NAMES).toContain(name);
    expect((await heard(inspect({ weights: NAME, cost: false }))).result.network?.classes).toEqual(
      NAMES,
    );
    for (const to of ["net.safetensors", "net.onnx"]) {
      const path = join(folder, to);
      await convert({ weights: NAME, to: path });
      const network = await loadNetwork(path);
      expect(network.classes, to).toEqual(NAMES);
      const [best] = await network.predict(picture);
      expect(best.name, to).toBe(name);
      expect(best.probability, to).toBeCloseTo(probability, 5);
    }
    asked = [];
    const classes = NAMES.map((each) => each.toUpperCase());
    const given = await heard(predict({ weights: NAME, pictures: [picture], classes }));
    expect(given.result.found[0].classes[0].name).toBe(name.toUpperCase());
    expect(listAsked()).toBe(0);
  });

  it("evaluate folders called by WordNet's numbers as ImageNet's", async () => {
    files.set(LIST, bytesOf(INDEX));
    const numbers = NAMES.map((_, i) => `n${10_000_000 + i}`);
    const black = (labels: number[], classes: string[]) =>
      data.fromArrays(new Uint8Array(labels.length * 3072), [3, 32, 32], labels, { classes });
    const set = black([4, 7], numbers);
    const { accuracy } = await evaluate({ weights: NAME, data: { train: set } });
    expect(accuracy).toBeLessThanOrEqual(1);
    const others = NAMES.map((_, i) => `folder ${i}`);
    const wrong = black([4], others);
    await expect(evaluate({ weights: NAME, data: { train: wrong } })).rejects.toThrow(
      /its class 0 is "folder 0", the network's "some thing 0"/,
    );
  });
});

const realNames = sharedData("weights/imagenet_classes/imagenet_classes.json");
const realNet = sharedData("weights/mobilenet_v1_025_224_tfjs");
const photos = sharedData("photos_single");
describe.skipIf(!realNames || !realNet || !photos)("the real network with the real names", () => {
  it("says what photos show", async () => {
    for (const name of readdirSync(realNet!).filter((each) => each.startsWith("mobilenet_"))) {
      const called = name === "mobilenet_model.json" ? "model.json" : name;
      files.set(`${NAME}/${called}`, readFileSync(join(realNet!, name)));
    }
    files.set(LIST, readFileSync(realNames!));
    const pictures = ["basketball", "cat", "elephants"].map((name) => join(photos!, `${name}.jpg`));
    const { found } = await predict({ weights: NAME, pictures });
    const best = found.map(({ classes }) => classes[0].name);
    expect(best).toEqual([
      expect.stringMatching(/basketball/),
      expect.stringMatching(/cat/),
      expect.stringMatching(/elephant|tusker/),
    ]);
  });
});
