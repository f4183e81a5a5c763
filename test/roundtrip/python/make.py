"""Writes the network as each of the formats that Graft reads, and picture.f32 and expected.f32."""

import json
import zipfile

import keras_files
import numpy as np
import tfjs_files
import torch
from network import CLASSES, network, picture


def safetensors(state):
    header, body = {}, b""
    for name, tensor in state.items():
        raw = tensor.numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


net, x = network(), picture()
state = net.state_dict()
with torch.no_grad():
    expected = net(x)
x.numpy().tofile("picture.f32")
expected.numpy().tofile("expected.f32")

open("net.safetensors", "wb").write(safetensors(state))
torch.save(state, "zip.pth")
torch.save(state, "legacy.pth", _use_new_zipfile_serialization=False)
np.savez("net.npz", **{name: tensor.numpy() for name, tensor in state.items()})
torch.onnx.export(
    net, x, "net.onnx", opset_version=13, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
    input_names=["picture"], output_names=["logits"], dynamic_axes={"picture": {0: "batch"}},
)  # fmt: skip
keras_files.legacy_h5(state, "net.h5")
keras_files.weights_h5(state, "net.weights.h5")
with zipfile.ZipFile("net.keras", "w") as archive:
    archive.writestr("metadata.json", json.dumps({"keras_version": "3.4.0"}))
    archive.writestr("config.json", json.dumps(keras_files.config(3)))
    archive.write("net.weights.h5", "model.weights.h5")
tfjs_files.layers_model(state, "layers")
tfjs_files.graph_model(state, "graph")
print(json.dumps({"classes": CLASSES}))
