"""Reads what Graft wrote by the libraries of the formats, and runs it with PyTorch.

Prints {file: outputs}. The files lie in this folder: <name>.safetensors, .pth, .npz (each with <name>.arch.json, the
network as Graft describes it), .h5 and .onnx; the image is picture.f32, its shape picture.json.
"""

import glob
import json
import traceback

import numpy as np
import run_graph
import run_keras
import run_onnx
import torch


def safetensors(path):
    """By the format's own page: u64 header length, JSON header, bytes."""
    raw = open(path, "rb").read()
    end = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:end])
    header.pop("__metadata__", None)
    kinds = {"F32": "<f4", "I64": "<i8"}
    return {
        name: torch.from_numpy(
            np.frombuffer(raw[end + e["data_offsets"][0] : end + e["data_offsets"][1]], kinds[e["dtype"]]).reshape(e["shape"]).copy()
        )
        for name, e in header.items()
    }


def arrays(path):
    with np.load(path) as file:
        return {name: torch.from_numpy(file[name]) for name in file.files}


TENSORS = {"safetensors": safetensors, "pth": torch.load, "npz": arrays}


def outputs(path, x):
    stem, ending = path.rsplit(".", 1)
    if ending in TENSORS:
        return run_graph.run(json.load(open(f"{stem}.arch.json")), TENSORS[ending](path), x)
    return run_keras.run(path, x) if ending == "h5" else run_onnx.run(path, x)


shape = json.load(open("picture.json"))
x = torch.from_numpy(np.fromfile("picture.f32", "<f4").reshape(shape))
results = {}
with torch.no_grad():
    for ending in ("safetensors", "pth", "npz", "h5", "onnx"):
        for path in sorted(glob.glob(f"*.{ending}")):
            try:
                results[path] = outputs(path, x).flatten().tolist()
            except Exception:
                results[path] = traceback.format_exc()
print(json.dumps(results))
