"""Reads Graft's Keras files with h5py and runs them with PyTorch: networks.json has {file: shape of an image}.

Writes results.json with {file: outputs of two images}, or what went wrong.
"""

import json
import traceback

import run_keras
import torch
import weights


def outputs(path, shape):
    x = torch.from_numpy(weights.uniform("images", (2, *shape), 1.7))
    found = run_keras.run(path, x)
    return (run_keras.first(found) if found.ndim == 4 else found).flatten().tolist()


results = {}
with torch.no_grad():
    for path, shape in json.load(open("networks.json")).items():
        try:
            results[path] = outputs(path, shape)
        except Exception:
            results[path] = traceback.format_exc()
json.dump(results, open("results.json", "w"))
