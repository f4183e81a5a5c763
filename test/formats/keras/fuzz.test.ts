import { readFileSync } from "node:fs";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readKeras } from "../../../src/formats/keras/read.ts";
import { writeKerasH5 } from "../../../src/formats/keras/write/h5.ts";
import { fuzz } from "../fuzz.ts";
import { Sketch } from "../graph_samples.ts";
import { pythonWith, runPython } from "../python.ts";

const golden = (name: string) =>
  new Uint8Array(readFileSync(new URL(`golden/${name}`, import.meta.url)));

/** A few kilobytes each, of both generations of HDF5: what is mutated is then mostly structure. */
const SMALL = `
import h5py, json, numpy as np
dense = {'class_name': 'Dense', 'config': {'name': 'dense', 'units': 3, 'batch_input_shape': [None, 4]}}
config = {'class_name': 'Sequential', 'config': {'name': 'm', 'layers': [dense]}}
for libver in ['earliest', 'latest']:
    with h5py.File(libver + '.h5', 'w', libver=libver) as f:
        f.attrs['keras_version'] = '2.4.0'
        f.attrs['model_config'] = json.dumps(config)
        g = f.create_group('model_weights')
        g.attrs['layer_names'] = np.array([b'dense'])
        d = g.create_group('dense')
        d.attrs['weight_names'] = np.array([b'dense/kernel:0', b'dense/bias:0'])
        options = dict(chunks=(2, 2), compression='gzip', shuffle=True)
        d.create_dataset('dense/kernel:0', data=np.arange(12, dtype='f4').reshape(4, 3), **options)
        d.create_dataset('dense/bias:0', data=np.zeros(3, 'f4'))
        if libver == 'latest':
            for i in range(12): d.attrs['more %d' % i] = i
            for i in range(12): d.create_group('more %d' % i)
`;

describe("readKeras on damaged files", () => {
  it.skipIf(!pythonWith("h5py"))(
    "reads 10,000 damaged small .h5 or refuses them",
    { timeout: 120_000 },
    async () => {
      const outputs = ["earliest.h5", "latest.h5"];
      const { outputs: seeds } = runPython({ module: "h5py", script: SMALL, outputs });
      const report = await fuzz({ seeds, read: readKeras, readParts: readKeras, runs: 10_000 });
      expect(report.accepted).toBeGreaterThan(500);
      expect(report.refused).toBeGreaterThan(500);
    },
  );

  it("reads 5,000 damaged .h5 of Graft's own or refuses them", { timeout: 120_000 }, async () => {
    const s = new Sketch([2, 3, 3]);
    s.conv("conv", "input", 2, 3);
    const seeds = [writeKerasH5(s.finish(["conv"]), s.weights)];
    const options = { read: readKeras, readParts: readKeras, runs: 5_000, seed: 4 };
    const report = await fuzz({ seeds, ...options });
    expect(report.accepted).toBeGreaterThan(500);
    expect(report.refused).toBeGreaterThan(500);
  });

  it("reads 400 damaged .h5 and .keras of usual size or refuses them", {
    timeout: 120_000,
  }, async () => {
    const seeds = [golden("small.h5"), golden("branches.h5"), golden("small.keras")];
    const report = await fuzz({ seeds, read: readKeras, readParts: readKeras, runs: 400, seed: 2 });
    expect(report.accepted).toBeGreaterThan(20);
  });

  it("reads 2,000 damaged configurations or refuses them", { timeout: 120_000 }, async () => {
    // The mutations hit the text, since the archive's checksums would give them away elsewhere.
    const parts = unzipped("small.keras");
    const report = await fuzz({
      seeds: [parts["config.json"]],
      read: (config, source) =>
        readKeras(zipSync({ ...parts, "config.json": config }, { level: 0 }), source),
      runs: 2_000,
      seed: 3,
    });
    expect(report.refused).toBeGreaterThan(100);
  });
});

function unzipped(name: string): Record<string, Uint8Array> {
  return unzipSync(golden(name));
}
