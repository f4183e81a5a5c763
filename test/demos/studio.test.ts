/** The studio's project: edits, what stands in the way of training, settings in the recipe's words, one file. */
import { describe, expect, it } from "vitest";
import { cutOf, layerBytes, toggled, withCut } from "../../demos/studio/choose/layer_choice.ts";
import { type Incoming, sortFiles } from "../../demos/studio/collect/incoming.ts";
import * as edit from "../../demos/studio/project/edit.ts";
import { classFigures, confusionOf, worstOf } from "../../demos/studio/project/figures.ts";
import { keysOf, newProject, usualSettings } from "../../demos/studio/project/project.ts";
import { countsOf, obstaclesOf, remarksOn } from "../../demos/studio/project/readiness.ts";
import {
  addRun,
  changeRun,
  foundAgain,
  interruptedRun,
  withEpoch,
} from "../../demos/studio/project/runs.ts";
import { codeFor, finetuneSettings } from "../../demos/studio/project/settings.ts";
import type { Project, Run, RunResult } from "../../demos/studio/project/types.ts";
import { packProject, unpackProject } from "../../demos/studio/take_away/project_file.ts";
import { afterNews, begunTraining, withPoint } from "../../demos/studio/train/now.ts";
import { SETTINGS } from "../../src/finetune/index.ts";
import { checkSettings } from "../../src/finetune/settings/index.ts";

function counting() {
  let n = 0;
  return () => `id${n++}`;
}

/** A project with so many pictures of each class. */
function projectWith(...counts: number[]): Project {
  const newId = counting();
  const project = newProject(
    newId,
    counts.map((_, i) => `class ${i}`),
  );
  const pictures = counts.flatMap((count, i) =>
    Array.from({ length: count }, () => ({
      id: newId(),
      classId: project.classes[i].id,
      name: "a.jpg",
    })),
  );
  return edit.addPictures(project, pictures);
}

const run: Run = {
  ...{ id: "r", started: 0, state: "running", network: "net", choice: { kind: "builtin" } },
  ...{ settings: usualSettings, epochs: [] },
};
const figures = { loss: 1, accuracy: 0.5, valLoss: 1, valAccuracy: 0.5, seconds: 1 };

describe("classes", () => {
  it("have names of their own, also where two want the same", () => {
    let project = newProject(counting(), ["ant"]);
    project = edit.addClass(project, "ant", () => "x");
    expect(project.classes.map(({ name }) => name)).toEqual(["ant", "ant 2"]);
    expect(edit.renameClass(project, "x", " ant ").classes[1].name).toBe("ant 2");
    expect(edit.renameClass(project, "x", "  ").classes[1].name).toBe("ant 2");
    expect(edit.renameClass(project, "x", "<img onerror=alert(1)>").classes[1].name).toBe(
      "<img onerror=alert(1)>",
    );
  });

  it("go with their pictures, and empty ones make room for those that come", () => {
    const project = projectWith(3, 2);
    const [first, second] = project.classes;
    const without = edit.removeClass(project, first.id);
    expect(without.classes).toEqual([second]);
    expect(without.pictures).toHaveLength(2);
    const empty = edit.removePictures(project, new Set(project.pictures.map(({ id }) => id)));
    expect(edit.withoutEmpty(empty, new Set([first.id])).classes).toEqual([second]);
  });
});

describe("pictures", () => {
  it("whose files the browser had no room for aren't found again, and broken ones never had any", () => {
    const project = edit.markBroken(projectWith(2, 2), "id3", "decode");
    const kept = project.pictures.at(-1)!;
    const found = edit.withoutLost(project, new Set([`picture:${kept.id}`]));
    expect(found.pictures.map(({ id }) => id)).toEqual(["id3", kept.id]);
    expect(found.classes).toEqual(project.classes);
  });
});

describe("what stands in the way", () => {
  it("is counted by class, without what is broken", () => {
    const project = edit.markBroken(projectWith(2, 2), "id3", "decode");
    expect(countsOf(project)).toMatchObject([
      { count: 1, broken: 1, share: 1 / 3 },
      { count: 2, broken: 0, share: 2 / 3 },
    ]);
  });

  it("is too few classes, too few pictures, and then nothing", () => {
    expect(obstaclesOf(projectWith(9))).toEqual([{ kind: "fewClasses" }]);
    expect(obstaclesOf(projectWith(9, 1))).toEqual([{ kind: "fewPictures", classes: ["class 1"] }]);
    expect(obstaclesOf(projectWith(9, 4))).toEqual([]);
    expect(remarksOn(projectWith(9, 4))).toEqual([]);
    expect(remarksOn(projectWith(40, 4))).toMatchObject([{ kind: "unbalanced", least: "class 1" }]);
  });
});

describe("files that come", () => {
  const file = (path: string, type = ""): Incoming => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return { path, file: new File(["x"], name, { type }) };
  };

  it("are sorted by the folder that they lie in, whatever lies above it", () => {
    const { byClass, loose } = sortFiles(
      ["/d/train/ants/1.jpg", "/d/val/ants/2.jpg", "/d/train/bees/3.PNG", "4.webp"].map((p) =>
        file(p),
      ),
    );
    expect([...byClass].map(([name, files]) => [name, files.length])).toEqual([
      ["ants", 2],
      ["bees", 1],
    ]);
    expect(loose).toHaveLength(1);
  });

  it("may be weights, and texts beside them are no complaint", () => {
    const names = ["m/model.json", "m/group1-shard1of1", "m/a.safetensors", "m/SOURCE.txt"];
    const { weights, others } = sortFiles(names.map((name) => file(name)));
    expect(weights).toHaveLength(3);
    expect(others).toEqual([]);
    expect(sortFiles([file("huge.txt")]).others).toHaveLength(1);
  });
});

describe("settings", () => {
  it("are those of the recipe", () => {
    for (const train of [
      { kind: "head" },
      { kind: "auto" },
      { kind: "layers", layers: ["features.3"] },
    ] as const) {
      const asked = finetuneSettings(
        {
          ...usualSettings,
          train,
          augment: true,
          findLr: true,
          cut: "features.4",
        },
        "files",
      );
      expect(() => checkSettings(asked, SETTINGS)).not.toThrow();
    }
    const layers = { kind: "layers", layers: ["features.3"] } as const;
    expect(finetuneSettings({ ...usualSettings, train: layers }, "files").train).toEqual([
      "head",
      "features.3",
    ]);
  });

  it("that were found out aren't looked for again", () => {
    const auto = { ...usualSettings, train: { kind: "auto" }, lr: 1e-3 } as const;
    expect(finetuneSettings({ ...auto, frozen: "features.-3" }, "files")).toMatchObject({
      freeze: "features.-3",
    });
    expect(finetuneSettings({ ...auto, frozen: null }, "files").train).toEqual(["all"]);
    expect(finetuneSettings({ ...auto, findLr: true }, "files").findLr).toBeUndefined();
    expect(finetuneSettings(auto, "run").keepHead).toBe(true);
  });

  it("become a program in which a class's name can't end its comment", () => {
    const code = codeFor(usualSettings, { kind: "files", name: "model.json", files: [] }, [
      "a\nprocess.exit()",
      "b",
    ]);
    expect(code).toContain("a process.exit(), b.");
    expect(code).toContain('weights: "model.json"');
  });
});

describe("layers", () => {
  const layer = (name: string, isHead = false) => ({
    ...{ name, kind: "Conv2d", shape: [2, 5] },
    ...{ parameters: 9, flops: 0, isHead },
  });
  const layers = ["a", "b", "c"].map((name) => layer(name));

  it("are trained from the cut on", () => {
    expect(withCut(layers, 1)).toEqual({ kind: "layers", layers: ["b", "c"] });
    expect(withCut(layers, 3)).toEqual({ kind: "head" });
    expect(withCut(layers, 0)).toEqual({ kind: "all" });
    for (const place of [0, 1, 2, 3]) expect(cutOf(layers, withCut(layers, place))).toBe(place);
  });

  it("are frozen and trained by themselves", () => {
    expect(toggled(layers, { kind: "all" }, "b")).toEqual({ kind: "layers", layers: ["a", "c"] });
    expect(toggled(layers, { kind: "layers", layers: ["a", "c"] }, "b")).toEqual({ kind: "all" });
    expect(toggled(layers, { kind: "layers", layers: ["c"] }, "c")).toEqual({ kind: "head" });
  });

  it("take memory for what they learn and, from the first that is trained on, for what they give", () => {
    const [frozen, kept, trained] = [4 * 9, 4 * (9 + 3 * 10), 4 * (4 * 9 + 3 * 10)];
    expect(layerBytes(layers, { kind: "layers", layers: ["b"] }, 3)).toEqual([
      frozen,
      trained,
      kept,
    ]);
    expect(layerBytes(layers, { kind: "all" }, 3)).toEqual([trained, trained, trained]);
  });
});

describe("runs", () => {
  it("that ran when the page went away can be gone on with", () => {
    const found = foundAgain(addRun(projectWith(4, 4), run));
    expect(interruptedRun(found)?.id).toBe("r");
    expect(interruptedRun(changeRun(found, "r", { state: "done" }))).toBeNull();
  });

  it("have each epoch once, also when one is trained again", () => {
    const twice = withEpoch(withEpoch([], 0, figures), 1, { ...figures, loss: 0.5 });
    expect(withEpoch(twice, 1, figures)).toEqual([figures, figures]);
    expect(withEpoch(twice, 0, figures)).toEqual([figures]);
  });

  it("show steps in at most 400 points, whatever their number", () => {
    let now = begunTraining("r");
    const step = {
      kind: "step",
      steps: 5000,
      epoch: 0,
      accuracy: 1,
      imagesPerSecond: 9,
      secondsLeft: 1,
    } as const;
    for (let i = 1; i <= 5000; i++) now = afterNews(now, { ...step, step: i, loss: 2 });
    expect(now.losses.values.length).toBeLessThanOrEqual(400);
    expect(now.losses.values.every((value) => value === 2)).toBe(true);
    expect(now.losses.each * now.losses.values.length).toBeGreaterThan(4900);
    expect(withPoint({ values: [], each: 2, rest: 1, sum: 1 }, 3).values).toEqual([2]);
  });
});

describe("what a run came to", () => {
  const verdict = (label: number, predicted: number, own: number) => ({
    ...{ picture: `${label}${predicted}${own}`, label, predicted, own, probability: 0.9 },
  });
  const pixels = { order: "rgb", scale: 1, mean: [0], std: [1] } as const;
  const network = {
    architecture: "lenet",
    top: "own",
    input: { ...pixels, size: 28, channels: 1, resize: "stretch", antialias: true },
  } as const;
  const result: RunResult = {
    info: { ...network, classes: ["a", "b"] },
    ...{ accuracy: 0.5, before: 0.5 },
    verdicts: [verdict(0, 0, 0.9), verdict(0, 1, 0.2), verdict(1, 0, 0.1), verdict(1, 1, 0.8)],
  };

  it("has its confusions, worst mistakes and scores by class", () => {
    expect(confusionOf(result)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(worstOf(result, 5).map(({ own }) => own)).toEqual([0.1, 0.2]);
    expect(classFigures(result)[0]).toEqual({
      name: "a",
      precision: 0.5,
      recall: 0.5,
      f1: 0.5,
      count: 2,
    });
  });
});

describe("the project's one file", () => {
  it("holds all of it, and runs that ran are found interrupted", async () => {
    const project = addRun(projectWith(1, 1), run);
    const [key] = keysOf(project);
    const packed = await packProject(project, new Map([[key, new Blob(["picture"])]]));
    const found = await unpackProject(new Blob([new Uint8Array(packed)]));
    expect(found.project).toEqual(foundAgain(project));
    expect(await found.files.get(key)?.text()).toBe("picture");
  });

  it("is refused where it is none", async () => {
    await expect(unpackProject(new Blob(["no zip"]))).rejects.toThrow();
    const { zipFiles } = await import("../../demos/studio/take_away/zip.ts");
    const other = await zipFiles([{ name: "project.json", bytes: new TextEncoder().encode("[]") }]);
    await expect(unpackProject(new Blob([new Uint8Array(other)]))).rejects.toThrow(/another kind/);
  });
});
